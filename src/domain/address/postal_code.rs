//! Postal codes. Those of three countries have a form, which a text that fits is put in; nothing is refused.

use super::one_blank;

/// The postal code in upper case, and in the form of its country (two letters) if it has the right letters and digits; blanks and
/// hyphens between them don't matter.
pub fn format(text: &str, country: &str) -> String {
    let upper = one_blank(text).to_uppercase();
    let is_mark = |character| matches!(character, ' ' | '-' | '\u{2010}' | '\u{2011}');
    let plain: String = upper.chars().filter(|character| !is_mark(*character)).collect();
    let parts = match (country, pattern(&plain).as_str()) {
        ("US", "99999") => return plain,
        ("US", "999999999") => Some((5, '-')),
        ("CA", "A9A9A9") => Some((3, ' ')),
        ("GB", pattern) if (5..=7).contains(&pattern.len()) && !pattern.contains('?') => Some((pattern.len() - 3, ' ')),
        _ => None,
    };
    match parts {
        Some((at, between)) => format!("{}{between}{}", &plain[..at], &plain[at..]),
        None => upper,
    }
}

/// `A` for a letter, `9` for a digit, `?` for all else; no longer than any form.
fn pattern(text: &str) -> String {
    let kind = |character: char| match character {
        'A'..='Z' => 'A',
        '0'..='9' => '9',
        _ => '?',
    };
    text.chars().take(10).map(kind).collect()
}
