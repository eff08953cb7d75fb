//! The beginning of a number, as somebody types it who looks for one.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::normalise::normalise;
use super::{PhoneMode, ProgramSettings};

/// What stands between digits.
const BETWEEN: &str = "+-()./";

/// The digits of E.164, country calling code first, with which a number may begin that begins with this text, read as the program reads
/// numbers: `+` and `00` stand before a country calling code; without them, in legacy mode, the text may begin a number of the default
/// region, too, with its trunk prefix 0 or without. None if the text is no beginning of a number.
pub fn beginnings(text: &str, settings: &ProgramSettings) -> Vec<String> {
    let text = normalise(text);
    let (text, has_plus) = match text.trim().strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (text.trim(), false),
    };
    let is_between = |character: char| character.is_whitespace() || BETWEEN.contains(character);
    let digits: String = text.chars().filter(|character| !is_between(*character)).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let (international, has_prefix) = match digits.strip_prefix("00") {
        Some(rest) if !has_plus => (rest, true),
        _ => (digits.as_str(), has_plus),
    };
    let mut found = vec![international.to_owned()];
    let region = settings.default_region.filter(|_| settings.phone_mode == PhoneMode::Legacy && !has_prefix);
    if let Some(code) = region.and_then(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region.0)) {
        let national = digits.trim_start_matches('0');
        found.extend([national, &digits].map(|number| format!("{code}{number}")));
        found.retain(|number| *number != code.to_string());
    }
    found.retain(|number| !number.is_empty() && !number.starts_with('0'));
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_read_as_numbers_are() {
        let international = ProgramSettings::default();
        let legacy = |region: &str| {
            let settings = serde_json::json!({"phone_mode": "legacy", "default_region": region});
            serde_json::from_value::<ProgramSettings>(settings).expect("settings")
        };
        let (french, american, italian) = (legacy("FR"), legacy("US"), legacy("IT"));
        for (text, settings, expected) in [
            ("+336", &international, &["336"][..]),
            ("336", &international, &["336"]),
            ("00336", &international, &["336"]),
            (" +1 (519) 555-01", &international, &["151955501"]),
            ("\u{200E}+\u{663}36", &international, &["336"]),
            ("0612345603", &international, &[]),
            ("0", &international, &[]),
            ("00", &international, &[]),
            ("+", &international, &[]),
            ("-", &international, &[]),
            ("", &international, &[]),
            ("12a", &international, &[]),
            ("Ada", &international, &[]),
            ("0612345603", &french, &["33612345603", "330612345603"]),
            ("06 12", &french, &["33612", "330612"]),
            ("612", &french, &["612", "33612"]),
            ("33612", &french, &["33612", "3333612"]),
            ("+336", &french, &["336"]),
            ("00336", &french, &["336"]),
            ("0", &french, &["330"]),
            ("519", &american, &["519", "1519"]),
            ("1519", &american, &["1519", "11519"]),
            ("06", &italian, &["396", "3906"]), // a zero that belongs to the number
        ] {
            assert_eq!(beginnings(text, settings), expected, "{text}");
        }
    }
}
