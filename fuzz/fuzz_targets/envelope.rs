//! Any message at all, on its way from bytes to a call: nothing panics, nothing hangs, and what comes out is sound.
//!
//! The input is what SOAP sees of a request: lines `Content-Type: …` and `SOAPAction: …`, each of which may be missing, an
//! empty line, and the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attribute;
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;
use sync_asmx::soap::bench::{Understood, understand};
use sync_asmx::soap::xml::{EntityHandling, Node, Position, XmlReader, position};

fuzz_target!(|input: &[u8]| {
    let Some(message) = Message::parse(input) else { return };
    let understood = message.understand();
    assert_eq!(understood, message.understand(), "asked twice, answered differently");
    if let Understood::Fault(envelope) = &understood {
        check_fault(envelope);
    }
    if let Ok(text) = std::str::from_utf8(message.body) {
        check_reader(text);
    }
});

struct Message<'i> {
    content_type: String,
    soap_action: Option<String>,
    body: &'i [u8],
}

impl<'i> Message<'i> {
    /// Takes an input apart; `None` for what can't come by HTTP.
    fn parse(input: &'i [u8]) -> Option<Self> {
        let mut message = Self { content_type: String::new(), soap_action: None, body: input };
        while let Some(end) = message.body.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = (&message.body[..end], &message.body[end + 1..]);
            if line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
                return None;
            }
            message.body = rest;
            let line = String::from_utf8_lossy(line);
            match line.split_once(':') {
                Some(("Content-Type", value)) => message.content_type = value.trim_matches([' ', '\t']).into(),
                Some(("SOAPAction", value)) => message.soap_action = Some(value.trim_matches([' ', '\t']).into()),
                _ if line.is_empty() => return Some(message),
                _ => return None,
            }
        }
        None
    }

    fn understand(&self) -> Understood {
        understand(&self.content_type, self.soap_action.as_deref(), self.body)
    }
}

/// A fault is an envelope that anybody can read, but for the references that .NET makes of what XML doesn't allow.
fn check_fault(envelope: &str) {
    let forbidden = (0..0x20).filter(|code| ![9, 10, 13].contains(code)).chain([0xFFFE, 0xFFFF]);
    let envelope = &forbidden.fold(envelope.to_owned(), |text, code| text.replace(&format!("&#x{code:X};"), "?"));
    let Some(seen) = ours(envelope) else { panic!("we can't read our own {envelope}") };
    assert_eq!(theirs(envelope).as_ref(), Ok(&seen), "{envelope}");
    assert!(seen.contains("Envelope") && seen.contains("Fault"), "{envelope}");
}

/// What we read to its end, quick-xml reads too, and alike.
fn check_reader(text: &str) {
    let Some(seen) = ours(text) else { return };
    // To .NET, a NUL behind the root is the end.
    let read = text.split('\0').next().unwrap_or_default();
    match theirs(read) {
        // .NET lets other prefixes than `xml` have its namespace.
        Err(why) if why.contains("http://www.w3.org/XML/1998/namespace") => {}
        theirs => assert_eq!(theirs, Ok(seen)),
    }
}

/// What our reader sees, if it reads to the end: names with their namespaces, and the text between them.
fn ours(text: &str) -> Option<String> {
    let mut reader = XmlReader::new(text);
    reader.handle_entities(EntityHandling::Resolve);
    let mut seen = String::new();
    let mut last = Position { line: 1, column: 1 };
    loop {
        // The place of an error has no order: .NET is sometimes one line back.
        let node = reader.read().ok()?;
        // Each position is counted from the beginning, which is quick in short texts only.
        if text.len() < SHORT {
            check_order(last, reader.position(), text);
            last = reader.position();
        }
        match node {
            Node::End => return Some(seen),
            Node::Element => {
                seen += &format!("<{{{}}}{}>", reader.namespace(), reader.local_name());
                if reader.is_empty_element() {
                    seen += "</>";
                }
            }
            Node::EndElement => seen += "</>",
            Node::Text | Node::Whitespace | Node::CData if reader.depth() > 0 => seen += &reader.value(),
            _ => {}
        }
    }
}

const SHORT: usize = 500;

/// A place is not before the last one, and not behind the end.
fn check_order(before: Position, at: Position, text: &str) {
    let key = |position: Position| (position.line, position.column);
    let end = position(text, text.len());
    assert!(key(at) >= key(before), "{at} after {before}");
    assert!(key(at) <= (end.line, end.column + 1), "{at} in a text that ends at {end}");
}

/// The same as quick-xml sees it, or why it doesn't.
fn theirs(text: &str) -> Result<String, String> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut seen = String::new();
    let mut depth = 0;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof if depth == 0 => return Ok(seen),
            Event::Eof => return Err("the end is missing".into()),
            Event::Start(start) => {
                depth += 1;
                for attribute in start.attributes() {
                    attribute.map_err(|error| error.to_string())?;
                }
                let (namespace, name) = reader.resolver().resolve_element(start.name());
                seen += &format!("<{{{}}}{}>", spell(namespace)?, name.into_inner());
            }
            Event::End(_) => {
                depth -= 1;
                seen += "</>";
            }
            Event::Text(text) if depth > 0 => seen += &text.xml10_content(),
            Event::CData(text) => seen += &text.xml10_content(),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                Some(character) => seen.push(character),
                None => {
                    seen += quick_xml::escape::resolve_predefined_entity(&reference).ok_or("an unknown entity")?;
                }
            },
            Event::DocType(_) => return Err("a DTD".into()),
            _ => {}
        }
    }
}

fn spell(namespace: ResolveResult<'_>) -> Result<String, String> {
    match namespace {
        // quick-xml keeps a declaration as it is written; XML treats it as any attribute.
        ResolveResult::Bound(namespace) => Attribute { key: QName("xmlns"), value: namespace.0.into() }
            .normalized_value(XmlVersion::Explicit1_0)
            .map(Into::into)
            .map_err(|error| error.to_string()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) => Err(format!("undeclared {prefix:?}")),
    }
}
