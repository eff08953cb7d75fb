//! What a query or a form says: pairs of names and values.

use std::borrow::Cow;

use super::encode::decode;
use crate::percent::encode;
use crate::steps;

/// The pairs in the order in which they were sent, decoded. They needn't be UTF-8: signatures are about bytes.
#[derive(Clone, Debug, Default)]
pub struct Parameters<'r>(Vec<(Part<'r>, Part<'r>)>);

/// A name or a value.
type Part<'r> = Cow<'r, [u8]>;

impl<'r> Parameters<'r> {
    /// Adds the pairs of a query or a form. A pair without `=` has an empty value; nothing between two `&` is no pair.
    #[must_use]
    pub fn and(mut self, encoded: &'r [u8]) -> Self {
        for pair in steps::parts(encoded.split(|byte| *byte == b'&')).filter(|pair| !pair.is_empty()) {
            let at = steps::each(pair).position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = (&pair[..at], pair.get(at + 1..).unwrap_or_default());
            self.0.push((decode(name), decode(value)));
        }
        self
    }

    /// The first value of this name. What isn't UTF-8 in it can't mean anything here, so it shows as the replacement character.
    pub fn first(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = steps::each(&self.0).find(|(known, _)| **known == *name.as_bytes())?;
        Some(String::from_utf8_lossy(steps::over(&**value)))
    }

    /// The pairs as signatures have them: encoded anew, sorted by the bytes of their names, joined by `&` (documented). Those of
    /// one name are sorted by the bytes of their values (our choice). `shown` gives another value in place of one that isn't to be
    /// seen, and tells which pairs aren't part of it.
    pub fn canonical<'s>(&'s self, shown: impl Fn(&'s [u8], &'s [u8]) -> Option<&'s [u8]>) -> String {
        let mut sorted: Vec<(&[u8], &[u8])> = steps::each(&self.0).map(|(name, value)| (&**name, &**value)).collect();
        sorted.sort_unstable();
        let pairs: Vec<_> = sorted.into_iter().filter_map(|(name, value)| Some((name, shown(name, value)?))).collect();
        let mut canonical = String::with_capacity(pairs.iter().map(|(name, value)| name.len() + value.len() + 8).sum());
        for (name, value) in pairs {
            if !canonical.is_empty() {
                canonical.push('&');
            }
            canonical.extend(encode(name));
            canonical.push('=');
            canonical.extend(encode(value));
        }
        canonical
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_sorted_by_name_and_value_and_encoded_in_one_manner() {
        let parameters = Parameters::default().and(b"b=2&a=*&&B=+&a=1&empty&=x").and(b"%41=%7E");
        assert_eq!(parameters.canonical(|_, value| Some(value)), "=x&A=~&B=%20&a=%2A&a=1&b=2&empty=");
        let other_order = Parameters::default().and(b"a=1&empty&b=2&A=~&=x&B=%20").and(b"a=*");
        assert_eq!(other_order.canonical(|_, value| Some(value)), "=x&A=~&B=%20&a=%2A&a=1&b=2&empty=");
        assert_eq!(parameters.canonical(|name, value| (name != b"a").then_some(value)), "=x&A=~&B=%20&b=2&empty=");
    }

    #[test]
    fn the_first_value_of_a_name_counts() {
        let parameters = Parameters::default().and(b"a=1&a=2&b=%FF&c");
        assert_eq!(parameters.first("a").as_deref(), Some("1"));
        assert_eq!(parameters.first("b").as_deref(), Some("\u{fffd}"));
        assert_eq!(parameters.first("c").as_deref(), Some(""));
        assert_eq!(parameters.first("A"), None);
    }
}
