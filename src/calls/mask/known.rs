//! Secrets that are known, wherever they stand.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::layer::{Hidden, Layer, is_space};
use crate::ledger::Directory;

/// Shorter secrets are hidden only where they are a whole value: they may be a part of any text.
const LONG: usize = 8;

/// All secrets of a ledger, to be found in one pass.
pub struct Known {
    anywhere: Option<AhoCorasick>,
    whole: Option<AhoCorasick>,
}

impl Known {
    /// The secrets that the directory has, and security tokens that it had. A password is hidden as a whole value only, however
    /// long: many are ordinary words.
    pub fn of(directory: &Directory) -> Self {
        let mut anywhere = Vec::new();
        let mut whole = Vec::new();
        for credential in directory.credentials() {
            let is_long = credential.trim().chars().count() >= LONG;
            add(credential, if is_long { &mut anywhere } else { &mut whole });
        }
        directory.passwords().for_each(|password| add(password, &mut whole));
        let builder = |kind| {
            let mut builder = AhoCorasick::builder();
            builder.ascii_case_insensitive(true).match_kind(kind);
            builder
        };
        // A list without end would not fit into the automaton's numbers; then nothing is found by its text.
        Self {
            anywhere: builder(MatchKind::LeftmostLongest).build(anywhere).ok(),
            whole: builder(MatchKind::Standard).build(whole).ok(),
        }
    }

    /// Hides long secrets wherever they stand, and short ones where they are a whole value.
    pub fn hide(&self, layer: &Layer, hidden: &mut Hidden) {
        self.hide_long(layer, hidden);
        for found in self.whole.iter().flat_map(|secrets| layer.all_overlapping(secrets)) {
            if is_whole(layer, found.clone()) {
                hidden.hide(layer.place(found));
            }
        }
    }

    /// Hides long secrets: in a text without markup nobody can tell where a value begins.
    pub fn hide_long(&self, layer: &Layer, hidden: &mut Hidden) {
        for found in self.anywhere.iter().flat_map(|secrets| layer.all(secrets)) {
            hidden.hide(layer.place(found));
        }
    }
}

/// Adds the ways in which a secret may stand in a text of which all encodings are taken off.
fn add(secret: &str, to: &mut Vec<String>) {
    // As a layer has it.
    let secret = secret.trim().replace('+', " ");
    if secret.is_empty() {
        return;
    }
    if !secret.is_ascii() {
        misread(&secret, to);
    }
    to.push(secret);
}

/// Letters beyond ASCII as they look when their bytes were read in another encoding: UTF-16 without its NULs, bytes that are no
/// UTF-8 replaced, bytes that are no ASCII as question marks, or as Latin 1.
fn misread(secret: &str, to: &mut Vec<String>) {
    let units = || secret.encode_utf16();
    let encoded: [Vec<u8>; 3] = [
        secret.as_bytes().to_vec(),
        units().flat_map(u16::to_le_bytes).collect(),
        units().flat_map(u16::to_be_bytes).collect(),
    ];
    for bytes in encoded {
        let ascii = bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect::<String>();
        let latin_1 = bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        let replaced = String::from_utf8_lossy(&bytes).into_owned();
        to.extend([ascii, latin_1, replaced].into_iter().map(|text| text.replace('\0', "")));
    }
}

/// Whether nothing but this stands between the marks of a text, an attribute, or a value of a form or of JSON.
fn is_whole(layer: &Layer, Range { start, end }: Range<usize>) -> bool {
    let before = layer.find_back(start, 0, |byte| !is_space(byte));
    let begins = match before.checked_sub(1).and_then(|at| layer.get(at)) {
        None => true,
        Some(b'-') => before >= 4 && layer.starts_with(before - 4, b"<!--"),
        Some(byte) => matches!(byte, b'>' | b'"' | b'\'' | b'=' | b':' | b',' | b'[' | b'(' | b'\\'),
    };
    // Further looks only for what begins, so that one run of dots isn't passed again for each secret in it.
    if !begins {
        return false;
    }
    let behind = layer.find(end, |byte| !is_space(byte) && byte != b'.');
    match layer.get(behind) {
        None => true,
        Some(b'-') => layer.starts_with(behind, b"-->"),
        Some(byte) => matches!(byte, b'<' | b'"' | b'\'' | b'&' | b',' | b';' | b'}' | b']' | b')' | b'\\' | b'\n'),
    }
}
