//! Names, with and without a colon.

use super::characters::{IS_NAME, is_name, is_name_start};
use super::{Syntax, XmlError, XmlReader};

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
}

impl<'a> XmlReader<'a> {
    /// Reads the name at `start`, which may have a colon.
    pub(super) fn read_qualified_name(&self, start: usize) -> Result<QName<'a>, XmlError> {
        let end = self.read_name_part(start)?;
        if self.text.as_bytes()[end] != b':' {
            return Ok(QName { raw: &self.text[start..end], local_at: 0 });
        }
        let local_at = end + 1;
        let end = self.read_plain_name(local_at)?;
        Ok(QName { raw: &self.text[start..end], local_at: local_at - start })
    }

    /// The end of the name at `start`, which may have no colon.
    pub(super) fn read_plain_name(&self, start: usize) -> Result<usize, XmlError> {
        let end = self.read_name_part(start)?;
        match self.text.as_bytes()[end] {
            b':' => Err(self.error(Syntax::BadNameCharacter(':'), end)),
            _ => Ok(end),
        }
    }

    /// The end of what stands at `start`, up to a colon or the end of the name. Something has to follow: .NET wants to see it
    /// before it believes that the name ends.
    fn read_name_part(&self, start: usize) -> Result<usize, XmlError> {
        let bytes = self.text.as_bytes();
        let mut end = start + bytes[start..].iter().take_while(|byte| IS_NAME[usize::from(**byte)]).count();
        if bytes.get(end).is_some_and(|byte| !byte.is_ascii()) {
            let rest = &self.text[end..];
            end += rest.find(|character| !is_name(character)).unwrap_or(rest.len());
        }
        match self.text[start..].chars().next() {
            Some(first) if is_name_start(first) && end < bytes.len() => Ok(end),
            Some(first) if is_name_start(first) => Err(self.early_end(Syntax::EndOfFile("Name"), end)),
            Some(first) if self.has_units(2, start) => Err(self.error(Syntax::BadNameStart(first), start)),
            _ => Err(self.early_end(Syntax::EndOfFile("Name"), start)),
        }
    }
}
