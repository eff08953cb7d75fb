//! Reads XML as .NET's `XmlTextReader` does, in one pass that borrows from the text.
//!
//! What is well-formed, where a node begins and what an error says are answers of the service here (ASP.NET), so the reader
//! is part of the emulation. A general parser would leave most of it to us: quick-xml, for one, passes undeclared prefixes,
//! control characters, `]]>`, bad names and bad attributes, and counts no columns. What it does check is used as a second
//! opinion on this reader in `tests/it/xml_reader.rs`.

mod attributes;
mod characters;
mod declaration;
mod defects;
mod error;
mod markup;
mod name;
mod namespaces;
mod node;
mod position;
mod references;
mod tag;
mod text;

use std::borrow::Cow;

use attributes::Attribute;
pub use declaration::declared_encoding;
pub use error::{Syntax, XmlError};
use name::QName;
use namespaces::{Binding, Namespaces};
pub use node::{EntityHandling, Node};
pub use position::{Position, position};

use crate::steps;

/// How much is made of what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Full,
    /// It is only passed over, and .NET then loses what refers to entities in values of attributes.
    Skip,
}

/// A start tag that waits for its end tag. Small, as a document may have a million of them.
#[derive(Debug)]
struct OpenElement {
    name_at: u32,
    name_end: u32,
    declared_before: u32,
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
    open: Vec<OpenElement>,
    namespaces: Namespaces<'a>,
    has_root: bool,
    entities: EntityHandling,
    mode: Mode,
    /// Why the text ends early, where its bytes stopped making sense (see `encoding`).
    cut_short: Option<Syntax>,
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
            mode: Mode::Full,
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
        let start = self.at;
        self.node = if self.open.is_empty() { self.read_outside_root()? } else { self.read_content()? };
        steps::count(self.at - start + 1);
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
            self.mode = Mode::Skip;
            while !(self.read()? == Node::EndElement && self.depth() == depth) {}
            self.mode = Mode::Full;
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
        steps::each(&self.attributes).find(found).map(Attribute::value)
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
        steps::count(self.node_at);
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
            [] | [b'<'] => Err(self.unclosed_elements(self.at)),
            [b'<', b'/', ..] => self.read_end_tag(),
            [b'<', b'!', ..] => self.read_bang(),
            [b'<', b'?', ..] => self.read_processing_instruction(),
            [b'<', ..] => self.read_start_tag(),
            _ => self.read_text(),
        }
    }

    fn read_outside_root(&mut self) -> Result<Node, XmlError> {
        match self.rest() {
            // To .NET a NUL is the end of its buffer here, whatever follows.
            [] | [0, ..] => self.read_end(),
            [b'<', ..] if !self.has_units(4, self.at) => Err(self.early_end(Syntax::InvalidRootData, self.at)),
            [b'<', b'/', ..] => Err(self.error(Syntax::UnexpectedEndTag, self.at + 2)),
            [b'<', b'!', b'-', b'-', ..] => self.read_comment(),
            [b'<', b'!', b'-', ..] => Err(self.unexpected_token(self.at + 3, "-", None)),
            [b'<', b'!', b'[', ..] => Err(self.error(Syntax::InvalidRootData, self.at)),
            [b'<', b'!', ..] => Err(self.error(Syntax::DtdProhibited, self.at)),
            [b'<', b'?', ..] if self.at == 0 && self.begins_with_declaration() => self.read_declaration(),
            [b'<', b'?', ..] => self.read_processing_instruction(),
            [b'<', ..] if self.has_root => Err(self.error(Syntax::MultipleRoots, self.at + 1)),
            [b'<', ..] => self.read_start_tag(),
            _ => self.read_white_space(),
        }
    }

    fn read_end(&mut self) -> Result<Node, XmlError> {
        if self.cut_short.is_some() || !self.has_root {
            return Err(self.early_end(Syntax::RootMissing, self.at));
        }
        self.node_at = self.at;
        Ok(Node::End)
    }

    fn skip_white_space(&mut self) {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        self.at += length.unwrap_or(rest.len());
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Whether at least `count` UTF-16 units stand at `at`: .NET often wants to see some before it decides.
    fn has_units(&self, count: usize, at: usize) -> bool {
        self.text[at..].encode_utf16().nth(count - 1).is_some()
    }

    fn name_of(&self, element: &OpenElement) -> &'a str {
        self.text.get(element.name_at as usize..element.name_end as usize).unwrap_or_default()
    }

    /// Where a part of the text stands in it.
    fn offset_of(&self, part: &str) -> usize {
        part.as_ptr().addr() - self.text.as_ptr().addr()
    }
}

#[cfg(test)]
mod tests;
