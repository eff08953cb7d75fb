//! Attributes, and what they declare.

use std::borrow::Cow;

use super::characters::{ENDS_VALUE, is_name_start, is_white_space, run_length};
use super::name::QName;
use super::namespaces::{Identity, XML, XMLNS, number};
use super::{Mode, Syntax, XmlError, XmlReader, references};

/// From this many attributes on, duplicates are found by sorting, so that a million attributes take no longer for each.
const MANY_ATTRIBUTES: usize = 8;

/// One attribute of the current start tag, namespace declarations included.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    pub name: QName<'a>,
    /// The value as written.
    raw: &'a str,
    /// Whether `raw` differs from the value it stands for.
    is_escaped: bool,
}

impl<'a> Attribute<'a> {
    pub fn value(&self) -> Cow<'a, str> {
        if !self.is_escaped {
            return Cow::Borrowed(self.raw);
        }
        let spaced = references::unify_line_ends(self.raw).replace(['\n', '\t'], " ");
        Cow::Owned(references::resolve(&spaced))
    }
}

impl<'a> XmlReader<'a> {
    /// Reads the rest of a start tag from the white space behind its name on, and says whether the element is empty.
    pub(super) fn read_attributes(&mut self) -> Result<bool, XmlError> {
        loop {
            let before = self.at;
            self.skip_white_space();
            match self.rest() {
                [b'>', ..] => {
                    self.at += 1;
                    return Ok(false);
                }
                [b'/', b'>', ..] => {
                    self.at += 2;
                    return Ok(true);
                }
                [] | [b'/'] => return Err(self.unclosed_tag(before)),
                [b'/', ..] => return Err(self.unexpected_token(self.at + 1, ">", None)),
                _ if self.at == before => return Err(self.missing_white_space()),
                _ => self.read_attribute()?,
            }
        }
    }

    fn missing_white_space(&self) -> XmlError {
        match self.check_name_start() {
            Err(error) => error,
            Ok(()) => self.error(Syntax::WhiteSpaceExpected(self.token_at(self.at).into()), self.at),
        }
    }

    fn check_name_start(&self) -> Result<(), XmlError> {
        match self.text[self.at..].chars().next() {
            Some(first) if !is_name_start(first) => Err(self.error(Syntax::BadNameStart(first), self.at)),
            _ => Ok(()),
        }
    }

    fn read_attribute(&mut self) -> Result<(), XmlError> {
        let name = self.read_qualified_name(self.at).or_else(|error| self.check_name_start().and(Err(error)))?;
        self.at += name.raw.len();
        let quote = self.read_equals_and_quote()?;
        let attribute = self.read_attribute_value(name, quote)?;
        match (name.prefix(), name.local()) {
            ("", "xmlns") => self.declare("", attribute)?,
            ("xmlns", prefix) => self.declare(prefix, attribute)?,
            ("xml", "space") => self.check_space(attribute)?,
            _ => {}
        }
        self.attributes.push(attribute);
        Ok(())
    }

    /// Goes behind the quote that begins a value, and gives it.
    pub(super) fn read_equals_and_quote(&mut self) -> Result<u8, XmlError> {
        self.skip_white_space();
        if !self.rest().starts_with(b"=") {
            return Err(self.unexpected_token(self.at, "=", None));
        }
        self.at += 1;
        self.skip_white_space();
        let [quote @ (b'"' | b'\''), ..] = self.rest() else {
            return Err(self.unexpected_token(self.at, "\"", Some("'")));
        };
        self.at += 1;
        Ok(*quote)
    }

    fn read_attribute_value(&mut self, name: QName<'a>, quote: u8) -> Result<Attribute<'a>, XmlError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut is_escaped = false;
        loop {
            self.at += run_length(&bytes[self.at..], &ENDS_VALUE);
            match bytes.get(self.at) {
                None => return Err(self.early_end(Syntax::UnclosedLiteral, self.at)),
                Some(byte) if *byte == quote => break,
                Some(b'<') => return Err(self.error(Syntax::BadAttributeCharacter('<'), self.at)),
                Some(b'&') => {
                    is_escaped = true;
                    self.at = self.skip_reference(self.at)?;
                    continue;
                }
                Some(b'\t' | b'\r' | b'\n') => is_escaped = true,
                Some(_) => self.check_character(self.at)?,
            }
            self.at += 1;
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        Ok(Attribute { name, raw, is_escaped })
    }

    fn declare(&mut self, prefix: &'a str, attribute: Attribute<'a>) -> Result<(), XmlError> {
        let uri = self.value_as_read(attribute);
        let name_at = self.offset_of(attribute.name.raw);
        let value_at = self.offset_of(attribute.raw);
        let wrong = match (prefix, &*uri) {
            ("xmlns", XMLNS) => Some((Syntax::ReservedPrefix, value_at)),
            (_, XMLNS) => Some((Syntax::ReservedNamespace(prefix.into()), value_at)),
            ("", _) | ("xml", XML) => None,
            (_, "") => Some((Syntax::InvalidNamespaceDeclaration, value_at - 1)),
            ("xmlns", _) => Some((Syntax::ReservedPrefix, name_at)),
            ("xml", _) => Some((Syntax::ReservedXmlPrefix, name_at)),
            _ => None,
        };
        if let Some((syntax, at)) = wrong {
            return Err(self.error(syntax, at));
        }
        self.namespaces.declare(prefix, uri);
        Ok(())
    }

    fn check_space(&self, attribute: Attribute<'a>) -> Result<(), XmlError> {
        let value = self.value_as_read(attribute);
        match value.trim_matches(is_white_space) {
            "default" | "preserve" => Ok(()),
            _ => Err(self.error(Syntax::InvalidSpace(value.into()), self.offset_of(attribute.name.raw))),
        }
    }

    /// The value as .NET knows it while it reads.
    fn value_as_read(&self, attribute: Attribute<'a>) -> Cow<'a, str> {
        if self.mode == Mode::Skip && attribute.is_escaped {
            let raw = &references::without_entities(attribute.raw);
            return Cow::Owned(Attribute { raw, ..attribute }.value().into_owned());
        }
        attribute.value()
    }

    /// Checks prefixes, then duplicates, when the tag was read to its end.
    pub(super) fn check_attributes(&mut self) -> Result<(), XmlError> {
        for attribute in &self.attributes {
            if !attribute.name.prefix().is_empty() {
                self.check_prefix(attribute.name)?;
            }
        }
        self.check_duplicates()
    }

    pub(super) fn check_prefix(&self, name: QName<'a>) -> Result<(), XmlError> {
        match self.namespaces.uri_of_prefix(name.prefix()) {
            Some(_) => Ok(()),
            None => Err(self.error(Syntax::UndeclaredPrefix(name.prefix().into()), self.offset_of(name.raw))),
        }
    }

    /// No two attributes of one namespace and name. Of several such pairs, .NET tells of the one that begins first.
    fn check_duplicates(&mut self) -> Result<(), XmlError> {
        let pair = if self.attributes.len() < MANY_ATTRIBUTES { self.pair_among_few() } else { self.pair_among_many() };
        match pair.map(|(_, second)| self.attributes[second].name.raw) {
            Some(second) => Err(self.error(Syntax::DuplicateAttribute(second.into()), self.offset_of(second))),
            None => Ok(()),
        }
    }

    fn pair_among_few(&mut self) -> Option<(usize, usize)> {
        let count = self.attributes.len();
        (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second))).find(|&(first, second)| {
            self.attributes[first].name.local() == self.attributes[second].name.local()
                && self.namespace_of_attribute(first) == self.namespace_of_attribute(second)
        })
    }

    /// Sorts, as .NET does, rather than hash: a table of half a million names takes several times their own memory.
    fn pair_among_many(&mut self) -> Option<(usize, usize)> {
        let namespaces = (0..self.attributes.len()).map(|index| (self.namespace_of_attribute(index), number(index)));
        let mut sorted: Vec<_> = namespaces.collect();
        let name =
            |(namespace, index): (Option<Identity>, u32)| (namespace, self.attributes[index as usize].name.local());
        sorted.sort_unstable_by_key(|&entry| (name(entry), entry.1));
        let pairs = sorted.windows(2).filter(|pair| name(pair[0]) == name(pair[1]));
        pairs.map(|pair| (pair[0].1 as usize, pair[1].1 as usize)).min()
    }

    /// An attribute without a prefix is in no namespace, whatever the default one.
    fn namespace_of_attribute(&mut self, index: usize) -> Option<Identity> {
        let prefix = self.attributes[index].name.prefix();
        (!prefix.is_empty()).then(|| self.namespaces.identity(prefix))
    }
}
