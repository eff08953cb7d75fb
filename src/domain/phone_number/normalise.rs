//! What comes in front of all reading of numbers: marks that nobody sees go, and digits and plus of other scripts become ASCII's.
//! Google's library does the second for itself, but whatever looks at a text before the library has to see the same.

use std::borrow::Cow;

use rlibphonenumber::PHONE_NUMBER_UTIL;

use crate::domain::program::PhoneMode;
use crate::steps;

const FULL_WIDTH_PLUS: char = '\u{FF0B}';

/// The text without invisible marks, with ASCII's digits and plus; all else stays.
pub fn normalise(text: &str) -> Cow<'_, str> {
    if steps::over(text).is_ascii() {
        return Cow::Borrowed(text);
    }
    let visible = steps::each(text.chars()).filter(|character| !is_invisible(*character));
    let plain = visible.map(|character| match character {
        FULL_WIDTH_PLUS => '+',
        _ => ascii_digit(character).unwrap_or(character),
    });
    Cow::Owned(plain.collect())
}

/// What follows the `+` or `00` of a normalised text, or all of it if it has neither. In international mode both are looked for where
/// the library would begin to read, at the first digit or plus, and a number begins with a digit; in legacy mode only white space is
/// passed over.
pub fn without_prefix(text: &str, mode: PhoneMode) -> &str {
    match mode {
        PhoneMode::International => {
            let number = text.trim_start_matches(|first: char| !first.is_ascii_digit() && first != '+');
            let number = number.strip_prefix("00").unwrap_or(number);
            // A letter there would be read as a digit behind a plus, and passed over where there is none.
            number.trim_start_matches(|first: char| !first.is_ascii_digit())
        }
        PhoneMode::Legacy => {
            let number = text.trim_start();
            number.strip_prefix("00").unwrap_or(number).trim_start_matches('+')
        }
    }
}

/// Whether a plus stands where it may have a meaning, but not in front: as in RFC 3966, where the country calling code may follow
/// the number.
pub fn has_inner_plus(text: &str, mode: PhoneMode) -> bool {
    match mode {
        PhoneMode::International => text.contains(";phone-context=+"),
        PhoneMode::Legacy => text.trim_start().trim_start_matches('+').contains('+'),
    }
}

/// Whether a text has a digit of any script; without one it is no attempt at a number.
pub fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) || text.chars().any(|character| ascii_digit(character).is_some())
}

/// Marks for the direction of text, byte order marks, spaces of no width, joiners, variation selectors: they come along when a
/// number is copied from a page or an address book, and mean nothing in it.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// The ASCII digit for a decimal digit of any script (Unicode's category Nd).
fn ascii_digit(character: char) -> Option<char> {
    if !character.is_numeric() {
        return None;
    }
    PHONE_NUMBER_UTIL.normalize_digits_only(character.encode_utf8(&mut [0; 4])).chars().next()
}
