//! What attributes of the instance namespaces say of an element.

use super::{RecordError, ValueError, WHITE_SPACE, read_children};
use crate::contract::RecordType;
use crate::soap::xml::{Node, XmlReader};

/// The instance namespaces of `xsi:type` and `xsi:null`, today's and the older ones that .NET knows.
const XSI: [&str; 3] = [
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/2000/10/XMLSchema-instance",
    "http://www.w3.org/1999/XMLSchema-instance",
];

/// Whether the element is said to be nil; then its content is passed over (.NET's `XmlSerializationReader.ReadNull`).
pub fn read_nil(reader: &mut XmlReader<'_>) -> Result<bool, RecordError> {
    let nil = reader.attribute(XSI[0], "nil");
    let Some(nil) = nil.or_else(|| XSI.iter().find_map(|xsi| reader.attribute(xsi, "null"))) else { return Ok(false) };
    match nil.trim_matches(WHITE_SPACE) {
        "true" | "1" => {}
        "false" | "0" => return Ok(false),
        other => return Err(ValueError::NotABoolean(other.into()).at(reader)),
    }
    read_children(reader, |_| Ok(false))?;
    Ok(true)
}

/// Name and namespace of an `xsi:type`.
pub fn type_of(reader: &XmlReader<'_>) -> Result<Option<(String, String)>, RecordError> {
    let Some(type_name) = XSI.iter().find_map(|xsi| reader.attribute(xsi, "type")) else { return Ok(None) };
    let type_name = type_name.as_ref();
    let prefixed = type_name.rsplit_once(':').filter(|(prefix, _)| !prefix.is_empty());
    let (prefix, name) = prefixed.unwrap_or(("", type_name));
    match reader.lookup(prefix) {
        Some(namespace) => Ok(Some((name.to_owned(), namespace.to_owned()))),
        None => Err(ValueError::UndefinedPrefix(prefix.into()).at(reader)),
    }
}

/// An `xsi:type` may only name the record's own type.
pub fn check_type(
    given: Option<&(String, String)>,
    record: &RecordType,
    own_namespace: &str,
    reader: &XmlReader<'_>,
) -> Result<(), RecordError> {
    match given {
        Some((name, namespace)) if name != record.name || namespace != own_namespace => {
            let (name, namespace, node) = (name.clone(), namespace.clone(), describe(reader));
            Err(ValueError::UnknownType { name, namespace, node }.at(reader))
        }
        _ => Ok(()),
    }
}

/// What the reader stands on (.NET's `XmlSerializationReader.CurrentTag`).
fn describe(reader: &XmlReader<'_>) -> String {
    match reader.node() {
        Node::Element => format!("<{} xmlns='{}'>", reader.local_name(), reader.namespace()),
        Node::EndElement => ">".to_owned(),
        Node::Text => reader.value().into_owned(),
        Node::CData => "CDATA".to_owned(),
        Node::Comment => "<--".to_owned(),
        Node::ProcessingInstruction => "<?".to_owned(),
        _ => "(unknown)".to_owned(),
    }
}
