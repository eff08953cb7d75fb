//! Counts the steps that work on text from outside takes, so that tests see whether there are as many as the text is long.
//!
//! Loops over such text run through these functions. Outside of tests they only pass on what they are given.

#[cfg(test)]
mod counter;
#[cfg(test)]
pub mod hostile;

#[cfg(test)]
pub use counter::{count, of};

/// Counts steps: bytes or items that were looked at.
#[cfg(not(test))]
pub fn count(_: usize) {}

/// A text that is gone through once, from its beginning to its end, by a library or by one call of the standard library.
pub fn over<T: AsRef<[u8]> + ?Sized>(text: &T) -> &T {
    count(text.as_ref().len());
    text
}

/// Items of which each is a step once it is looked at.
pub fn each<I: IntoIterator>(items: I) -> impl Iterator<Item = I::Item> {
    items.into_iter().inspect(|_| count(1))
}

/// Parts of a text, such as [`str::split`] gives: each takes as many steps as it and what ends it are long.
pub fn parts<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    parts.into_iter().inspect(|part| count(part.as_ref().len() + 1))
}

/// Where a pattern first stands: as many steps as there are bytes up to it.
pub fn find(text: &str, pattern: &str) -> Option<usize> {
    let found = text.find(pattern);
    count(found.unwrap_or(text.len()) + 1);
    found
}
