//! A second opinion on our XML reader: whatever it reads to the end, quick-xml reads too, and alike.
//!
//! The other way round doesn't hold, and need not: quick-xml passes much that is not well-formed.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;
use sync_asmx::soap::xml::{EntityHandling, Node, XmlReader};

/// What both must agree on: tags in order, with the text between them in one chunk.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Start { namespace: String, name: String, attributes: Vec<(String, String, String)> },
    End,
    Text(String),
}

/// The attributes that documents here may have, by namespace and name.
const ATTRIBUTES: [(&str, &str); 4] = [("urn:p", "a"), ("urn:p", "b"), ("urn:q", "a"), ("urn:q", "b")];

fn push_text(seen: &mut Vec<Seen>, text: &str) {
    match seen.last_mut() {
        Some(Seen::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => seen.push(Seen::Text(text.to_owned())),
    }
}

/// What our reader sees, if it reads to the end.
fn ours(text: &str) -> Option<Vec<Seen>> {
    let mut reader = XmlReader::new(text);
    reader.handle_entities(EntityHandling::Resolve);
    let mut seen = Vec::new();
    loop {
        let node = reader.read().ok()?;
        // The position must be there for any node, too.
        let _ = reader.position();
        match node {
            Node::End => return Some(seen),
            Node::Element => {
                let attribute = |(namespace, name): (&str, &str)| {
                    let value = reader.attribute(namespace, name)?;
                    Some((namespace.to_owned(), name.to_owned(), value.into_owned()))
                };
                seen.push(Seen::Start {
                    namespace: reader.namespace().to_owned(),
                    name: reader.local_name().to_owned(),
                    attributes: ATTRIBUTES.into_iter().filter_map(attribute).collect(),
                });
                if reader.is_empty_element() {
                    seen.push(Seen::End);
                }
            }
            Node::EndElement => seen.push(Seen::End),
            Node::Text | Node::Whitespace | Node::CData if reader.depth() > 0 => push_text(&mut seen, &reader.value()),
            _ => {}
        }
    }
}

/// What quick-xml sees, or why it doesn't.
fn theirs(text: &str) -> Result<Vec<Seen>, String> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut seen = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return Ok(seen),
            Event::Start(start) => {
                depth += 1;
                seen.push(their_start(&reader, &start)?);
            }
            Event::End(_) => {
                depth -= 1;
                seen.push(Seen::End);
            }
            Event::Text(text) if depth > 0 => push_text(&mut seen, &text.xml10_content()),
            Event::CData(text) => push_text(&mut seen, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(character) => character.to_string(),
                    None => {
                        quick_xml::escape::resolve_predefined_entity(&reference).ok_or("an unknown entity")?.to_owned()
                    }
                };
                push_text(&mut seen, &character);
            }
            Event::DocType(_) => return Err("a DTD".into()),
            _ => {}
        }
    }
}

fn value(attribute: &Attribute<'_>) -> Result<String, String> {
    let value = attribute.normalized_value(XmlVersion::Explicit1_0);
    value.map(Into::into).map_err(|error| error.to_string())
}

fn their_start(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Seen, String> {
    let namespace = |resolved: ResolveResult<'_>| match resolved {
        // quick-xml keeps a declaration as it is written; XML treats it as any attribute.
        ResolveResult::Bound(namespace) => value(&Attribute { key: QName("xmlns"), value: namespace.0.into() }),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) => Err(format!("undeclared {prefix:?}")),
    };
    let (resolved, name) = reader.resolver().resolve_element(start.name());
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let (resolved, name) = reader.resolver().resolve_attribute(attribute.key);
        attributes.push((namespace(resolved)?, name.into_inner().to_owned(), value(&attribute)?));
    }
    let is_asked =
        |(namespace, name, _): &(String, String, String)| ATTRIBUTES.contains(&(namespace.as_str(), name.as_str()));
    attributes.retain(is_asked);
    attributes.sort();
    Ok(Seen::Start { namespace: namespace(resolved)?, name: name.into_inner().to_owned(), attributes })
}

/// Compares both on one text, and says whether ours read it.
fn compare(text: &str) -> bool {
    let Some(ours) = ours(text) else { return false };
    // Outside the root a NUL is the end to ours, as to .NET. Anywhere else ours refuses it.
    let read = text.split_once('\0').map_or(text, |(read, _)| read);
    assert_eq!(theirs(read), Ok(ours), "{text:?}");
    true
}

/// Pieces of documents, some of them defects.
fn content() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => "[ -~]{0,6}".prop_map(|text| text.replace(['<', '&'], "x").replace("]]>", "]")),
        2 => prop::sample::select(vec![
            "\r\n", "\r", "\n\t ", "\u{85}", "\u{2028}", "é", "\u{1D11E}", "]]", "]]>", "&amp;", "&lt;", "&#13;", "&#x1D11E;",
            "&#0;", "&x;", "&", "<![CDATA[<&]]>", "<![CDATA[]]]]>", "<![CDATA[\r\n]]>", "<!-- c -->", "<!-- -- -->",
            "<?pi d?>", "<?pi?>", "<?xml?>", "<!DOCTYPE a>", "\u{1}", "\u{FFFE}",
        ]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        (prop::collection::vec(inner, 0..4), name(), prop::collection::vec(attribute(), 0..3)).prop_map(
            |(children, name, attributes)| {
                let (attributes, children) = (attributes.concat(), children.concat());
                if children.is_empty() {
                    format!("<{name}{attributes}/>")
                } else {
                    format!("<{name}{attributes} >{children}</{name}\n>")
                }
            },
        )
    })
}

fn name() -> impl Strategy<Value = String> {
    let names = ["a", "b", "p:a", "q:b", "é", "_x-1.2", "undeclared:a", "1", "a:b:c", ":a"];
    (0..100usize).prop_map(move |roll| names[if roll < 94 { roll % 6 } else { roll % 10 }].to_owned())
}

fn attribute() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        " a='1'",
        " p:a=\"2\"",
        " p:b = '&lt;\r\n&#10;\t'",
        " q:a='é'",
        " xmlns='urn:d'",
        " xmlns=''",
        " xmlns:p='urn:p'",
        " xmlns:q='urn:p'",
        " xmlns:q='urn:q'",
        "\r\n\tq:b='>'",
        " p:a='&#x41;'",
        " xmlns:p=''",
        " xml:lang='en'",
    ])
    .prop_map(str::to_owned)
}

fn document() -> impl Strategy<Value = String> {
    let prolog = prop::sample::select(vec![
        "",
        "<?xml version='1.0'?>",
        "<?xml version=\"1.0\" encoding='utf-8'?>\n",
        "<!---->",
    ]);
    (prolog, prop::collection::vec(content(), 0..5), prop::sample::select(vec!["", "\n", "<!-- c -->", "<x/>", "x"]))
        .prop_map(|(prolog, children, epilog)| {
            format!("{prolog}<r xmlns:p='urn:p' xmlns:q='urn:q'>{}</r>{epilog}", children.concat())
        })
}

/// A document with some of its characters gone, doubled or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let change = (
        any::<prop::sample::Index>(),
        0..3u8,
        prop::sample::select("<>/&;'\"=! -]:x\u{0}\r".chars().collect::<Vec<_>>()),
    );
    (document(), prop::collection::vec(change, 1..4)).prop_map(|(document, changes)| {
        let mut characters: Vec<char> = document.chars().collect();
        for (at, kind, character) in changes {
            let at = at.index(characters.len());
            match kind {
                0 => drop(characters.remove(at)),
                1 => characters.insert(at, character),
                _ => characters[at] = character,
            }
        }
        characters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn generated_documents_are_read_alike(text in document()) {
        compare(&text);
    }

    #[test]
    fn mutated_documents_are_read_alike(text in mutated()) {
        compare(&text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), markup in "[<>/!?&;:='\" a\\[\\]#x1-]{0,40}") {
        compare(&text);
        compare(&markup);
        compare(&format!("<a>{markup}</a>"));
        compare(&format!("<a {markup}/>"));
    }
}

#[test]
fn the_generator_makes_documents_that_are_read() {
    // Else the comparisons above would compare nothing.
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut read = 0;
    for _ in 0..200 {
        let tree = document().new_tree(&mut runner).expect("a document");
        read += u32::from(compare(&tree.current()));
    }
    assert!(read > 50, "only {read} of 200");
}
