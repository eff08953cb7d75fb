//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress as Parsed, Options};
use thiserror::Error;

/// An address in the form in which it is saved: trimmed, the domain in lower case, the local part as it came (our choice).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

/// Why a text is no address. It says nothing of the text, which is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is no e-mail address; give it as \"ada@example.com\"")]
pub struct NoEmailAddress;

impl EmailAddress {
    /// The longest one that callers may save, in UTF-16 units (documented, W1815).
    pub const LONGEST: usize = 256;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = NoEmailAddress;

    /// What the crate `email_address` takes with two labels in the domain at least, no literal and no display text (our choice).
    fn from_str(text: &str) -> Result<Self, NoEmailAddress> {
        let options = Options { minimum_sub_domains: 2, ..Options::default() };
        let options = options.without_domain_literal().without_display_text();
        let (local, domain) = text.trim().rsplit_once('@').ok_or(NoEmailAddress)?;
        // Checked in the form in which it is saved: the domain may be longer in lower case.
        let saved = format!("{local}@{}", domain.to_lowercase());
        match Parsed::parse_with_options(&saved, options) {
            Ok(_) if !saved.contains('\0') => Ok(Self(saved)),
            _ => Err(NoEmailAddress),
        }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_saved_trimmed_and_with_its_domain_in_lower_case() {
        for (text, saved) in [
            (" Grace@Example.COM ", "Grace@example.com"),
            ("a+b@x-y.co.uk", "a+b@x-y.co.uk"),
            ("\"a b\"@example.com", "\"a b\"@example.com"),
            ("käthe@BÜCHER.example", "käthe@bücher.example"),
            ("\u{2003}a@b.c\u{a0}", "a@b.c"),
        ] {
            let address: EmailAddress = text.parse().expect(text);
            assert_eq!(address.as_str(), saved);
            assert_eq!(saved.parse(), Ok(address), "saved again, it stays what it is");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        let long_in_lower_case = format!("a@{}.com", "İ".repeat(31));
        for text in [
            "",
            "ada.example.com",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "a b@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a@example..com",
            "a@b@example.com",
            "a\0@example.com",
            &long,
            &long_in_lower_case,
        ] {
            assert_eq!(text.parse::<EmailAddress>(), Err(NoEmailAddress), "{text:?}");
        }
    }
}
