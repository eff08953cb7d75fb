//! Reads the one record that a call carries, as .NET's `XmlSerializer` does (ASP.NET).

mod pairs;
mod xsi;

use std::borrow::Cow;

use thiserror::Error;

use self::pairs::read_pairs;
use self::xsi::{check_type, type_of};
use super::xml::{Node, Position, Syntax, XmlError, XmlReader};
use crate::contract::{Contract, Kind, Method, Operation, RecordType, Request, Route, Value};

/// What XML takes for white space.
const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

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
    /// `node` is what the reader stands on.
    #[error("The specified type was not recognized: name='{name}', namespace='{namespace}', at {node}.")]
    UnknownType { name: String, namespace: String, node: String },
    #[error("The string '{0}' is not a valid Boolean value.")]
    NotABoolean(String),
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
    /// How the last operation element names the operation; where there was none, how the message did.
    pub route: Route<'c>,
}

/// Reads the children of Body, from the first one on. Several operation elements are allowed: the last record wins. An operation of
/// several names may be called by one of them in an element of another (our choice).
///
/// # Errors
/// [`RecordError`] for the first thing that .NET stumbles over.
pub fn read_body<'a, 'c>(
    reader: &mut XmlReader<'a>,
    contract: &'c Contract,
    route: Route<'c>,
) -> Result<Body<'a, 'c>, RecordError> {
    let operation = route.method.operation;
    let mut body = Body { request: None, route };
    reader.move_to_content()?;
    while !at_end(reader) {
        let name = operation.names().find(|name| reader.node() == Node::Element && reader.local_name() == *name);
        // Only an element has a namespace.
        match name.and_then(|name| Some((name, contract.accepted(reader.namespace())?))) {
            Some((name, namespace)) => {
                body.route = Route { method: Method { name, operation }, namespace };
                if let Some(request) = read_operation(reader, operation, namespace)? {
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
    let mut request = None;
    read_children(reader, |reader| {
        let is_wanted =
            request.is_none() && reader.namespace() == namespace && operation.is_parameter(reader.local_name());
        if is_wanted {
            request = Some(read_record(reader, operation, namespace)?);
        }
        Ok(is_wanted)
    })?;
    Ok(request)
}

/// Reads the parameter element: each field by namespace and name, in any order, the first of a repeated one.
fn read_record<'a>(
    reader: &mut XmlReader<'a>,
    operation: &'static Operation,
    namespace: &str,
) -> Result<Request<'a>, RecordError> {
    check_type(type_of(reader)?.as_ref(), &operation.request, namespace, reader)?;
    let mut request = Request::new(operation);
    read_children(reader, |reader| {
        let Some(index) = field_index(reader, &operation.request, namespace) else { return Ok(false) };
        let kind = operation.request.fields[index].kind;
        // Of a repeated array the last counts, and one that is nil changes nothing (ASP.NET).
        if let Kind::KeyValuePairs(item) = kind {
            let pairs = read_pairs(reader, item, namespace)?;
            if pairs.is_some() || !request.has(index) {
                request.put(index, Value::Pairs(pairs));
            }
            return Ok(true);
        }
        let is_wanted = !request.has(index) && matches!(kind, Kind::Text | Kind::Int);
        if is_wanted {
            request.put(index, read_value(reader, kind)?);
        }
        Ok(is_wanted)
    })?;
    Ok(request)
}

/// Reads the children of an element, each by `read_child`, which says whether it wants the child: if not, it is passed over.
fn read_children<'a>(
    reader: &mut XmlReader<'a>,
    mut read_child: impl FnMut(&mut XmlReader<'a>) -> Result<bool, RecordError>,
) -> Result<(), RecordError> {
    if reader.is_empty_element() {
        reader.skip()?;
        return Ok(());
    }
    reader.read()?;
    reader.move_to_content()?;
    while !at_end(reader) {
        if reader.node() != Node::Element || !read_child(reader)? {
            skip_unknown(reader)?;
        }
        reader.move_to_content()?;
    }
    reader.read()?;
    Ok(())
}

/// Passes over what the contract doesn't know. Among the elements an entity is more than unknown: it can't be resolved.
fn skip_unknown(reader: &mut XmlReader<'_>) -> Result<(), XmlError> {
    if reader.node() == Node::EntityReference {
        return Err(XmlError { syntax: Syntax::NotSimpleContent, position: reader.position() });
    }
    reader.skip().map(|_| ())
}

/// The field whose element the reader stands on.
fn field_index(reader: &XmlReader<'_>, record: &RecordType, namespace: &str) -> Option<usize> {
    record.fields.iter().position(|field| reader.is_element(namespace, field.name))
}

/// Reads a text or an int.
fn read_value<'a>(reader: &mut XmlReader<'a>, kind: Kind) -> Result<Value<'a>, RecordError> {
    let text = read_element_string(reader)?;
    match kind {
        // The reader is behind the end tag by now: that is the position which .NET reports.
        Kind::Int => parse_int(&text).map(Value::Int).map_err(|reason| reason.at(reader)),
        _ => Ok(Value::Text(text)),
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
    let number = text.trim_matches(WHITE_SPACE);
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueError::NotAnInt);
    }
    number.parse().map_err(|_| ValueError::IntTooLarge)
}

fn at_end(reader: &XmlReader<'_>) -> bool {
    matches!(reader.node(), Node::EndElement | Node::End)
}

#[cfg(test)]
mod tests;
