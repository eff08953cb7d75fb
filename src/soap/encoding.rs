//! How the bytes of a request become text (ASP.NET).

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::encoding_names as names;
use super::media_type::MediaType;
use super::xml::{Syntax, declared_encoding};

/// A request as text, as far as its bytes make sense.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    /// Why the text ends before the bytes do.
    pub cut_short: Option<Syntax>,
}

impl<'a> Decoded<'a> {
    fn whole(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), cut_short: None }
    }
}

/// Decodes a body: a byte order mark wins, then the charset; without a known charset `application/…` is what its XML
/// declaration says, and anything else is ASCII.
pub fn decode<'a>(bytes: &'a [u8], media_type: MediaType<'_>) -> Decoded<'a> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Decoded::whole(decode_with_replacement(encoding, &bytes[mark..]));
    }
    match media_type.charset().and_then(Charset::named) {
        Some(charset) => Decoded::whole(charset.decode(bytes)),
        None if media_type.is_application() => decode_as_declared(bytes),
        None => Decoded::whole(decode_ascii(bytes)),
    }
}

/// An encoding by its .NET name. Two names mean something else to the web than to .NET.
#[derive(Clone, Copy)]
enum Charset {
    Ascii,
    Latin1,
    Other(&'static Encoding),
}

impl Charset {
    fn named(name: &str) -> Option<Self> {
        let is = |names: &str| names.split(' ').any(|known| known.eq_ignore_ascii_case(name));
        if is(names::UTF_8) {
            Some(Self::Other(UTF_8))
        } else if is(names::ASCII) {
            Some(Self::Ascii)
        } else if is(names::LATIN_1) {
            Some(Self::Latin1)
        } else if is(names::UTF_16_BIG_ENDIAN) {
            Some(Self::Other(UTF_16BE))
        } else if is(names::UNKNOWN) {
            None
        } else {
            Encoding::for_label(name.as_bytes()).map(Self::Other)
        }
    }

    fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Ascii => decode_ascii(bytes),
            Self::Latin1 => encoding_rs::mem::decode_latin1(bytes),
            Self::Other(encoding) => decode_with_replacement(encoding, bytes),
        }
    }
}

/// Every byte above 127 becomes a question mark, without an error.
fn decode_ascii(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect()),
    }
}

fn decode_as_declared(bytes: &[u8]) -> Decoded<'_> {
    // Without a mark, UTF-16 is known by its first character.
    for (beginning, encoding) in [(b"<\0", UTF_16LE), (b"\0<", UTF_16BE)] {
        if bytes.starts_with(beginning) {
            return decode_strictly(encoding, bytes);
        }
    }
    let Some((name, before)) = declared_encoding(bytes) else { return decode_strictly(UTF_8, bytes) };
    let cut = |why| Decoded { text: Cow::Borrowed(before), cut_short: Some(why) };
    match Charset::named(name) {
        Some(Charset::Other(encoding)) if encoding == UTF_16LE || encoding == UTF_16BE => cut(Syntax::NoByteOrderMark),
        Some(Charset::Other(encoding)) => decode_strictly(encoding, bytes),
        Some(charset) => Decoded::whole(charset.decode(bytes)),
        None => cut(Syntax::UnknownEncoding(name.into())),
    }
}

/// Bytes that make no sense become U+FFFD; but a character cut off at the very end is dropped, as .NET never flushes its
/// decoder.
fn decode_with_replacement<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return text;
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or_default());
    let _ = decoder.decode_to_string(bytes, &mut text, false);
    Cow::Owned(text)
}

/// Decodes up to the first byte that makes no sense; a character cut off at the very end is dropped.
fn decode_strictly<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Decoded::whole(text);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or_default();
    let mut good = String::with_capacity(room);
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut good, false);
    let cut_short = (result != DecoderResult::InputEmpty).then_some(Syntax::InvalidEncoding);
    Decoded { text: Cow::Owned(good), cut_short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], content_type: &str) -> String {
        let decoded = decode(bytes, MediaType(content_type));
        format!("{}{}", decoded.text, decoded.cut_short.map(|why| format!("|{why}")).unwrap_or_default())
    }

    #[test]
    fn bytes_are_read_by_mark_then_charset_then_declaration() {
        for (bytes, content_type, expected) in [
            (&b"\xEF\xBB\xBF\xC3\xA9"[..], "text/xml; charset=us-ascii", "\u{E9}"),
            (b"\xFF\xFEa\0", "text/xml", "a"),
            (b"\xFE\xFF\0a", "text/xml", "a"),
            (b"\xC3\xA9", "text/xml; charset=utf-8", "\u{E9}"),
            (b"\xE9 ", "text/xml; charset=utf-8", "\u{FFFD} "),
            (b" \xE9", "text/xml; charset=utf-8", " "),
            (b"a\0b", "text/xml; charset=utf-16", "a"),
            (b" \xE9", "application/soap+xml", " "),
            (b"\xC3\xA9", "text/xml", "??"),
            (b"\xC3\xA9", "text/xml; charset=klingon", "??"),
            (b"\xC3\xA9", "text/xml; charset=utf8", "??"),
            (b"\xC3\xA9", "text/xml; charset=unicode-2-0-utf-8", "\u{E9}"),
            (b"\x80", "text/xml; charset=l1", "\u{80}"),
            (b"<\0?\0\xE9\0", "application/soap+xml", "<?\u{E9}"),
            (b"\x80", "text/xml; charset=iso-8859-1", "\u{80}"),
            (b"\x80", "text/xml; charset=windows-1252", "\u{20AC}"),
            (b"a\0", "text/xml; charset=utf-16", "a"),
            (b"\xC3\xA9", "application/soap+xml", "\u{E9}"),
            (b"<a>\xE9 ", "application/soap+xml", "<a>|Invalid character in the given encoding."),
            (
                b"<?xml version='1.0' encoding='iso-8859-1'?>\xE9",
                "application/soap+xml",
                "<?xml version='1.0' encoding='iso-8859-1'?>\u{E9}",
            ),
            (
                b"<?xml version='1.0' encoding='utf-16'?>",
                "application/soap+xml",
                "<?xml version='1.0' encoding='|There is no Unicode byte order mark. Cannot switch to Unicode.",
            ),
        ] {
            assert_eq!(text(bytes, content_type), expected, "{bytes:?} as {content_type}");
        }
    }
}
