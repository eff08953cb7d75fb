//! Reads the one record that a call carries, as .NET's `XmlSerializer` does (ASP.NET).

use std::borrow::Cow;

use thiserror::Error;

use super::xml::{Node, Position, Syntax, XmlError, XmlReader};
use crate::contract::{Contract, Field, Kind, Operation, Request, Route, Value};

/// The instance namespaces of `xsi:type`, today's and the older ones that .NET knows.
const XSI: [&str; 3] = [
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/2000/10/XMLSchema-instance",
    "http://www.w3.org/1999/XMLSchema-instance",
];

/// Why a record could not be read.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The XML itself is wrong.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// A value isn't of its type. .NET tells where its reader stood when it noticed.
    #[error("There is an error in XML document {position}. ---> {reason}")]
    Value { position: Position, reason: ValueError },
}

/// What is wrong with a value, in .NET's words.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    #[error("Input string was not in a correct format.")]
    NotAnInt,
    #[error("Value was either too large or too small for an Int32.")]
    IntTooLarge,
    #[error(
        "The specified type was not recognized: name='{name}', namespace='{namespace}', at <{element} xmlns='{element_namespace}'>."
    )]
    UnknownType { name: String, namespace: String, element: String, element_namespace: String },
    #[error("Namespace prefix '{0}' is not defined.")]
    UndefinedPrefix(String),
}

impl ValueError {
    fn at(self, reader: &XmlReader<'_>) -> RecordError {
        RecordError::Value { position: reader.position(), reason: self }
    }
}

/// What the Body held.
#[derive(Debug)]
pub struct Body<'a, 'c> {
    /// What the record holds; `None` is .NET's null parameter.
    pub request: Option<Request<'a>>,
    /// The namespace of the last operation element, if there was one.
    pub namespace: Option<&'c str>,
}

/// Reads the children of Body, from the first one on. Several operation elements are allowed: the last record wins.
///
/// # Errors
/// [`RecordError`] for the first thing that .NET stumbles over.
pub fn read_body<'a, 'c>(
    reader: &mut XmlReader<'a>,
    contract: &'c Contract,
    route: Route<'c>,
) -> Result<Body<'a, 'c>, RecordError> {
    let method = route.method;
    let mut body = Body { request: None, namespace: None };
    reader.move_to_content()?;
    while !at_end(reader) {
        let namespace = match reader.node() {
            Node::Element if reader.local_name() == method.name => contract.accepted(reader.namespace()),
            _ => None,
        };
        match namespace {
            Some(namespace) => {
                body.namespace = Some(namespace);
                if let Some(request) = read_operation(reader, method.operation, namespace)? {
                    body.request = Some(request);
                }
            }
            None => skip_unknown(reader)?,
        }
        reader.move_to_content()?;
    }
    Ok(body)
}

/// Reads an operation element; of several parameters the first counts.
fn read_operation<'a>(
    reader: &mut XmlReader<'a>,
    operation: &'static Operation,
    namespace: &str,
) -> Result<Option<Request<'a>>, RecordError> {
    if reader.is_empty_element() {
        reader.skip()?;
        return Ok(None);
    }
    let mut request = None;
    reader.read()?;
    reader.move_to_content()?;
    while !at_end(reader) {
        if request.is_none() && reader.is_element(namespace, operation.parameter) {
            request = Some(read_record(reader, operation, namespace)?);
        } else {
            skip_unknown(reader)?;
        }
        reader.move_to_content()?;
    }
    reader.read()?;
    Ok(request)
}

/// Reads the parameter element: each field by namespace and name, in any order, the first of a repeated one.
fn read_record<'a>(
    reader: &mut XmlReader<'a>,
    operation: &'static Operation,
    namespace: &str,
) -> Result<Request<'a>, RecordError> {
    check_type(reader, operation.request.name, namespace)?;
    let mut request = Request::new(operation);
    if reader.is_empty_element() {
        reader.skip()?;
        return Ok(request);
    }
    reader.read()?;
    reader.move_to_content()?;
    while !at_end(reader) {
        match wanted_field(reader, namespace, &request) {
            Some((index, field)) => {
                if let Some(value) = read_field(reader, field.kind)? {
                    request.put(index, value);
                }
            }
            None => skip_unknown(reader)?,
        }
        reader.move_to_content()?;
    }
    reader.read()?;
    Ok(request)
}

/// Passes over what the contract doesn't know. Among the elements an entity is more than unknown: it can't be resolved.
fn skip_unknown(reader: &mut XmlReader<'_>) -> Result<(), XmlError> {
    if reader.node() == Node::EntityReference {
        return Err(XmlError { syntax: Syntax::NotSimpleContent, position: reader.position() });
    }
    reader.skip().map(|_| ())
}

fn wanted_field(reader: &XmlReader<'_>, namespace: &str, request: &Request<'_>) -> Option<(usize, &'static Field)> {
    let fields = &request.operation().request.fields;
    let (index, field) = fields.iter().enumerate().find(|(_, field)| reader.is_element(namespace, field.name))?;
    (!request.has(index)).then_some((index, field))
}

/// Reads a field, if it is of a kind that an operation is served with.
fn read_field<'a>(reader: &mut XmlReader<'a>, kind: Kind) -> Result<Option<Value<'a>>, RecordError> {
    match kind {
        Kind::Text => Ok(Some(Value::Text(read_element_string(reader)?))),
        Kind::Int => {
            let text = read_element_string(reader)?;
            // The reader is behind the end tag by now: that is the position which .NET reports.
            parse_int(&text).map(|number| Some(Value::Int(number))).map_err(|reason| reason.at(reader))
        }
        Kind::KeyValuePairs | Kind::DataSet(_) => {
            skip_unknown(reader)?;
            Ok(None)
        }
    }
}

/// .NET's `XmlReader.ReadElementString`. A value that is one nested element with text is read through: the nested end tag
/// is taken for the field's, the field's for the record's.
fn read_element_string<'a>(reader: &mut XmlReader<'a>) -> Result<Cow<'a, str>, XmlError> {
    let mut value = Cow::Borrowed("");
    if !reader.is_empty_element() {
        reader.read()?;
        value = read_string(reader)?;
        if reader.node() != Node::EndElement {
            return Err(XmlError { syntax: Syntax::NotSimpleContent, position: reader.position() });
        }
    }
    reader.read()?;
    Ok(value)
}

/// .NET's `XmlReader.ReadString`: the text up to the next node that isn't text.
fn read_string<'a>(reader: &mut XmlReader<'a>) -> Result<Cow<'a, str>, XmlError> {
    if reader.node() == Node::Element {
        if reader.is_empty_element() {
            return Ok(Cow::Borrowed(""));
        }
        reader.read()?;
    }
    let mut value = Cow::Borrowed("");
    while matches!(reader.node(), Node::Text | Node::Whitespace | Node::CData) {
        if value.is_empty() {
            value = reader.value();
        } else {
            value.to_mut().push_str(&reader.value());
        }
        reader.read()?;
    }
    Ok(value)
}

/// .NET's `Int32.Parse` in XML: white space around, one sign, ASCII digits.
fn parse_int(text: &str) -> Result<i32, ValueError> {
    let number = text.trim_matches([' ', '\t', '\n', '\r']);
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueError::NotAnInt);
    }
    number.parse().map_err(|_| ValueError::IntTooLarge)
}

/// An `xsi:type` may only name the record's own type.
fn check_type(reader: &XmlReader<'_>, own_name: &str, namespace: &str) -> Result<(), RecordError> {
    let Some(type_name) = XSI.iter().find_map(|xsi| reader.attribute(xsi, "type")) else { return Ok(()) };
    let type_name = type_name.as_ref();
    let prefixed = type_name.rsplit_once(':').filter(|(prefix, _)| !prefix.is_empty());
    let (prefix, name) = prefixed.unwrap_or(("", type_name));
    let Some(type_namespace) = reader.lookup(prefix) else {
        return Err(ValueError::UndefinedPrefix(prefix.into()).at(reader));
    };
    if name == own_name && type_namespace == namespace {
        return Ok(());
    }
    let unknown = ValueError::UnknownType {
        name: name.into(),
        namespace: type_namespace.into(),
        element: reader.local_name().into(),
        element_namespace: namespace.into(),
    };
    Err(unknown.at(reader))
}

fn at_end(reader: &XmlReader<'_>) -> bool {
    matches!(reader.node(), Node::EndElement | Node::End)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_int_is_what_dotnet_takes_for_one() {
        for (text, expected) in [
            ("5", Ok(5)),
            ("+5", Ok(5)),
            ("-5", Ok(-5)),
            (" \t\r\n007 ", Ok(7)),
            ("2147483647", Ok(i32::MAX)),
            ("-2147483648", Ok(i32::MIN)),
            ("2147483648", Err(ValueError::IntTooLarge)),
            ("99999999999999999999", Err(ValueError::IntTooLarge)),
            ("", Err(ValueError::NotAnInt)),
            (" ", Err(ValueError::NotAnInt)),
            ("abc", Err(ValueError::NotAnInt)),
            ("1.0", Err(ValueError::NotAnInt)),
            ("1,000", Err(ValueError::NotAnInt)),
            ("0x1", Err(ValueError::NotAnInt)),
            ("5-", Err(ValueError::NotAnInt)),
            ("- 5", Err(ValueError::NotAnInt)),
            ("+-5", Err(ValueError::NotAnInt)),
            ("1 2", Err(ValueError::NotAnInt)),
            ("\u{A0}5", Err(ValueError::NotAnInt)),
            ("\u{663}", Err(ValueError::NotAnInt)),
            ("true", Err(ValueError::NotAnInt)),
        ] {
            assert_eq!(parse_int(text), expected, "{text:?}");
        }
    }
}
