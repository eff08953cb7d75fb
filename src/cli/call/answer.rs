//! The answer to a call, read by a library: it shares no mistake with our own reader and writer.

use std::borrow::Cow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::contract::DataSet;

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

    /// The rows of a data set, with the texts of its columns; `None` is null.
    pub fn rows(&self, DataSet { namespace, table, .. }: &DataSet) -> Vec<Vec<Option<&str>>> {
        let mut rows: Vec<Vec<_>> = Vec::new();
        for element in self.0.iter().filter(|element| element.namespace == *namespace) {
            if element.name == table.name {
                rows.push(vec![None; table.fields.len()]);
            } else if let (Some(row), Some(column)) = (rows.last_mut(), table.index(&element.name)) {
                row[column] = Some(element.text.as_str());
            }
        }
        rows
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
    use crate::contract::{DS_ACCOUNT_IDS, FETCH_ACCOUNT_IDS, Method, Output};
    use crate::soap::{Version, write_result};

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
    fn rows_of_a_data_set_are_read_as_they_were_written() {
        let (id, kind, is_inactive) = const {
            let table = &DS_ACCOUNT_IDS.table;
            (table.text("AccountId"), table.text("AccountIdTypeExternalReference"), table.int("IsInactive"))
        };
        let ids = const { FETCH_ACCOUNT_IDS.response.data_set("AccountIds") };
        let rows = vec![
            Output::default().text(id, "<1>".into()).text(kind, String::new()).int(is_inactive, 1),
            Output::default(),
            Output::default().text(id, "2".into()),
        ];
        for (rows, expected) in [
            (
                rows,
                vec![vec![Some("<1>"), Some(""), Some("1"), None], vec![None; 4], vec![Some("2"), None, None, None]],
            ),
            (vec![], vec![]),
        ] {
            let method = Method { name: FETCH_ACCOUNT_IDS.name, operation: &FETCH_ACCOUNT_IDS };
            let xml = write_result(Version::Soap12, "urn:n", method, 0, &Output::default().rows(ids, rows));
            let answer = Answer::read(&xml).expect("XML");
            assert_eq!(answer.rows(&DS_ACCOUNT_IDS), expected);
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
