//! Reads XML as .NET's `XmlTextReader` does, in one pass that borrows from the text.
//!
//! What is well-formed, where a node begins and what an error says are answers of the service here (ASP.NET), so the reader
//! is part of the emulation. A general parser would leave most of it to us: quick-xml, for one, passes undeclared prefixes,
//! control characters, `]]>`, bad names and bad attributes, and counts no columns. What it does check is used as a second
//! opinion on this reader in `tests/it/xml_reader.rs`.

mod characters;
mod error;
mod namespaces;
mod position;
mod references;
mod tag;

use std::borrow::Cow;

pub use error::{Syntax, XmlError};
use namespaces::{Binding, Namespaces};
pub use position::{Position, position};
use tag::QName;
pub use tag::declared_encoding;

/// What the reader stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// Before the first node.
    Start,
    /// `<?xml …?>` at the very beginning.
    Declaration,
    /// A start tag, or an empty element's only tag.
    Element,
    /// An end tag.
    EndElement,
    /// Text with at least one character that is not white space.
    Text,
    /// Text of nothing but white space.
    Whitespace,
    /// `<![CDATA[…]]>`.
    CData,
    /// `&name;`, where nobody declared the name.
    EntityReference,
    /// `<!--…-->`.
    Comment,
    /// `<?…?>`.
    ProcessingInstruction,
    /// Behind the last node.
    End,
}

/// What .NET does about a reference to an entity that isn't one of XML's five. There being no DTD, nobody ever declared it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityHandling {
    /// It is a node like others, and in an attribute it stands for itself.
    Keep,
    /// It is an error, as it is while a DOM is built.
    Resolve,
}

/// A start tag that waits for its end tag.
#[derive(Debug)]
struct OpenElement<'a> {
    name: &'a str,
    declared_before: usize,
}

/// A namespace-aware pull reader over decoded text. Nothing of it is recursive, so depth costs memory only.
#[derive(Debug)]
pub struct XmlReader<'a> {
    text: &'a str,
    /// The byte behind the current node.
    at: usize,
    node: Node,
    node_at: usize,
    name: QName<'a>,
    binding: Option<Binding>,
    is_empty_element: bool,
    attributes: Vec<Attribute<'a>>,
    /// What text and CDATA say, before references and line ends are resolved.
    raw: &'a str,
    /// Whether `raw` differs from the value it stands for.
    raw_is_escaped: bool,
    open: Vec<OpenElement<'a>>,
    namespaces: Namespaces<'a>,
    has_root: bool,
    entities: EntityHandling,
    /// Why the text ends early, where its bytes stopped making sense (see `encoding`).
    cut_short: Option<Syntax>,
}

/// One attribute of the current start tag, namespace declarations included.
#[derive(Debug)]
struct Attribute<'a> {
    name: QName<'a>,
    /// The value as written.
    raw: &'a str,
    /// Whether `raw` differs from the value it stands for.
    is_escaped: bool,
}

impl<'a> Attribute<'a> {
    fn value(&self) -> Cow<'a, str> {
        if !self.is_escaped {
            return Cow::Borrowed(self.raw);
        }
        let spaced = references::unify_line_ends(self.raw).replace(['\n', '\t'], " ");
        Cow::Owned(references::resolve(&spaced))
    }
}

impl<'a> XmlReader<'a> {
    /// A reader that stands before the first node of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            node: Node::Start,
            node_at: 0,
            name: QName::default(),
            binding: None,
            is_empty_element: false,
            attributes: Vec::with_capacity(4),
            raw: "",
            raw_is_escaped: false,
            open: Vec::with_capacity(8),
            namespaces: Namespaces::new(),
            has_root: false,
            entities: EntityHandling::Keep,
            cut_short: None,
        }
    }

    /// Says why the text ends where it ends: `syntax` is reported in place of the end.
    #[must_use]
    pub fn cut_short_by(mut self, syntax: Option<Syntax>) -> Self {
        self.cut_short = syntax;
        self
    }

    /// Says what references to entities are worth from here on.
    pub fn handle_entities(&mut self, handling: EntityHandling) {
        self.entities = handling;
    }

    /// Goes to the next node.
    ///
    /// # Errors
    /// The first defect that `XmlTextReader` would meet on its way there.
    pub fn read(&mut self) -> Result<Node, XmlError> {
        self.close_scope();
        self.node = if self.open.is_empty() { self.read_outside_root()? } else { self.read_content()? };
        Ok(self.node)
    }

    /// Stays where it is or goes on to the next node that is neither comment, processing instruction, declaration nor
    /// white space.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn move_to_content(&mut self) -> Result<Node, XmlError> {
        while matches!(
            self.node,
            Node::Start | Node::Declaration | Node::Comment | Node::ProcessingInstruction | Node::Whitespace
        ) {
            self.read()?;
        }
        Ok(self.node)
    }

    /// Goes behind the current node; for an element, behind its end tag.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn skip(&mut self) -> Result<Node, XmlError> {
        if self.node == Node::Element && !self.is_empty_element {
            let depth = self.depth();
            while !(self.read()? == Node::EndElement && self.depth() == depth) {}
        }
        self.read()
    }

    /// What the reader stands on.
    pub fn node(&self) -> Node {
        self.node
    }

    /// How many elements are open around the current node; a tag's own element does not count.
    pub fn depth(&self) -> usize {
        let own_element = match self.node {
            Node::Element => usize::from(!self.is_empty_element),
            Node::EndElement => 1,
            _ => 0,
        };
        self.open.len() - own_element
    }

    /// Whether the reader stands on `<name/>`.
    pub fn is_empty_element(&self) -> bool {
        self.node == Node::Element && self.is_empty_element
    }

    /// The local name of the current start tag.
    pub fn local_name(&self) -> &'a str {
        self.name.local()
    }

    /// The namespace of the current start tag; empty for none.
    pub fn namespace(&self) -> &str {
        self.namespaces.uri(self.binding)
    }

    /// Whether the reader stands on a start tag of this name.
    pub fn is_element(&self, namespace: &str, local_name: &str) -> bool {
        self.node == Node::Element && self.name.local() == local_name && self.namespace() == namespace
    }

    /// The value of an attribute of the current start tag, by namespace and name.
    pub fn attribute(&self, namespace: &str, local_name: &str) -> Option<Cow<'a, str>> {
        let found = |attribute: &&Attribute<'a>| {
            attribute.name.local() == local_name
                && self.namespaces.uri_of_prefix(attribute.name.prefix()) == Some(namespace)
                && !attribute.name.prefix().is_empty()
        };
        self.attributes.iter().find(found).map(Attribute::value)
    }

    /// The namespace that a prefix stands for at the current node; the empty prefix asks for the default one.
    pub fn lookup(&self, prefix: &str) -> Option<&str> {
        self.namespaces.uri_of_prefix(prefix)
    }

    /// The value of the current text or CDATA: references resolved, line ends made LF.
    pub fn value(&self) -> Cow<'a, str> {
        match self.node {
            _ if !self.raw_is_escaped => Cow::Borrowed(self.raw),
            Node::CData => Cow::Owned(references::unify_line_ends(self.raw)),
            _ => Cow::Owned(references::resolve(self.raw)),
        }
    }

    /// Where .NET says that the reader stands: on the name of a tag, on the first character of text, behind the opening
    /// characters of anything else.
    pub fn position(&self) -> Position {
        position(self.text, self.node_at)
    }

    /// Forgets what the node that is being left had declared.
    fn close_scope(&mut self) {
        match self.node {
            Node::EndElement => {
                if let Some(element) = self.open.pop() {
                    self.namespaces.forget_back_to(element.declared_before);
                }
            }
            Node::Element if self.is_empty_element => self.namespaces.end_empty_element(),
            _ => {}
        }
    }

    fn read_content(&mut self) -> Result<Node, XmlError> {
        match self.rest() {
            [] => Err(self.unclosed_elements()),
            [b'<', b'/', ..] => self.read_end_tag(),
            [b'<', b'!', ..] => self.read_bang(),
            [b'<', b'?', ..] => self.read_processing_instruction(),
            [b'<', ..] => self.read_start_tag(),
            _ => self.read_text(),
        }
    }

    fn read_outside_root(&mut self) -> Result<Node, XmlError> {
        match self.rest() {
            [] if self.cut_short.is_some() => Err(self.early_end(Syntax::RootMissing)),
            [] if self.has_root => {
                self.node_at = self.at;
                Ok(Node::End)
            }
            [] => Err(self.error(Syntax::RootMissing, self.at)),
            [b'<', b'/', ..] => Err(self.error(Syntax::UnexpectedEndTag, self.at + 2)),
            [b'<', b'!', rest @ ..] if rest.starts_with(b"DOCTYPE") => Err(self.error(Syntax::DtdProhibited, self.at)),
            [b'<', b'!', rest @ ..] if rest.starts_with(b"--") => self.read_comment(),
            [b'<', b'!', ..] => Err(self.error(Syntax::InvalidRootData, self.at)),
            [b'<', b'?', ..] => self.read_processing_instruction(),
            [b'<', ..] if self.has_root => Err(self.error(Syntax::MultipleRoots, self.at + 1)),
            [b'<', ..] => self.read_start_tag(),
            [b' ' | b'\t' | b'\r' | b'\n', ..] => {
                self.node_at = self.at;
                self.skip_white_space();
                self.raw = &self.text[self.node_at..self.at];
                self.raw_is_escaped = self.raw.contains('\r');
                Ok(Node::Whitespace)
            }
            // To .NET a NUL is the end of its buffer.
            [0, ..] if self.at == 0 => Err(self.error(Syntax::RootMissing, self.at)),
            _ => {
                self.check_special(self.at)?;
                Err(self.error(Syntax::InvalidRootData, self.at))
            }
        }
    }

    /// Reads `<!--` or `<![CDATA[` inside the root element.
    fn read_bang(&mut self) -> Result<Node, XmlError> {
        if self.rest().starts_with(b"<!--") {
            return self.read_comment();
        }
        let Some(content) = self.text[self.at..].strip_prefix("<![CDATA[") else {
            return Err(self.unexpected_token_at(self.at + 2, "--", Some("[CDATA[")));
        };
        self.node_at = self.at + 9;
        let Some(length) = content.find("]]>") else {
            return Err(self.end_of_file_in("CDATA"));
        };
        self.raw = &content[..length];
        self.check_characters(self.node_at, self.raw)?;
        self.raw_is_escaped = self.raw.contains('\r');
        self.at = self.node_at + length + 3;
        Ok(Node::CData)
    }

    fn read_comment(&mut self) -> Result<Node, XmlError> {
        self.node_at = self.at + 4;
        let content = &self.text[self.node_at..];
        let Some(length) = content.find("--") else {
            return Err(self.end_of_file_in("Comment"));
        };
        self.check_characters(self.node_at, &content[..length])?;
        if content.as_bytes().get(length + 2) != Some(&b'>') {
            return Err(self.error(Syntax::InvalidComment, self.node_at + length));
        }
        self.at = self.node_at + length + 3;
        Ok(Node::Comment)
    }

    /// Reads `<?target …?>`, which at the very beginning may be the XML declaration.
    fn read_processing_instruction(&mut self) -> Result<Node, XmlError> {
        let start = self.at;
        self.node_at = start + 2;
        let target = self.read_name(self.node_at)?;
        let target = &self.text[self.node_at..target];
        let content_at = self.node_at + target.len();
        let content = &self.text[content_at..];
        let Some(length) = content.find("?>") else {
            return Err(self.end_of_file_in("PI"));
        };
        let content = &content[..length];
        if target == "xml" {
            if start != 0 {
                return Err(self.error(Syntax::DeclarationNotFirst, self.node_at));
            }
            tag::check_declaration(content).map_err(|(syntax, at)| self.error(syntax, content_at + at))?;
            self.at = content_at + length + 2;
            return Ok(Node::Declaration);
        }
        if target.eq_ignore_ascii_case("xml") || target.contains(':') {
            return Err(self.error(Syntax::InvalidInstructionName(target.into()), self.node_at));
        }
        if !content.is_empty() && !content.starts_with(characters::is_white_space) {
            return Err(self.bad_name_character(content_at));
        }
        self.check_characters(content_at, content)?;
        self.at = content_at + length + 2;
        Ok(Node::ProcessingInstruction)
    }

    fn read_text(&mut self) -> Result<Node, XmlError> {
        if let Some(length) = self.undeclared_entity_at(self.at)? {
            self.node_at = self.at + 1;
            self.at += length;
            return Ok(Node::EntityReference);
        }
        self.node_at = self.at;
        self.raw_is_escaped = false;
        let bytes = self.text.as_bytes();
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        let mut at = self.at + bytes[self.at..].iter().take_while(|byte| is_blank(byte)).count();
        let mut node = Node::Whitespace;
        loop {
            let run = characters::run_length(&bytes[at..], &characters::ENDS_TEXT);
            if run > 0 && !bytes[at..at + run].iter().all(is_blank) {
                node = Node::Text;
            }
            at += run;
            match bytes.get(at) {
                None | Some(b'<') => break,
                Some(b'\r') => {
                    self.raw_is_escaped = true;
                    at += 1;
                }
                Some(b'&') if self.undeclared_entity_at(at)?.is_some() => break,
                Some(b'&') => {
                    node = Node::Text;
                    self.raw_is_escaped = true;
                    at += self.check_reference(at)?;
                }
                Some(_) => {
                    node = Node::Text;
                    self.check_special(at)?;
                    at += 1;
                }
            }
        }
        self.raw = &self.text[self.at..at];
        self.at = at;
        Ok(node)
    }

    /// Checks a byte that may begin something forbidden: a control character, `]]>` or a noncharacter.
    fn check_special(&self, at: usize) -> Result<(), XmlError> {
        let rest = &self.text.as_bytes()[at..];
        match rest {
            [b']', b']', b'>', ..] => Err(self.error(Syntax::CDataEndInText, at)),
            [0..0x20, ..] => Err(self.error(Syntax::InvalidCharacter(u32::from(rest[0])), at)),
            [0xEF, 0xBF, last @ (0xBE | 0xBF), ..] => {
                Err(self.error(Syntax::InvalidCharacter(0xFFC0 | u32::from(last & 0x3F)), at))
            }
            _ => Ok(()),
        }
    }

    /// Checks CDATA, comments and instructions, where only single characters can be wrong.
    fn check_characters(&self, from: usize, content: &str) -> Result<(), XmlError> {
        for (at, &byte) in content.as_bytes().iter().enumerate() {
            if matches!(byte, 0..0x20 | 0xEF) && !matches!(byte, b'\t' | b'\n' | b'\r') {
                self.check_special(from + at)?;
            }
        }
        Ok(())
    }

    /// Checks the reference at `at` and gives its length in bytes.
    fn check_reference(&self, at: usize) -> Result<usize, XmlError> {
        match references::read(&self.text[at..]) {
            Ok((_, length)) => Ok(length),
            Err((Syntax::UndeclaredEntity(name), _)) if self.entities == EntityHandling::Keep => Ok(name.len() + 2),
            Err((syntax, offset)) => Err(self.error(syntax, at + offset)),
        }
    }

    /// The length of the reference at `at`, if it is one to an entity that nobody declared.
    fn undeclared_entity_at(&self, at: usize) -> Result<Option<usize>, XmlError> {
        if self.text.as_bytes()[at] != b'&' {
            return Ok(None);
        }
        match references::read(&self.text[at..]) {
            Err((Syntax::UndeclaredEntity(_), _)) => self.check_reference(at).map(Some),
            _ => Ok(None),
        }
    }

    fn skip_white_space(&mut self) {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        self.at += length.unwrap_or(rest.len());
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Where a part of the text stands in it.
    fn offset_of(&self, part: &str) -> usize {
        part.as_ptr().addr() - self.text.as_ptr().addr()
    }

    fn error(&self, syntax: Syntax, at: usize) -> XmlError {
        XmlError { syntax, position: position(self.text, at) }
    }

    /// The error at the end of the text: its own, unless the text was cut short by something worse.
    fn early_end(&self, syntax: Syntax) -> XmlError {
        self.error(self.cut_short.clone().unwrap_or(syntax), self.text.len())
    }

    fn end_of_file_in(&self, what: &'static str) -> XmlError {
        self.early_end(Syntax::EndOfFile(what))
    }

    fn unclosed_elements(&self) -> XmlError {
        let names: Vec<_> = self.open.iter().rev().take(50).map(|element| element.name).collect();
        self.early_end(Syntax::UnclosedElements(names.join(", ")))
    }

    fn unexpected_token_at(&self, at: usize, expected: &'static str, or: Option<&'static str>) -> XmlError {
        match self.text[at..].chars().next() {
            None => self.end_of_file_in("Name"),
            Some(found) => self.error(Syntax::UnexpectedToken { found: found.into(), expected, or }, at),
        }
    }

    fn bad_name_character(&self, at: usize) -> XmlError {
        match self.text[at..].chars().next() {
            None => self.end_of_file_in("Name"),
            Some(found) => self.error(Syntax::BadNameCharacter(found), at),
        }
    }
}

#[cfg(test)]
mod tests;
