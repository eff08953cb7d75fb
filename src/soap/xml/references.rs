//! Character and entity references, and line ends.

use super::Syntax;
use super::characters::{is_allowed, is_name, is_name_start};

/// Reads the reference at the beginning of `text` (`&…;`): the character it stands for and its length in bytes.
///
/// # Errors
/// The defect and its place in bytes from the ampersand.
pub fn read(text: &str) -> Result<(char, usize), (Syntax, usize)> {
    let body = &text[1..];
    match body.strip_prefix('#') {
        Some(number) => match number.strip_prefix('x') {
            Some(digits) => number_reference(digits, 16, 3, Syntax::InvalidHexadecimalReference),
            None => number_reference(number, 10, 2, Syntax::InvalidDecimalReference),
        },
        None => entity_reference(body),
    }
}

fn number_reference(text: &str, radix: u32, start: usize, wrong: Syntax) -> Result<(char, usize), (Syntax, usize)> {
    let length = text.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    if length == 0 || text.as_bytes().get(length) != Some(&b';') {
        return Err((wrong, start + length));
    }
    let code = text[..length].bytes().fold(0u32, |code, digit| {
        let digit = char::from(digit).to_digit(radix).unwrap_or(0);
        code.saturating_mul(radix).saturating_add(digit)
    });
    match char::from_u32(code).filter(|character| is_allowed(*character)) {
        Some(character) => Ok((character, start + length + 1)),
        None => Err((Syntax::InvalidCharacter(code), start)),
    }
}

fn entity_reference(body: &str) -> Result<(char, usize), (Syntax, usize)> {
    let length = body.find(|character| !is_name(character)).unwrap_or(body.len());
    let name = &body[..length];
    if !name.starts_with(is_name_start) || body.as_bytes().get(length) != Some(&b';') {
        return Err((Syntax::InvalidEntityName, 1 + length));
    }
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return Err((Syntax::UndeclaredEntity(name.into()), 1)),
    };
    Ok((character, length + 2))
}

/// Replaces the references of checked text and makes its line ends LF.
pub fn resolve(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        value.push_str(&unify_line_ends(&rest[..at]));
        rest = &rest[at..];
        // The text was checked when it was read, so a reference that cannot be read does not occur; it would be kept.
        let (character, length) = read(rest).unwrap_or(('&', 1));
        value.push(character);
        rest = &rest[length..];
    }
    value.push_str(&unify_line_ends(rest));
    value
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
            ("&#65;&#x42;&#x1D11E;", "AB\u{1D11E}"),
            ("a\r\nb\rc&#13;d", "a\nb\nc\rd"),
        ] {
            assert_eq!(resolve(text), value);
        }
    }

    #[test]
    fn a_wrong_reference_is_named() {
        for (text, syntax) in [
            ("& B", Syntax::InvalidEntityName),
            ("&nbsp;", Syntax::UndeclaredEntity("nbsp".into())),
            ("&#0;", Syntax::InvalidCharacter(0)),
            ("&#xD800;", Syntax::InvalidCharacter(0xD800)),
            ("&#99999999999;", Syntax::InvalidCharacter(u32::MAX)),
            ("&#x;", Syntax::InvalidHexadecimalReference),
            ("&#1a;", Syntax::InvalidDecimalReference),
            ("&amp", Syntax::InvalidEntityName),
        ] {
            assert_eq!(read(text).map_err(|(syntax, _)| syntax), Err(syntax), "{text}");
        }
    }
}
