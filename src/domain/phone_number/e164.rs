//! Numbers as they are kept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number as E.164 has it: country calling code and national number, at most 15 digits. Shown with its plus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct E164(pub(super) u64);

impl E164 {
    /// The largest number, of 15 digits (ITU-T E.164).
    const MAX: u64 = 999_999_999_999_999;

    /// The number with these digits; `None` if E.164 has no such number.
    pub fn new(digits: u64) -> Option<Self> {
        (1..=Self::MAX).contains(&digits).then_some(Self(digits))
    }

    /// The number that a text of digits has.
    pub fn from_digits(digits: &str) -> Option<Self> {
        if digits.starts_with('0') {
            return None;
        }
        Self::new(digits.parse().ok()?)
    }

    /// The digits as a number, as ledgers keep them: no country calling code begins with 0, so none is lost.
    pub fn digits(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for E164 {
    type Error = &'static str;

    fn try_from(digits: u64) -> Result<Self, Self::Error> {
        Self::new(digits).ok_or("E.164 has no such number")
    }
}

impl From<E164> for u64 {
    fn from(number: E164) -> Self {
        number.0
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}
