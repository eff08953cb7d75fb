//! The answer to a call, read by a library: it shares no mistake with our own reader and writer.

use std::borrow::Cow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

/// The elements of an answer, in their order.
pub struct Answer(Vec<Element>);

#[derive(Default)]
struct Element {
    /// Empty if there is none.
    namespace: String,
    name: String,
    /// Without that of its children.
    text: String,
}

impl Answer {
    /// Reads an answer from its beginning to its end. `None` if it is no XML, or has a DTD, which SOAP forbids.
    pub fn read(xml: &str) -> Option<Self> {
        let mut reader = NsReader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        let mut elements = Vec::new();
        let mut open = Vec::new();
        loop {
            let text = match reader.read_resolved_event().ok()? {
                (ResolveResult::Unknown(_), _) | (_, Event::DocType(_)) => return None,
                (resolved, Event::Start(start)) => {
                    let namespace = match resolved {
                        ResolveResult::Bound(Namespace(name)) => name,
                        _ => "",
                    };
                    open.push(elements.len());
                    let name = start.local_name().into_inner().to_owned();
                    elements.push(Element { namespace: namespace.to_owned(), name, text: String::new() });
                    continue;
                }
                (_, Event::End(_)) => {
                    open.pop();
                    continue;
                }
                (_, Event::Text(text)) => text.xml10_content(),
                (_, Event::CData(text)) => text.xml10_content(),
                (_, Event::GeneralRef(reference)) => resolve(&reference)?,
                (_, Event::Eof) => return (open.is_empty() && !elements.is_empty()).then_some(Self(elements)),
                _ => continue,
            };
            match open.last() {
                Some(&index) => elements[index].text.push_str(&text),
                None if text.trim().is_empty() => {}
                None => return None,
            }
        }
    }

    /// The text of the first element of that name.
    pub fn text(&self, namespace: &str, name: &str) -> Option<&str> {
        let is_named = |element: &&Element| element.namespace == namespace && element.name == name;
        self.0.iter().find(is_named).map(|element| element.text.as_str())
    }
}

fn resolve(reference: &BytesRef<'_>) -> Option<Cow<'static, str>> {
    match reference.resolve_char_ref().ok()? {
        Some(character) => Some(character.to_string().into()),
        None => resolve_predefined_entity(reference).map(Cow::Borrowed),
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn texts_are_found_by_namespace_and_name() {
        let xml = "<?xml version=\"1.0\"?>\n<s:a xmlns:s='urn:s' xmlns='urn:n'><b>1 &lt;<![CDATA[&]]>&#50;</b><s:b/><c xmlns=''>x</c></s:a>\n";
        let answer = Answer::read(xml).expect("XML");
        for (namespace, name, text) in [
            ("urn:n", "b", Some("1 <&2")),
            ("urn:s", "b", Some("")),
            ("", "c", Some("x")),
            ("urn:s", "a", Some("")),
            ("urn:n", "c", None),
        ] {
            assert_eq!(answer.text(namespace, name), text, "{namespace} {name}");
        }
    }

    #[test]
    fn what_is_no_xml_is_no_answer() {
        for text in [
            "",
            "Bad Gateway",
            "<a>",
            "<a></b>",
            "<a/>x",
            "<p:a/>",
            "<a>&x;</a>",
            "<a>&</a>",
            "<!DOCTYPE a><a/>",
            "</a>",
        ] {
            assert!(Answer::read(text).is_none(), "{text}");
        }
    }
}
