//! Start tags, end tags, names, and the XML declaration.

use std::borrow::Cow;
use std::collections::HashSet;

use super::characters::{ENDS_VALUE, IS_NAME, is_allowed, is_name, is_name_start, is_white_space, run_length};
use super::namespaces::XMLNS;
use super::{Attribute, Node, OpenElement, Syntax, XmlError, XmlReader, references};

/// From this many attributes on, duplicates are found by hashing, so that a million attributes take no longer for each.
const MANY_ATTRIBUTES: usize = 8;

/// A name as written, and its two parts.
#[derive(Clone, Copy, Debug, Default)]
pub struct QName<'a> {
    pub raw: &'a str,
    pub prefix: &'a str,
    pub local: &'a str,
}

impl<'a> QName<'a> {
    /// The name `raw`, whose first colon is at `colon`.
    fn new(raw: &'a str, colon: Option<usize>) -> Self {
        let (prefix, local) = colon.map_or(("", raw), |colon| (&raw[..colon], &raw[colon + 1..]));
        Self { raw, prefix, local }
    }

    /// The prefix that the attribute of this name declares: `Some("")` for the default namespace.
    fn declares(&self) -> Option<&'a str> {
        match (self.prefix, self.local) {
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
        self.binding = self.namespaces.find(self.name.prefix);
        if self.binding.is_none() {
            self.check_prefix(self.name, self.node_at)?;
        }
        self.has_root = true;
        if !self.is_empty_element {
            self.open.push(OpenElement { name: self.name.raw, at: self.node_at, declared_before });
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
        let (start, at) = self.open.last().map_or(("", 0), |element| (element.name, element.at));
        let syntax = Syntax::TagMismatch {
            start: start.into(),
            start_position: super::position(self.text, at),
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
        let colon = raw.bytes().position(|byte| byte == b':');
        let name = QName::new(raw, colon);
        if colon.is_none() {
            return Ok(name);
        }
        let local_at = start + name.prefix.len() + 1;
        if name.prefix.is_empty() {
            return Err(self.error(Syntax::BadNameStart(':'), start));
        }
        if !name.local.starts_with(is_name_start) {
            return Err(match self.text[local_at..].chars().next() {
                None => self.end_of_file_in("Name"),
                Some(first) => self.error(Syntax::BadNameStart(first), local_at),
            });
        }
        match name.local.find(':') {
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
        let value = self.read_attribute_value(quote)?;
        self.attributes.push(Attribute { name, at: start, value });
        Ok(())
    }

    fn read_attribute_value(&mut self, quote: u8) -> Result<Cow<'a, str>, XmlError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut has_references = false;
        let mut has_white_space = false;
        loop {
            self.at += run_length(&bytes[self.at..], &ENDS_VALUE);
            match bytes.get(self.at) {
                None => return Err(self.early_end(Syntax::UnclosedLiteral)),
                Some(byte) if *byte == quote => break,
                Some(b'<') => return Err(self.error(Syntax::BadAttributeCharacter('<'), self.at)),
                Some(b'&') => {
                    has_references = true;
                    self.at += self.check_reference(self.at)?;
                    continue;
                }
                Some(b'\t' | b'\r' | b'\n') => has_white_space = true,
                Some(_) => self.check_special(self.at)?,
            }
            self.at += 1;
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        if !has_references && !has_white_space {
            return Ok(Cow::Borrowed(raw));
        }
        let spaced = references::unify_line_ends(raw).replace(['\n', '\t'], " ");
        Ok(Cow::Owned(references::resolve(&spaced)))
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
                _ if attribute.value.is_empty() => Some(Syntax::InvalidNamespaceDeclaration),
                _ => None,
            };
            if let Some(syntax) = wrong {
                return Err(self.error(syntax, attribute.at));
            }
            let uri = attribute.value.clone();
            self.namespaces.declare(prefix, uri);
        }
        for attribute in &self.attributes {
            if !attribute.name.prefix.is_empty() && attribute.name.declares().is_none() {
                self.check_prefix(attribute.name, attribute.at)?;
            }
        }
        self.check_duplicates()
    }

    fn check_prefix(&self, name: QName<'a>, at: usize) -> Result<(), XmlError> {
        match self.namespaces.uri_of_prefix(name.prefix) {
            Some(XMLNS) if name.prefix == "xmlns" => Err(self.error(Syntax::ReservedPrefix, at)),
            Some(_) => Ok(()),
            None => Err(self.error(Syntax::UndeclaredPrefix(name.prefix.into()), at)),
        }
    }

    /// No two attributes of one namespace and name.
    fn check_duplicates(&self) -> Result<(), XmlError> {
        let key = |attribute: &Attribute<'a>| {
            let namespace = match attribute.name.prefix {
                "" => None,
                prefix => self.namespaces.uri_of_prefix(prefix),
            };
            (namespace.map(str::to_owned), attribute.name.local)
        };
        let duplicate = if self.attributes.len() < MANY_ATTRIBUTES {
            self.attributes.iter().enumerate().find(|(index, attribute)| {
                let same_local = |other: &&Attribute<'a>| other.name.local == attribute.name.local;
                self.attributes[..*index].iter().filter(same_local).any(|other| key(other) == key(attribute))
            })
        } else {
            let mut seen = HashSet::with_capacity(self.attributes.len());
            self.attributes.iter().enumerate().find(|(_, attribute)| !seen.insert(key(attribute)))
        };
        match duplicate {
            Some((_, attribute)) => {
                Err(self.error(Syntax::DuplicateAttribute(attribute.name.raw.into()), attribute.at))
            }
            None => Ok(()),
        }
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
        if name != "version" && expected.len() == 3 || !expected.any(|next| next == name) {
            return Err((Syntax::InvalidDeclaration, at));
        }
        match name {
            "version" if value != "1.0" => return Err((Syntax::InvalidVersion(value.into()), at)),
            "standalone" if value != "yes" && value != "no" => return Err((Syntax::InvalidDeclaration, at)),
            "encoding" if value.is_empty() || !value.chars().all(is_allowed) => {
                return Err((Syntax::InvalidDeclaration, at));
            }
            _ => {}
        }
        rest = &trimmed[length..];
    }
}

/// The encoding that an XML declaration at the beginning of `bytes` names.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let content = bytes.strip_prefix(b"<?xml")?;
    let end = content.windows(2).position(|window| window == b"?>")?;
    let mut rest = std::str::from_utf8(&content[..end]).ok()?;
    loop {
        let (name, value, length) = pseudo_attribute(rest.trim_start_matches(is_white_space))?;
        if name == "encoding" {
            return Some(value.to_owned());
        }
        rest = &rest.trim_start_matches(is_white_space)[length..];
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
