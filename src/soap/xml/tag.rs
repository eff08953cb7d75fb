//! Start tags, end tags, names, and the XML declaration.

use std::collections::HashMap;

use super::characters::{ENDS_VALUE, IS_NAME, is_allowed, is_name, is_name_start, is_white_space, run_length};
use super::namespaces::{Identity, XMLNS};
use super::{Attribute, Node, OpenElement, Syntax, XmlError, XmlReader};

/// From this many attributes on, duplicates are found by hashing, so that a million attributes take no longer for each.
const MANY_ATTRIBUTES: usize = 8;

/// A name as written, and where its local part begins. It is small, as a document may have a million of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct QName<'a> {
    pub raw: &'a str,
    local_at: usize,
}

impl<'a> QName<'a> {
    /// What stands before the colon; empty without one.
    pub fn prefix(self) -> &'a str {
        &self.raw[..self.local_at.saturating_sub(1)]
    }

    pub fn local(self) -> &'a str {
        &self.raw[self.local_at..]
    }

    /// The prefix that the attribute of this name declares: `Some("")` for the default namespace.
    fn declares(self) -> Option<&'a str> {
        match (self.prefix(), self.local()) {
            ("", "xmlns") => Some(""),
            ("xmlns", prefix) => Some(prefix),
            _ => None,
        }
    }
}

impl<'a> XmlReader<'a> {
    pub(super) fn read_start_tag(&mut self) -> Result<Node, XmlError> {
        let declared_before = self.namespaces.begin_tag();
        self.attributes.clear();
        self.node_at = self.at + 1;
        self.at = self.read_name(self.node_at)?;
        self.name = self.qualified_name(self.node_at, self.at)?;
        self.is_empty_element = self.read_attributes()?;
        if !self.attributes.is_empty() {
            self.apply_namespaces()?;
        }
        self.binding = self.namespaces.find(self.name.prefix());
        if self.binding.is_none() {
            self.check_prefix(self.name, self.node_at)?;
        }
        self.has_root = true;
        if !self.is_empty_element {
            self.open.push(OpenElement { name: self.name.raw, declared_before });
        }
        Ok(Node::Element)
    }

    pub(super) fn read_end_tag(&mut self) -> Result<Node, XmlError> {
        self.node_at = self.at + 2;
        let Some(element) = self.open.last() else {
            return Err(self.error(Syntax::UnexpectedEndTag, self.node_at));
        };
        let expected = element.name;
        let end = self.node_at + expected.len();
        let bytes = self.text.as_bytes();
        if bytes.get(self.node_at..end) == Some(expected.as_bytes()) {
            if bytes.get(end) == Some(&b'>') {
                self.at = end + 1;
                return Ok(Node::EndElement);
            }
            if !self.text[end..].starts_with(is_name) {
                self.at = end;
                self.skip_white_space();
                return self.expect(">", None).map(|()| Node::EndElement);
            }
        }
        Err(self.tag_mismatch())
    }

    /// The error of an end tag that isn't the one of the innermost element.
    fn tag_mismatch(&self) -> XmlError {
        let end = match self.read_name(self.node_at) {
            Ok(end) => end,
            Err(error) => return error,
        };
        let start = self.open.last().map_or("", |element| element.name);
        let syntax = Syntax::TagMismatch {
            start: start.into(),
            start_position: super::position(self.text, self.offset_of(start)),
            end: self.text[self.node_at..end].into(),
        };
        self.error(syntax, self.node_at)
    }

    /// The end of the name (colons included) that begins at `start`.
    pub(super) fn read_name(&self, start: usize) -> Result<usize, XmlError> {
        let bytes = self.text.as_bytes();
        let mut end = start + bytes[start..].iter().take_while(|byte| IS_NAME[usize::from(**byte)]).count();
        if bytes.get(end).is_some_and(|byte| !byte.is_ascii()) {
            let rest = &self.text[end..];
            end += rest.find(|character| !is_name(character) && character != ':').unwrap_or(rest.len());
        }
        if self.text[start..].starts_with(|first| is_name_start(first) || first == ':') {
            return Ok(end);
        }
        match self.text[start..].chars().next() {
            None => Err(self.end_of_file_in("Name")),
            Some(first) => Err(self.error(Syntax::BadNameStart(first), start)),
        }
    }

    /// Splits the name between `start` and `end` at its colon.
    fn qualified_name(&self, start: usize, end: usize) -> Result<QName<'a>, XmlError> {
        let raw = &self.text[start..end];
        let Some(colon) = raw.bytes().position(|byte| byte == b':') else {
            return Ok(QName { raw, local_at: 0 });
        };
        if colon == 0 {
            return Err(self.error(Syntax::BadNameStart(':'), start));
        }
        let name = QName { raw, local_at: colon + 1 };
        let local_at = start + name.local_at;
        if !name.local().starts_with(is_name_start) {
            return Err(match self.text[local_at..].chars().next() {
                None => self.end_of_file_in("Name"),
                Some(first) => self.error(Syntax::BadNameStart(first), local_at),
            });
        }
        match name.local().find(':') {
            Some(second) => Err(self.error(Syntax::BadNameCharacter(':'), local_at + second)),
            None => Ok(name),
        }
    }

    /// Reads what follows the name of a start tag, and says whether the element is empty.
    fn read_attributes(&mut self) -> Result<bool, XmlError> {
        loop {
            let before = self.at;
            self.skip_white_space();
            match self.rest() {
                [b'>', ..] => {
                    self.at += 1;
                    return Ok(false);
                }
                [b'/', ..] => {
                    self.at += 1;
                    return self.expect(">", None).map(|()| true);
                }
                [] => return Err(self.end_of_file_in("Name")),
                _ if self.at == before => return Err(self.missing_white_space()),
                _ => self.read_attribute()?,
            }
        }
    }

    fn missing_white_space(&self) -> XmlError {
        match self.text[self.at..].chars().next() {
            Some(found) if !self.attributes.is_empty() => self.error(Syntax::WhiteSpaceExpected(found), self.at),
            _ => self.bad_name_character(self.at),
        }
    }

    fn read_attribute(&mut self) -> Result<(), XmlError> {
        let start = self.at;
        self.at = self.read_name(start)?;
        let name = self.qualified_name(start, self.at)?;
        self.skip_white_space();
        self.expect("=", None)?;
        self.skip_white_space();
        let quote = match self.rest() {
            [quote @ (b'"' | b'\''), ..] => *quote,
            _ => return Err(self.unexpected_token_at(self.at, "\"", Some("'"))),
        };
        self.at += 1;
        let attribute = self.read_attribute_value(name, quote)?;
        self.attributes.push(attribute);
        Ok(())
    }

    fn read_attribute_value(&mut self, name: QName<'a>, quote: u8) -> Result<Attribute<'a>, XmlError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut is_escaped = false;
        loop {
            self.at += run_length(&bytes[self.at..], &ENDS_VALUE);
            match bytes.get(self.at) {
                None => return Err(self.early_end(Syntax::UnclosedLiteral)),
                Some(byte) if *byte == quote => break,
                Some(b'<') => return Err(self.error(Syntax::BadAttributeCharacter('<'), self.at)),
                Some(b'&') => {
                    is_escaped = true;
                    self.at += self.check_reference(self.at)?;
                    continue;
                }
                Some(b'\t' | b'\r' | b'\n') => is_escaped = true,
                Some(_) => self.check_special(self.at)?,
            }
            self.at += 1;
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        Ok(Attribute { name, raw, is_escaped })
    }

    fn expect(&mut self, token: &'static str, or: Option<&'static str>) -> Result<(), XmlError> {
        if self.rest().starts_with(token.as_bytes()) {
            self.at += token.len();
            return Ok(());
        }
        Err(self.unexpected_token_at(self.at, token, or))
    }

    /// Takes the declarations out of the attributes read, then checks prefixes and duplicates.
    fn apply_namespaces(&mut self) -> Result<(), XmlError> {
        for index in 0..self.attributes.len() {
            let attribute = &self.attributes[index];
            let Some(prefix) = attribute.name.declares() else { continue };
            let wrong = match prefix {
                "xmlns" => Some(Syntax::ReservedPrefix),
                "" => None,
                _ if attribute.raw.is_empty() => Some(Syntax::InvalidNamespaceDeclaration),
                _ => None,
            };
            if let Some(syntax) = wrong {
                return Err(self.error(syntax, self.offset_of(attribute.name.raw)));
            }
            let uri = attribute.value();
            self.namespaces.declare(prefix, uri);
        }
        for attribute in &self.attributes {
            if !attribute.name.prefix().is_empty() && attribute.name.declares().is_none() {
                self.check_prefix(attribute.name, self.offset_of(attribute.name.raw))?;
            }
        }
        self.check_duplicates()
    }

    fn check_prefix(&self, name: QName<'a>, at: usize) -> Result<(), XmlError> {
        match self.namespaces.uri_of_prefix(name.prefix()) {
            Some(XMLNS) if name.prefix() == "xmlns" => Err(self.error(Syntax::ReservedPrefix, at)),
            Some(_) => Ok(()),
            None => Err(self.error(Syntax::UndeclaredPrefix(name.prefix().into()), at)),
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

    fn pair_among_many(&mut self) -> Option<(usize, usize)> {
        let mut first_of = HashMap::with_capacity(self.attributes.len());
        let mut found = None;
        for second in 0..self.attributes.len() {
            let name = (self.namespace_of_attribute(second), self.attributes[second].name.local());
            let first = *first_of.entry(name).or_insert(second);
            if first < second && found.is_none_or(|(known, _)| first < known) {
                found = Some((first, second));
            }
        }
        found
    }

    /// An attribute without a prefix is in no namespace, whatever the default one.
    fn namespace_of_attribute(&mut self, index: usize) -> Option<Identity> {
        let prefix = self.attributes[index].name.prefix();
        (!prefix.is_empty()).then(|| self.namespaces.identity(prefix))
    }
}

/// Checks what stands between `<?xml` and `?>`: version, then encoding, then standalone.
///
/// # Errors
/// The defect and its place in bytes from the beginning of `content`.
pub fn check_declaration(content: &str) -> Result<(), (Syntax, usize)> {
    let mut rest = content;
    let mut expected = ["version", "encoding", "standalone"].into_iter();
    loop {
        let trimmed = rest.trim_start_matches(is_white_space);
        let at = content.len() - trimmed.len();
        if trimmed.is_empty() {
            // The version is the only part that may not be left out.
            return if expected.len() < 3 { Ok(()) } else { Err((Syntax::InvalidDeclaration, at)) };
        }
        if trimmed.len() == rest.len() {
            return Err((Syntax::InvalidDeclaration, at));
        }
        let (name, value, length) = pseudo_attribute(trimmed).ok_or((Syntax::InvalidDeclaration, at))?;
        let quote_at = at + length - value.len() - 2;
        if name != "version" && expected.len() == 3 || !expected.any(|next| next == name) {
            return Err((Syntax::InvalidDeclaration, at));
        }
        match name {
            "version" if value != "1.0" => return Err((Syntax::InvalidVersion(value.into()), quote_at + 1)),
            "standalone" if value != "yes" && value != "no" => return Err((Syntax::InvalidDeclaration, quote_at)),
            "encoding" if value.is_empty() || !value.chars().all(is_allowed) => {
                return Err((Syntax::InvalidDeclaration, at));
            }
            _ => {}
        }
        rest = &trimmed[length..];
    }
}

/// The encoding that an XML declaration at the beginning of `bytes` names, and all that stands before its name.
pub fn declared_encoding(bytes: &[u8]) -> Option<(&str, &str)> {
    let content = bytes.strip_prefix(b"<?xml")?;
    let end = content.windows(2).position(|window| window == b"?>")?;
    let declaration = std::str::from_utf8(&bytes[..bytes.len() - content.len() + end]).ok()?;
    let mut rest = &declaration[5..];
    loop {
        rest = rest.trim_start_matches(is_white_space);
        let (name, value, length) = pseudo_attribute(rest)?;
        rest = &rest[length..];
        if name == "encoding" {
            let before = declaration.len() - rest.len() - value.len() - 1;
            return Some((value, &declaration[..before]));
        }
    }
}

/// Reads `name = "value"` at the beginning of `text`: both, and the length of it all.
fn pseudo_attribute(text: &str) -> Option<(&str, &str, usize)> {
    let (name, after) = text.split_once('=')?;
    let quoted = after.trim_start_matches(is_white_space);
    let quote = quoted.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = quoted[1..].split_once(quote)?.0;
    let length = text.len() - quoted.len() + value.len() + 2;
    Some((name.trim_end_matches(is_white_space), value, length))
}
