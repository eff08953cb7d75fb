//! What a row of the contract says.

use super::data_set::DataSet;

/// One operation.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The name of the Body element, at the end of the SOAP action, and in journal, metrics and permissions.
    pub name: &'static str,
    /// Further names by which it may be called. A call is answered in the name that it came by.
    pub aliases: &'static [&'static str],
    /// The one element inside the Body element.
    pub parameter: &'static str,
    /// What the parameter holds.
    pub request: RecordType,
    /// What the answer holds.
    pub response: RecordType,
    /// The documented return codes beside those of every operation.
    pub codes: &'static [u16],
    /// The vendor's page.
    pub page: &'static str,
    /// Which function does it.
    pub served: Served,
}

/// The operations that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    AddToLoyaltyClub,
    RemoveToLoyaltyClub,
    MemberIsInLoyaltyClub,
    FetchAccountCore,
    SaveAccountCore,
    FetchAccountAddress,
    SaveAccountAddress,
    SaveAccountEmail,
    DeleteAccountEmailAddress,
    SaveAccountPhone,
    FetchAccountIds,
    SaveAccountId,
    DeleteAccountId,
    SaveAccountCustomFields,
}

/// A record with its elements in documented order.
#[derive(Debug, PartialEq, Eq)]
pub struct RecordType {
    /// The name of the schema type.
    pub name: &'static str,
    pub fields: &'static [Field],
}

/// One element of a record.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether the page says so. What isn't required has to be sent as well (W472), but may be blank.
    pub is_required: bool,
    /// The short option of the command line for it, beside the one that is made of its name.
    pub option: Option<&'static str>,
}

/// What an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An `xsd:string`.
    Text,
    /// An `xsd:int`.
    Int,
    /// An array of references with their values, each of which is such a record of two texts.
    KeyValuePairs(&'static RecordType),
    /// A typed data set.
    DataSet(&'static DataSet),
}

/// Where a record has a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextField(pub(super) usize);

/// Where a record has a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntField(pub(super) usize);

/// Where a record has an array of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairsField(pub(super) usize);

/// Where a record has a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSetField(pub(super) usize);

impl Operation {
    /// The return codes that every operation documents.
    pub const COMMON_CODES: [u16; 6] = [0, 1, 2, 100, 101, 311];

    /// The name, then the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        [self.name].into_iter().chain(self.aliases.iter().copied())
    }

    /// Whether an element of that name is the parameter: by its own name, or by the one it would have under an alias (our choice).
    pub fn is_parameter(&self, name: &str) -> bool {
        let stem = self.parameter.strip_suffix(self.name);
        name == self.parameter || self.aliases.iter().any(|alias| stem.is_some() && name.strip_suffix(alias) == stem)
    }

    /// What the items of its arrays are.
    pub fn arrays(&self) -> impl Iterator<Item = &'static RecordType> {
        self.request.fields.iter().filter_map(Field::item)
    }

    /// The address of the vendor's page (documented).
    pub fn documentation(&self) -> String {
        format!("https://app.kognitivloyalty.com/Services/Docs/Sync/{}", self.page)
    }
}

impl RecordType {
    /// The text of that name, for constants: there the compiler refuses what would panic.
    ///
    /// # Panics
    /// If the record has no text of that name.
    pub const fn text(&self, name: &str) -> TextField {
        let index = self.position(name);
        assert!(matches!(self.fields[index].kind, Kind::Text), "the element is no text");
        TextField(index)
    }

    /// The number of that name, for constants: there the compiler refuses what would panic.
    ///
    /// # Panics
    /// If the record has no number of that name.
    pub const fn int(&self, name: &str) -> IntField {
        let index = self.position(name);
        assert!(matches!(self.fields[index].kind, Kind::Int), "the element is no int");
        IntField(index)
    }

    /// The array of that name, for constants: there the compiler refuses what would panic.
    ///
    /// # Panics
    /// If the record has no array of that name.
    pub const fn pairs(&self, name: &str) -> PairsField {
        let index = self.position(name);
        assert!(matches!(self.fields[index].kind, Kind::KeyValuePairs(_)), "the element is no array");
        PairsField(index)
    }

    /// The data set of that name, for constants: there the compiler refuses what would panic.
    ///
    /// # Panics
    /// If the record has no data set of that name.
    pub const fn data_set(&self, name: &str) -> DataSetField {
        let index = self.position(name);
        assert!(matches!(self.fields[index].kind, Kind::DataSet(_)), "the element is no data set");
        DataSetField(index)
    }

    /// The name of the type of an array of such records (ASP.NET).
    pub fn array_name(&self) -> String {
        let first = self.name.get(..1).unwrap_or_default();
        format!("ArrayOf{}{}", first.to_uppercase(), &self.name[first.len()..])
    }

    /// The index of the element of that name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    const fn position(&self, name: &str) -> usize {
        let mut index = 0;
        while index < self.fields.len() && !is_same(self.fields[index].name, name) {
            index += 1;
        }
        assert!(index < self.fields.len(), "the record has no such element");
        index
    }
}

/// `==`, which isn't for constants yet.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

impl Field {
    /// An element that isn't required.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false, option: None }
    }

    /// The schema's name of the type, as it stands in for a value in the samples.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Text => "string",
            Kind::Int => "int",
            Kind::KeyValuePairs(_) => "array",
            Kind::DataSet(_) => "dataset",
        }
    }

    /// How often the schema wants the element at least: a struct of .NET is never null.
    pub fn min_occurs(&self) -> u8 {
        match self.kind {
            Kind::Int => 1,
            Kind::Text | Kind::KeyValuePairs(_) | Kind::DataSet(_) => 0,
        }
    }

    /// What the items of an array are.
    pub fn item(&self) -> Option<&'static RecordType> {
        match self.kind {
            Kind::KeyValuePairs(item) => Some(item),
            _ => None,
        }
    }

    pub fn data_set(&self) -> Option<&'static DataSet> {
        match self.kind {
            Kind::DataSet(data_set) => Some(data_set),
            _ => None,
        }
    }

    /// The same element, with a short option.
    #[must_use]
    pub const fn option(self, option: &'static str) -> Self {
        Self { option: Some(option), ..self }
    }

    /// The same element, required.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }
}
