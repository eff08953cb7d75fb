//! Takes encodings off a text, whichever it has: who hides a secret needn't know which one was meant.

use std::ops::Range;

use super::layer::Layer;

/// The text with percent-encoding, references of XML and escapes of JSON read, and without NUL, which is what is left of
/// UTF-16 that was read as something else. `None` if it has none of that.
pub fn decode(layer: &Layer) -> Option<Layer> {
    let mut decoded = Layer::default();
    let mut at = 0;
    while let Some(byte) = layer.get(at) {
        let (read, length) = match byte {
            0 => (None, 1),
            b'%' => read_percent(layer, at),
            b'&' => read_reference(layer, at),
            b'\\' => read_escape(layer, at),
            _ => (Some(Read::Byte(byte)), 1),
        };
        let place = layer.place(at..at + length);
        match read {
            Some(Read::Byte(byte)) => decoded.push(byte, place),
            Some(Read::Code(code)) => push(&mut decoded, code, &place),
            None => {}
        }
        at += length;
    }
    (decoded.len() < layer.len()).then_some(decoded)
}

enum Read {
    Byte(u8),
    Code(u32),
}

fn push(to: &mut Layer, code: u32, place: &Range<usize>) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        to.push(byte, place.clone());
    }
}

/// `%41`, and `%u0041` as .NET has it.
fn read_percent(layer: &Layer, at: usize) -> (Option<Read>, usize) {
    if let Some(code) = hexadecimal(layer, at + 1, 2) {
        return (u8::try_from(code).ok().map(Read::Byte), 3);
    }
    match layer.get(at + 1) {
        Some(b'u') if hexadecimal(layer, at + 2, 4).is_some() => read_units(layer, at),
        _ => (Some(Read::Byte(b'%')), 1),
    }
}

/// `\u0041`, and the short ones. A backslash that begins none stands for itself.
fn read_escape(layer: &Layer, at: usize) -> (Option<Read>, usize) {
    let code = match layer.get(at + 1) {
        Some(byte @ (b'"' | b'\\' | b'/' | b'\'')) => byte,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') if hexadecimal(layer, at + 2, 4).is_some() => return read_units(layer, at),
        _ => return (Some(Read::Byte(b'\\')), 1),
    };
    (Some(Read::Byte(code)), 2)
}

/// A UTF-16 unit in four digits behind a character and `u`, or two of them that make one character.
fn read_units(layer: &Layer, at: usize) -> (Option<Read>, usize) {
    let unit = |at| {
        let is_begun = matches!(layer.get(at), Some(b'\\' | b'%')) && layer.get(at + 1) == Some(b'u');
        hexadecimal(layer, at + 2, 4).filter(|_| is_begun)
    };
    match (unit(at), unit(at + 6)) {
        (Some(high @ 0xD800..0xDC00), Some(low @ 0xDC00..0xE000)) => {
            (Some(Read::Code(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))), 12)
        }
        (high, _) => (high.map(Read::Code), 6),
    }
}

fn hexadecimal(layer: &Layer, at: usize, length: usize) -> Option<u32> {
    (at..at + length).try_fold(0, |code, at| Some(code * 16 + char::from(layer.get(at)?).to_digit(16)?))
}

/// `&amp;`, `&#65;`, `&#x41;`. What is none stands for itself.
fn read_reference(layer: &Layer, at: usize) -> (Option<Read>, usize) {
    for (name, byte) in [(&b"amp;"[..], b'&'), (b"lt;", b'<'), (b"gt;", b'>'), (b"quot;", b'"'), (b"apos;", b'\'')] {
        if layer.starts_with(at + 1, name) {
            return (Some(Read::Byte(byte)), 1 + name.len());
        }
    }
    let itself = (Some(Read::Byte(b'&')), 1);
    if layer.get(at + 1) != Some(b'#') {
        return itself;
    }
    let is_hexadecimal = matches!(layer.get(at + 2), Some(b'x' | b'X'));
    let (start, base) = if is_hexadecimal { (at + 3, 16) } else { (at + 2, 10) };
    let end = layer.find(start, |byte| !char::from(byte).is_digit(base));
    if end == start || layer.get(end) != Some(b';') {
        return itself;
    }
    let digit = |at| layer.get(at).and_then(|byte| char::from(byte).to_digit(base)).unwrap_or_default();
    let code = (start..end).fold(0u32, |code, at| code.saturating_mul(base).saturating_add(digit(at)));
    (Some(Read::Code(code)), end + 1 - at)
}

/// The text without tags, comments and the marks of CDATA, which may stand in the middle of a secret. `None` if it has none.
pub fn without_markup(layer: &Layer) -> Option<Layer> {
    let mut text = Layer::default();
    // What has no end once has none further behind either, and isn't looked for again.
    let (mut may_have_comments, mut may_have_tags) = (true, true);
    let mut at = 0;
    while at < layer.len() {
        if layer.starts_with(at, b"<![CDATA[") {
            at += 9;
        } else if layer.starts_with(at, b"]]>") {
            at += 3;
        } else if may_have_comments && layer.starts_with(at, b"<!--") {
            let end = layer.find_behind(at + 4, b"-->");
            may_have_comments = end.is_some();
            at = end.unwrap_or(at);
        } else if may_have_tags && layer.get(at) == Some(b'<') {
            let end = layer.find(at, |byte| byte == b'>');
            may_have_tags = end < layer.len();
            at = if may_have_tags { end + 1 } else { at };
        } else {
            text.copy(layer, at);
            at += 1;
        }
    }
    (text.len() < layer.len()).then_some(text)
}
