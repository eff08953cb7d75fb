//! Character and entity references, and line ends.

use super::Syntax;
use super::characters::is_allowed;

/// What an ampersand begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A character, by its number or one of XML's five names; `length` is in bytes.
    Character { character: char, is_decimal: bool, length: usize },
    /// Anything else, which is for the name's reader to judge.
    Entity,
}

const NAMED: [(&str, char); 5] = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"'), ("&apos;", '\'')];

/// Reads the reference at the beginning of `text`.
///
/// # Errors
/// The defect and its place in bytes from the ampersand.
pub fn read(text: &str) -> Result<Reference, (Syntax, usize)> {
    if text == "&" {
        return Err((Syntax::UnexpectedEnd, 0));
    }
    if let Some(number) = text.strip_prefix("&#") {
        let digits = number.strip_prefix('x');
        return digits.map_or_else(|| read_number(number, 10, 2), |digits| read_number(digits, 16, 3));
    }
    let named = NAMED.iter().find(|(name, _)| text.starts_with(name));
    Ok(named.map_or(Reference::Entity, |&(name, character)| Reference::Character {
        character,
        is_decimal: false,
        length: name.len(),
    }))
}

/// Reads the digits at the beginning of `text`, which stands `start` bytes behind the ampersand, and the semicolon.
fn read_number(text: &str, radix: u32, start: usize) -> Result<Reference, (Syntax, usize)> {
    let is_decimal = radix == 10;
    let mut number = 0u32;
    let mut length = 0;
    while let Some(digit) = text.as_bytes().get(length).and_then(|byte| char::from(*byte).to_digit(radix)) {
        let next = number.checked_mul(radix).and_then(|next| next.checked_add(digit));
        // .NET counts in an `int`.
        number = next.filter(|next| i32::try_from(*next).is_ok()).ok_or((Syntax::ReferenceOverflow, start + length))?;
        length += 1;
    }
    match text.as_bytes().get(length) {
        None => Err((Syntax::EndOfFile(""), 0)),
        Some(b';') if length > 0 => match character(number) {
            Ok(character) => Ok(Reference::Character { character, is_decimal, length: start + length + 1 }),
            Err(unit) => Err((Syntax::InvalidCharacter(unit), start)),
        },
        Some(_) if is_decimal => Err((Syntax::InvalidDecimalReference, start + length)),
        Some(_) => Err((Syntax::InvalidHexadecimalReference, start + length)),
    }
}

/// The character of a number, or else what .NET shows of it. Above U+FFFF that is the first half of a surrogate pair, of
/// which it keeps 16 bits: far above what Unicode has, there are numbers that stand for characters again.
fn character(number: u32) -> Result<char, u32> {
    if number <= 0xFFFF {
        return char::from_u32(number).filter(|character| is_allowed(*character)).ok_or(number);
    }
    let above = number - 0x1_0000;
    let high = (0xD800 + above / 0x400) & 0xFFFF;
    match high {
        0xD800..0xDC00 => char::from_u32(0x1_0000 + (high - 0xD800) * 0x400 + above % 0x400).ok_or(high),
        _ => Err(high),
    }
}

/// Replaces the references of checked text by their characters and makes its line ends LF. Entities stay as they are.
pub fn resolve(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        value.push_str(&unify_line_ends(&rest[..at]));
        rest = &rest[at..];
        let (character, length) = match read(rest) {
            Ok(Reference::Character { character, length, .. }) => (character, length),
            _ => ('&', 1),
        };
        value.push(character);
        rest = &rest[length..];
    }
    value.push_str(&unify_line_ends(rest));
    value
}

/// Takes the references to entities out of checked text and leaves those to characters.
pub fn without_entities(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let end = at + rest[at..].find(';').map_or(1, |end| end + 1);
        let is_entity = read(&rest[at..]) == Ok(Reference::Entity);
        kept.push_str(&rest[..if is_entity { at } else { end }]);
        rest = &rest[end..];
    }
    kept + rest
}

/// Makes CR LF and CR into LF.
pub fn unify_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_for_characters() {
        for (text, value) in [
            ("&amp;&lt;&gt;&quot;&apos;", "&<>\"'"),
            ("&#65;&#x42;&#x1D11E;&#x4010000;", "AB\u{1D11E}\u{10000}"),
            ("a\r\nb\rc&#13;d", "a\nb\nc\rd"),
        ] {
            assert_eq!(resolve(text), value);
        }
    }

    #[test]
    fn entities_stay_or_go() {
        assert_eq!(resolve("&n;&lt;&m.x;"), "&n;<&m.x;");
        assert_eq!(without_entities("a&n;&lt;&#9;&m.x;b"), "a&lt;&#9;b");
    }

    #[test]
    fn a_wrong_reference_is_named() {
        for (text, syntax, at) in [
            ("&", Syntax::UnexpectedEnd, 0),
            ("&#", Syntax::EndOfFile(""), 0),
            ("&#x4", Syntax::EndOfFile(""), 0),
            ("&#0;", Syntax::InvalidCharacter(0), 2),
            ("&#xD800;", Syntax::InvalidCharacter(0xD800), 3),
            ("&#x110000;", Syntax::InvalidCharacter(0xDC00), 3),
            ("&#x810000;", Syntax::InvalidCharacter(0xF800), 3),
            ("&#99999999999;", Syntax::ReferenceOverflow, 11),
            ("&#x80000000;", Syntax::ReferenceOverflow, 10),
            ("&#x;", Syntax::InvalidHexadecimalReference, 3),
            ("&#1a;", Syntax::InvalidDecimalReference, 3),
        ] {
            assert_eq!(read(text), Err((syntax, at)), "{text}");
        }
    }
}
