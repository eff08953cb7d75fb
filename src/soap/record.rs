//! Reads the one record that a call carries, as .NET's `XmlSerializer` does (ASP.NET).

use std::borrow::Cow;
use std::vec;

use thiserror::Error;

use super::contract::{Contract, Route};
use super::xml::{Node, Position, Syntax, XmlError, XmlReader};

/// The instance namespaces of `xsi:type`, today's and the older ones that .NET knows.
const XSI: [&str; 3] = [
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/2000/10/XMLSchema-instance",
    "http://www.w3.org/1999/XMLSchema-instance",
];

/// What a call of an operation looks like.
#[derive(Debug)]
pub struct RecordShape {
    /// The Body element, `SaveAccountPhone`.
    pub operation: &'static str,
    /// The one element inside, `preqSaveAccountPhone`.
    pub parameter: &'static str,
    /// Its schema type, `reqSaveAccountPhone`.
    pub type_name: &'static str,
    /// The elements inside that, in documented order.
    pub fields: &'static [Field],
    /// The elements of the answer, in documented order.
    pub result: &'static [Field],
}

/// One element of a record.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    kind: FieldKind,
}

#[derive(Clone, Copy, Debug)]
enum FieldKind {
    Text,
    Int,
}

impl Field {
    /// An `xsd:string`.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: FieldKind::Text }
    }

    /// An `xsd:int`.
    pub const fn int(name: &'static str) -> Self {
        Self { name, kind: FieldKind::Int }
    }

    /// The schema's name of the type, as it stands in for a value in the samples.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            FieldKind::Text => "string",
            FieldKind::Int => "int",
        }
    }
}

/// The fields of a record in declared order, whatever their order in the request. A missing one is `None`.
#[derive(Debug)]
pub struct Record<'a> {
    fields: vec::IntoIter<Option<Value<'a>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value<'a> {
    Text(Cow<'a, str>),
    Int(i32),
}

impl<'a> Record<'a> {
    /// The same, for those who let go of the message.
    pub fn into_owned(self) -> Record<'static> {
        let owned = |value| match value {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Int(number) => Value::Int(number),
        };
        Record { fields: self.fields.map(|field| field.map(owned)).collect::<Vec<_>>().into_iter() }
    }

    /// Takes the next field, which the shape says is text.
    pub fn next_text(&mut self) -> Option<Cow<'a, str>> {
        match self.fields.next()?? {
            Value::Text(text) => Some(text),
            Value::Int(_) => None,
        }
    }

    /// Takes the next field, which the shape says is an int.
    pub fn next_int(&mut self) -> Option<i32> {
        match self.fields.next()?? {
            Value::Int(number) => Some(number),
            Value::Text(_) => None,
        }
    }
}

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
    /// The record; `None` is .NET's null parameter.
    pub record: Option<Record<'a>>,
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
    let shape = route.operation.shape();
    let mut body = Body { record: None, namespace: None };
    reader.move_to_content()?;
    while !at_end(reader) {
        let namespace = match reader.node() {
            Node::Element if reader.local_name() == shape.operation => contract.accepted(reader.namespace()),
            _ => None,
        };
        match namespace {
            Some(namespace) => {
                body.namespace = Some(namespace);
                if let Some(record) = read_operation(reader, shape, namespace)? {
                    body.record = Some(record);
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
    shape: &RecordShape,
    namespace: &str,
) -> Result<Option<Record<'a>>, RecordError> {
    if reader.is_empty_element() {
        reader.skip()?;
        return Ok(None);
    }
    let mut record = None;
    reader.read()?;
    reader.move_to_content()?;
    while !at_end(reader) {
        if record.is_none() && reader.is_element(namespace, shape.parameter) {
            record = Some(read_record(reader, shape, namespace)?);
        } else {
            skip_unknown(reader)?;
        }
        reader.move_to_content()?;
    }
    reader.read()?;
    Ok(record)
}

/// Reads the parameter element: each field by namespace and name, in any order, the first of a repeated one.
fn read_record<'a>(
    reader: &mut XmlReader<'a>,
    shape: &RecordShape,
    namespace: &str,
) -> Result<Record<'a>, RecordError> {
    check_type(reader, shape, namespace)?;
    let mut values = vec![None; shape.fields.len()];
    if reader.is_empty_element() {
        reader.skip()?;
        return Ok(Record { fields: values.into_iter() });
    }
    reader.read()?;
    reader.move_to_content()?;
    while !at_end(reader) {
        match wanted_field(reader, shape, namespace, &values) {
            Some(index) => values[index] = Some(read_field(reader, shape.fields[index].kind)?),
            None => skip_unknown(reader)?,
        }
        reader.move_to_content()?;
    }
    reader.read()?;
    Ok(Record { fields: values.into_iter() })
}

/// Passes over what the shape doesn't know. Among the elements an entity is more than unknown: it can't be resolved.
fn skip_unknown(reader: &mut XmlReader<'_>) -> Result<(), XmlError> {
    if reader.node() == Node::EntityReference {
        return Err(XmlError { syntax: Syntax::NotSimpleContent, position: reader.position() });
    }
    reader.skip().map(|_| ())
}

fn wanted_field(
    reader: &XmlReader<'_>,
    shape: &RecordShape,
    namespace: &str,
    values: &[Option<Value<'_>>],
) -> Option<usize> {
    let is_current = |field: &Field| reader.is_element(namespace, field.name);
    let index = shape.fields.iter().position(is_current)?;
    values[index].is_none().then_some(index)
}

fn read_field<'a>(reader: &mut XmlReader<'a>, kind: FieldKind) -> Result<Value<'a>, RecordError> {
    let text = read_element_string(reader)?;
    match kind {
        FieldKind::Text => Ok(Value::Text(text)),
        // The reader is behind the end tag by now: that is the position which .NET reports.
        FieldKind::Int => parse_int(&text).map(Value::Int).map_err(|reason| reason.at(reader)),
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
fn check_type(reader: &XmlReader<'_>, shape: &RecordShape, namespace: &str) -> Result<(), RecordError> {
    let Some(type_name) = XSI.iter().find_map(|xsi| reader.attribute(xsi, "type")) else { return Ok(()) };
    let type_name = type_name.as_ref();
    let prefixed = type_name.rsplit_once(':').filter(|(prefix, _)| !prefix.is_empty());
    let (prefix, name) = prefixed.unwrap_or(("", type_name));
    let Some(type_namespace) = reader.lookup(prefix) else {
        return Err(ValueError::UndefinedPrefix(prefix.into()).at(reader));
    };
    if name == shape.type_name && type_namespace == namespace {
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
