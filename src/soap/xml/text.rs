//! Text, white space and references between tags.

use super::characters::{ENDS_TEXT, is_allowed, is_white_space, run_length};
use super::references::{self, Reference};
use super::{EntityHandling, Node, Syntax, XmlError, XmlReader};

impl XmlReader<'_> {
    pub(super) fn read_text(&mut self) -> Result<Node, XmlError> {
        self.node_at = self.at;
        self.raw_is_escaped = false;
        let bytes = self.text.as_bytes();
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        let mut at = self.at + bytes[self.at..].iter().take_while(|byte| is_blank(byte)).count();
        let mut node = Node::Whitespace;
        loop {
            let run = run_length(&bytes[at..], &ENDS_TEXT);
            if run > 0 && !bytes[at..at + run].iter().all(is_blank) {
                node = Node::Text;
            }
            at += run;
            match bytes.get(at) {
                None if self.cut_short.is_some() => return Err(self.unclosed_elements(at)),
                None | Some(b'<') => break,
                Some(b'\r') => {
                    self.raw_is_escaped = true;
                    at += 1;
                }
                Some(b'&') => match self.reference_at(at)? {
                    Reference::Entity if at > self.at => break,
                    Reference::Entity => return self.read_entity_reference(),
                    Reference::Character { character, is_decimal, length } => {
                        // White space is white space unless it is written as a decimal number (ASP.NET).
                        if is_decimal || !is_white_space(character) {
                            node = Node::Text;
                        }
                        self.raw_is_escaped = true;
                        at += length;
                    }
                },
                Some(b']') if bytes[at..].starts_with(b"]]>") => {
                    return Err(self.error(Syntax::CDataEndInText, at));
                }
                Some(_) => {
                    node = Node::Text;
                    self.check_character(at)?;
                    at += 1;
                }
            }
        }
        self.raw = &self.text[self.at..at];
        self.at = at;
        Ok(node)
    }

    /// Reads white space outside the root element, where nothing but markup may follow it.
    pub(super) fn read_white_space(&mut self) -> Result<Node, XmlError> {
        self.node_at = self.at;
        self.skip_white_space();
        match self.text[self.at..].chars().next() {
            None if self.cut_short.is_some() => Err(self.early_end(Syntax::RootMissing, self.at)),
            None | Some('<') => {
                self.raw = &self.text[self.node_at..self.at];
                self.raw_is_escaped = self.raw.contains('\r');
                Ok(Node::Whitespace)
            }
            // Of a character that is two UTF-16 units, .NET looks at the first alone.
            Some(found) if is_allowed(found) && found <= '\u{FFFF}' => {
                Err(self.error(Syntax::InvalidRootData, self.at))
            }
            Some(found) => Err(self.error(Syntax::InvalidCharacter(found.into()), self.at)),
        }
    }

    /// Reads a reference to an entity, which is a node of its own.
    fn read_entity_reference(&mut self) -> Result<Node, XmlError> {
        self.node_at = self.at + 1;
        self.at = self.read_entity(self.node_at)?;
        Ok(Node::EntityReference)
    }

    /// Goes past the reference at `at` in an attribute.
    pub(super) fn skip_reference(&self, at: usize) -> Result<usize, XmlError> {
        match self.reference_at(at)? {
            Reference::Character { length, .. } => Ok(at + length),
            Reference::Entity => self.read_entity(at + 1),
        }
    }

    fn reference_at(&self, at: usize) -> Result<Reference, XmlError> {
        references::read(&self.text[at..]).map_err(|(syntax, offset)| match syntax {
            Syntax::EndOfFile(_) | Syntax::UnexpectedEnd => self.early_end(syntax, at + offset),
            _ => self.error(syntax, at + offset),
        })
    }

    /// Reads the name at `start` and the semicolon behind it. Whatever is wrong with the name, .NET says no more than that.
    fn read_entity(&self, start: usize) -> Result<usize, XmlError> {
        let wrong = |error: XmlError| XmlError { syntax: Syntax::InvalidEntityName, ..error };
        let end = self.read_plain_name(start).map_err(wrong)?;
        if self.text.as_bytes()[end] != b';' {
            return Err(self.error(Syntax::InvalidEntityName, start));
        }
        match self.entities {
            EntityHandling::Keep => Ok(end + 1),
            EntityHandling::Resolve => Err(self.error(Syntax::UndeclaredEntity(self.text[start..end].into()), start)),
        }
    }

    /// Checks the character of a byte that may begin one that is forbidden everywhere.
    pub(super) fn check_character(&self, at: usize) -> Result<(), XmlError> {
        match self.text.as_bytes()[at..] {
            [control @ 0..0x20, ..] => Err(self.error(Syntax::InvalidCharacter(control.into()), at)),
            [0xEF, 0xBF, last @ (0xBE | 0xBF), ..] => {
                Err(self.error(Syntax::InvalidCharacter(0xFFC0 | u32::from(last & 0x3F)), at))
            }
            _ => Ok(()),
        }
    }

    /// Checks CDATA, comments and instructions, where only single characters can be wrong.
    pub(super) fn check_characters(&self, from: usize, content: &str) -> Result<(), XmlError> {
        for (at, &byte) in content.as_bytes().iter().enumerate() {
            if matches!(byte, 0..0x20 | 0xEF) && !matches!(byte, b'\t' | b'\n' | b'\r') {
                self.check_character(from + at)?;
            }
        }
        Ok(())
    }
}
