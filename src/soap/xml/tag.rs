//! Start tags and end tags.

use super::characters::is_name;
use super::namespaces::number;
use super::{Node, OpenElement, Syntax, XmlError, XmlReader};

impl XmlReader<'_> {
    pub(super) fn read_start_tag(&mut self) -> Result<Node, XmlError> {
        let declared_before = self.namespaces.begin_tag();
        self.attributes.clear();
        self.node_at = self.at + 1;
        self.name = self.read_qualified_name(self.node_at)?;
        self.at = self.node_at + self.name.raw.len();
        self.is_empty_element = self.read_rest_of_start_tag()?;
        self.binding = self.namespaces.find(self.name.prefix());
        if self.binding.is_none() {
            self.check_prefix(self.name)?;
        }
        if !self.attributes.is_empty() {
            self.check_attributes()?;
        }
        self.has_root = true;
        if !self.is_empty_element {
            let name_end = number(self.node_at + self.name.raw.len());
            self.open.push(OpenElement { name_at: number(self.node_at), name_end, declared_before });
        }
        Ok(Node::Element)
    }

    /// Reads what follows the name, and says whether the element is empty.
    fn read_rest_of_start_tag(&mut self) -> Result<bool, XmlError> {
        match self.rest() {
            [b'>', ..] => {
                self.at += 1;
                Ok(false)
            }
            [b'/', b'>', ..] => {
                self.at += 2;
                Ok(true)
            }
            [b' ' | b'\t' | b'\r' | b'\n', ..] => self.read_attributes(),
            [b'/'] => Err(self.early_end(Syntax::EndOfFile(">"), self.at)),
            [b'/', ..] => Err(self.unexpected_token(self.at, ">", None)),
            _ => Err(self.bad_name_character(self.at)),
        }
    }

    pub(super) fn read_end_tag(&mut self) -> Result<Node, XmlError> {
        self.node_at = self.at + 2;
        let expected = self.open.last().map_or("", |element| self.name_of(element));
        let Some(behind) = self.text[self.node_at..].strip_prefix(expected) else {
            return Err(self.tag_mismatch(expected));
        };
        let end = self.node_at + expected.len();
        if behind.starts_with('>') {
            self.at = end + 1;
            return Ok(Node::EndElement);
        }
        if behind.starts_with(|next| is_name(next) || next == ':') {
            return Err(self.tag_mismatch(expected));
        }
        self.at = end;
        self.skip_white_space();
        match self.rest() {
            [b'>', ..] => {
                self.at += 1;
                Ok(Node::EndElement)
            }
            [] => Err(self.unclosed_elements(self.text_without_last_cr().len())),
            _ => Err(self.unexpected_token(self.at, ">", None)),
        }
    }

    /// The error of an end tag that isn't the one of the innermost element.
    fn tag_mismatch(&self, start: &str) -> XmlError {
        let end = match self.read_qualified_name(self.node_at) {
            Ok(name) => name.raw.into(),
            Err(error) => return error,
        };
        let start_position = super::position(self.text, self.offset_of(start));
        self.error(Syntax::TagMismatch { start: start.into(), start_position, end }, self.node_at)
    }
}
