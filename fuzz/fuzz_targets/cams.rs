//! Any call of CAMS at all, on its way to the text that is signed: nothing panics, nothing is signed by chance, and what was
//! signed is let in.
//!
//! The input is a request: its first line, headers, an empty line, and the body; lines end in `\n` or `\r\n`.

#![no_main]

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use sync_asmx::cams::bench::{is_signed, signature3};

fuzz_target!(|input: &[u8]| {
    let Some(Message { method, query, mut headers, body }) = Message::parse(input) else { return };
    assert!(!is_signed(method, query, &headers, body, "a secret that no input knows"), "signed by chance");
    let Some(signature) = signature3(method, query, &headers, body, "secret") else { return };
    let Some((before, _)) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.rsplit_once("Signature="))
    else {
        return;
    };
    // Whoever signs what is shown is let in, if the hash was that of the body; with any other body, nobody is.
    let Ok(value) = HeaderValue::from_str(&format!("{before}Signature={signature}")) else { return };
    headers.insert(AUTHORIZATION, value);
    if is_signed(method, query, &headers, body, "secret") {
        assert!(!is_signed(method, query, &headers, &[body, b"x"].concat(), "secret"), "another body was signed as well");
    }
});

struct Message<'i> {
    method: &'i str,
    query: &'i str,
    headers: HeaderMap,
    body: &'i [u8],
}

impl<'i> Message<'i> {
    /// Takes an input apart; `None` for what can't come by HTTP.
    fn parse(input: &'i [u8]) -> Option<Self> {
        let (first, mut rest) = line(input)?;
        let mut words = std::str::from_utf8(first).ok()?.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let mut headers = HeaderMap::new();
        loop {
            let (header, behind) = line(rest)?;
            rest = behind;
            if header.is_empty() {
                return Some(Self { method, query, headers, body: rest });
            }
            let colon = header.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&header[..colon]).ok()?;
            headers.append(name, HeaderValue::from_bytes(header[colon + 1..].trim_ascii()).ok()?);
        }
    }
}

fn line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let line = &text[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &text[end + 1..]))
}
