//! The XML declaration, which .NET reads part by part.

use super::characters::{is_allowed, is_name};
use super::{Node, Syntax, XmlError, XmlReader};

/// What a declaration may say, in this order. Only the version may not be left out.
const PARTS: [&str; 3] = ["version", "encoding", "standalone"];

impl<'a> XmlReader<'a> {
    /// Whether the text begins with `<?xml` and the name ends there.
    pub(super) fn begins_with_declaration(&self) -> bool {
        let behind = self.text.strip_prefix("<?xml").and_then(|behind| behind.chars().next());
        behind.is_some_and(|character| !is_name(character) && character != ':')
    }

    pub(super) fn read_declaration(&mut self) -> Result<Node, XmlError> {
        let mut parts = self.begin_declaration();
        while self.read_declaration_part(&mut parts)?.is_some() {}
        Ok(Node::Declaration)
    }

    /// Goes behind `<?xml` and gives the parts that may follow.
    fn begin_declaration(&mut self) -> &'static [&'static str] {
        self.node_at = 2;
        self.at = 5;
        &PARTS
    }

    /// Reads the next part and gives its name and value, or `None` behind `?>`. Takes it and all that may not follow it out
    /// of `parts`.
    fn read_declaration_part(
        &mut self,
        parts: &mut &'static [&'static str],
    ) -> Result<Option<(&'static str, &'a str)>, XmlError> {
        let has_version = parts.len() < PARTS.len();
        let before = self.at;
        self.skip_white_space();
        match self.rest() {
            [b'?', b'>', ..] if has_version => {
                self.at += 2;
                return Ok(None);
            }
            [b'?', b'>', ..] => return Err(self.error(Syntax::InvalidDeclaration, self.at)),
            [b'?'] => return Err(self.early_end(Syntax::UnexpectedEnd, self.at)),
            // The quotes are in .NET's own word for what is expected.
            [b'?', ..] => return Err(self.unexpected_token(self.at, "'>'", None)),
            _ if self.at == before && has_version => return Err(self.unexpected_token(self.at, "?>", None)),
            _ => {}
        }
        let start = self.at;
        self.at = self.read_plain_name(start)?;
        let found = parts.iter().position(|part| *part == &self.text[start..self.at]);
        let Some(index) = found.filter(|index| has_version || *index == 0) else {
            return Err(self.error(Syntax::InvalidDeclaration, start));
        };
        let part = parts[index];
        *parts = &parts[index + 1..];
        Ok(Some((part, self.read_declared_value(part)?)))
    }

    fn read_declared_value(&mut self, part: &str) -> Result<&'a str, XmlError> {
        let quote = self.read_equals_and_quote()?;
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest.find(|character| !is_plain(character)).unwrap_or(rest.len());
        match rest.as_bytes().get(length) {
            None => return Err(self.early_end(Syntax::UnclosedLiteral, start)),
            Some(end) if *end == quote => {}
            Some(_) => return Err(self.error(Syntax::InvalidDeclaration, start)),
        }
        self.at += length + 1;
        let value = &rest[..length];
        match (part, value) {
            ("version", "1.0") | ("standalone", "yes" | "no") | ("encoding", _) => Ok(value),
            ("version", _) => Err(self.error(Syntax::InvalidVersion(value.into()), start)),
            _ => Err(self.error(Syntax::InvalidDeclaration, start - 1)),
        }
    }
}

/// Whether a character may stand in a value here, where nothing is resolved.
fn is_plain(character: char) -> bool {
    is_allowed(character)
        && !matches!(character, '<' | '&' | '>' | '"' | '\'' | '\t' | '\r' | '\n' | '\u{10000}'..=char::MAX)
}

/// The encoding that an XML declaration at the beginning of `bytes` names, and all that stands before its name.
pub fn declared_encoding(bytes: &[u8]) -> Option<(&str, &str)> {
    let text = bytes.utf8_chunks().next()?.valid();
    let mut reader = XmlReader::new(text);
    if !reader.begins_with_declaration() {
        return None;
    }
    let mut parts = reader.begin_declaration();
    while let Some((part, value)) = reader.read_declaration_part(&mut parts).ok()? {
        if part == "encoding" {
            return Some((value, &text[..reader.offset_of(value)]));
        }
    }
    None
}
