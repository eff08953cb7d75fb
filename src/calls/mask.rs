//! Hides secrets in messages that are shown: those that the ledger knows, wherever they stand, and whatever stands where a
//! secret belongs.
//!
//! Work is linear in the length of the message, whatever is in it. It still isn't done on a thread that serves.

mod decode;
mod known;
mod layer;
mod names;
#[cfg(test)]
mod tests;
mod values;

use super::Api;
use crate::ledger::Directory;
use decode::{decode, without_markup};
use known::Known;
use layer::{Hidden, Layer};

/// What stands in place of a secret.
pub const MASK: &str = "***";
/// So many encodings, one in the other, are taken off. What is still encoded then is made to hide something.
const MOST_ENCODINGS: usize = 6;

/// Hides the secrets of one directory.
pub struct Masker(Known);

impl Masker {
    pub fn new(directory: &Directory) -> Self {
        Self(Known::of(directory))
    }

    /// A message that was sent to us, up to `limit` bytes of it: known secrets are hidden, and what stands behind the name of one.
    pub fn mask_request(&self, api: Api, text: &str, limit: usize) -> String {
        self.mask(text, limit, |layer, hidden| values::hide(layer, api, hidden))
    }

    /// What we said, up to `limit` bytes of it. It may quote a message, so known secrets are hidden.
    pub fn mask_answer(&self, text: &str, limit: usize) -> String {
        self.mask(text, limit, |_, _| {})
    }

    fn mask(&self, text: &str, limit: usize, also: impl Fn(&Layer, &mut Hidden)) -> String {
        let mut hidden = Hidden::nothing(text);
        let mut layer = Layer::of(text);
        for _ in 0..=MOST_ENCODINGS {
            self.0.hide(&layer, &mut hidden);
            also(&layer, &mut hidden);
            if let Some(plain) = without_markup(&layer) {
                self.0.hide_long(&plain, &mut hidden);
                if let Some(decoded) = decode(&plain) {
                    self.0.hide_long(&decoded, &mut hidden);
                }
            }
            let Some(decoded) = decode(&layer) else { return hidden.apply(text, limit, MASK) };
            layer = decoded;
        }
        MASK.to_owned()
    }
}
