//! Addresses of the console's pages.

use std::fmt::{self, Display};

use crate::percent::encode;

/// What the addresses of all pages but the overview begin with.
pub const ROOT: &str = "/_emulator/console/";
/// The overview.
pub const HOME: &str = "/_emulator/";

/// The address of a page, with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    text: String,
    has_query: bool,
}

impl Link {
    /// A page by its path below [`ROOT`]; the empty path is the overview.
    pub fn to(page: &str) -> Self {
        let text = if page.is_empty() { HOME.to_owned() } else { format!("{ROOT}{page}") };
        Self { text, has_query: false }
    }

    /// Adds a parameter, percent-encoded.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.text.push_str(name);
        self.text.push('=');
        self.text.extend(encode(&value.to_string()));
        self
    }

    /// Adds a parameter that has a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Link;

    #[test]
    fn values_cannot_leave_their_parameter() {
        let link = Link::to("members").with("program", "a&b=c d/é").with_some("q", Some(1)).with_some("x", None::<u8>);
        assert_eq!(link.to_string(), "/_emulator/console/members?program=a%26b%3Dc%20d%2F%C3%A9&q=1");
        assert_eq!(Link::to("").to_string(), "/_emulator/");
    }
}
