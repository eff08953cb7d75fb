//! External references: the names that a client organisation gives to phone number types and mobile carriers.

use std::fmt;

/// The name of a phone number type or a mobile carrier, as set up in the application (documented).
///
/// References are compared exactly, after trimming white space (our choice), so the value is the trimmed text, never
/// blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExternalReference<'a>(&'a str);

impl<'a> ExternalReference<'a> {
    /// Trims `text`; `None` if nothing is left.
    pub fn parse(text: &'a str) -> Option<Self> {
        let trimmed = text.trim();
        (!trimmed.is_empty()).then_some(Self(trimmed))
    }

    pub fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Display for ExternalReference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
