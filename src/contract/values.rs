//! The values of a call, by field: what was sent, and what is answered.

use std::borrow::Cow;
use std::fmt;

use super::operation::{DataSetField, Field, IntField, Kind, Operation, PairsField, TextField};
use super::rows::{MEMBER, TOKEN};

/// The value of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Int(i32),
    /// The items of an array, or `None` for one that is said to be nil. An item may be nil, too.
    Pairs(Option<Vec<Option<Pair<'a>>>>),
    /// The rows of a data set.
    Rows(Vec<Output>),
}

/// A reference with its value; either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair<'a> {
    pub reference: Option<Cow<'a, str>>,
    pub value: Option<Cow<'a, str>>,
}

impl Value<'_> {
    fn into_owned(self) -> Value<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let pair = |pair: Pair<'_>| Pair { reference: pair.reference.map(owned), value: pair.value.map(owned) };
        let pairs = |pairs: Vec<Option<_>>| pairs.into_iter().map(|item| item.map(pair)).collect();
        match self {
            Self::Text(text) => Value::Text(owned(text)),
            Self::Int(number) => Value::Int(number),
            Self::Pairs(items) => Value::Pairs(items.map(pairs)),
            Self::Rows(rows) => Value::Rows(rows),
        }
    }
}

/// What was sent to an operation. Missing, empty and given elements are kept apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Request<'a> {
    operation: &'static Operation,
    /// In documented order; a missing one is `None`.
    values: Vec<Option<Value<'a>>>,
}

impl<'a> Request<'a> {
    /// A request in which all is missing.
    pub fn new(operation: &'static Operation) -> Self {
        Self { operation, values: vec![None; operation.request.fields.len()] }
    }

    /// Puts the value of the field at `index`.
    pub fn put(&mut self, index: usize, value: Value<'a>) {
        self.values[index] = Some(value);
    }

    /// The same with this text.
    #[must_use]
    pub fn with_text(mut self, field: TextField, text: &'a str) -> Self {
        self.put(field.0, Value::Text(text.into()));
        self
    }

    /// The same with this number.
    #[must_use]
    pub fn with_int(mut self, field: IntField, number: i32) -> Self {
        self.put(field.0, Value::Int(number));
        self
    }

    /// The fields that are there, in documented order.
    pub fn given(&self) -> impl Iterator<Item = (&'static Field, &Value<'a>)> {
        let fields = self.operation.request.fields.iter().zip(&self.values);
        fields.filter_map(|(field, value)| Some((field, value.as_ref()?)))
    }

    /// Whether the field at `index` is there.
    pub fn has(&self, index: usize) -> bool {
        self.values[index].is_some()
    }

    /// The same, for those who let go of the message.
    pub fn into_owned(self) -> Request<'static> {
        let values = self.values.into_iter().map(|value| value.map(Value::into_owned)).collect();
        Request { operation: self.operation, values }
    }

    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The text of a field; a missing one is empty.
    pub fn text(&self, field: TextField) -> &str {
        self.text_at(field.0).unwrap_or_default()
    }

    /// The number of a field; a missing one is 0 (ASP.NET).
    pub fn int(&self, field: IntField) -> i32 {
        self.int_at(field.0).unwrap_or_default()
    }

    /// The items of an array; a missing or nil one has none.
    pub fn pairs(&self, field: PairsField) -> &[Option<Pair<'a>>] {
        match self.values.get(field.0) {
            Some(Some(Value::Pairs(Some(items)))) => items,
            _ => &[],
        }
    }

    /// Every request has a token.
    pub fn security_token(&self) -> Option<&str> {
        self.text_at(self.operation.request.index(TOKEN.name)?)
    }

    /// Every request has a member.
    pub fn member_id(&self) -> Option<i32> {
        self.int_at(self.operation.request.index(MEMBER.name)?)
    }

    /// The phone number, of an operation that has one.
    pub fn phone_number(&self) -> Option<&str> {
        self.text_at(self.operation.request.index("PhoneNumber")?)
    }

    /// Whether any element is missing, required or not.
    pub fn has_missing_element(&self) -> bool {
        self.values.iter().any(Option::is_none)
    }

    /// The elements that are missing, in documented order.
    pub fn missing_elements(&self) -> impl Iterator<Item = &'static str> {
        let fields = self.operation.request.fields.iter().zip(&self.values);
        fields.filter(|(_, value)| value.is_none()).map(|(field, _)| field.name)
    }

    /// Whether a required text is missing, or nothing but white space. A missing int is 0 (ASP.NET).
    pub fn lacks_required_text(&self) -> bool {
        self.blank_required_texts().next().is_some()
    }

    /// The required texts that are missing, or nothing but white space, in documented order.
    pub fn blank_required_texts(&self) -> impl Iterator<Item = &'static str> {
        let fields = self.operation.request.fields.iter().enumerate();
        let required = fields.filter(|(_, field)| field.is_required && field.kind == Kind::Text);
        let blank = required.filter(|(index, _)| self.text_at(*index).unwrap_or_default().trim().is_empty());
        blank.map(|(_, field)| field.name)
    }

    fn text_at(&self, index: usize) -> Option<&str> {
        match self.values.get(index)?.as_ref()? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn int_at(&self, index: usize) -> Option<i32> {
        match self.values.get(index)?.as_ref()? {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.given().map(|(field, value)| (field.name, value))).finish()
    }
}

/// What an operation answers beside the return code, or a row of a data set. Of an answer, what isn't given is empty or 0, and a
/// data set is left out, as in a refusal; of a row, what isn't given is null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// By index in documented order.
    values: Vec<(usize, Value<'static>)>,
}

impl Output {
    /// The same with this text.
    #[must_use]
    pub fn text(mut self, field: TextField, value: String) -> Self {
        self.values.push((field.0, Value::Text(value.into())));
        self
    }

    /// The same with this number.
    #[must_use]
    pub fn int(mut self, field: IntField, value: i32) -> Self {
        self.values.push((field.0, Value::Int(value)));
        self
    }

    /// The same with a data set of these rows, whose fields are those of its table.
    #[must_use]
    pub fn rows(mut self, field: DataSetField, rows: Vec<Self>) -> Self {
        self.values.push((field.0, Value::Rows(rows)));
        self
    }

    /// The value of the field at `index`, if it was given.
    pub fn get(&self, index: usize) -> Option<&Value<'static>> {
        self.values.iter().find(|(at, _)| *at == index).map(|(_, value)| value)
    }
}
