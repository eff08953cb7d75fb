//! A text while secrets are looked for in it: as it was sent, or with an encoding taken off.

use std::ops::Range;

use aho_corasick::{AhoCorasick, Input};

use crate::steps::count;

/// Bytes of which each knows which part of the sent text it comes from.
///
/// They can only be read through methods that count what they visit, so that a test sees whether work stays linear.
#[derive(Debug, Default)]
pub struct Layer {
    bytes: Vec<u8>,
    places: Vec<Range<u32>>,
}

impl Layer {
    /// The text as it was sent.
    pub fn of(text: &str) -> Self {
        let mut layer = Self::default();
        for (at, byte) in text.bytes().enumerate() {
            layer.push(byte, at..at + 1);
        }
        layer
    }

    /// Adds a byte that stands for this part of the sent text. A plus becomes a space, which it stands for in forms.
    pub fn push(&mut self, byte: u8, place: Range<usize>) {
        count(1);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.push(if byte == b'+' { b' ' } else { byte });
        self.places.push(number(place.start)..number(place.end));
    }

    /// Adds a byte of another layer.
    pub fn copy(&mut self, from: &Self, at: usize) {
        if let Some(byte) = from.get(at) {
            self.push(byte, from.place(at..at + 1));
        }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn get(&self, at: usize) -> Option<u8> {
        count(1);
        self.bytes.get(at).copied()
    }

    /// The part of the sent text that these bytes stand for.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        match (self.places.get(range.start), self.places.get(range.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if !range.is_empty() => first.start as usize..last.end as usize,
            _ => 0..0,
        }
    }

    /// Where the next byte of this kind is; the end if there is none.
    pub fn find(&self, from: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
        self.find_in(from.min(self.len())..self.len(), is_wanted)
    }

    /// As [`find`](Self::find), in a part only.
    pub fn find_in(&self, range: Range<usize>, is_wanted: impl Fn(u8) -> bool) -> usize {
        let part = self.bytes.get(range.clone()).unwrap_or_default();
        let passed = part.iter().position(|byte| is_wanted(*byte)).unwrap_or(part.len());
        count(passed + 1);
        range.start + passed
    }

    /// As [`find`](Self::find), but for bytes that were written in a longer way than the one at `like`: what is encoded more than
    /// the mark in front of a value belongs to the value.
    pub fn find_like(&self, from: usize, like: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
        let length = |at: usize| self.places.get(at).map_or(usize::MAX, Range::len);
        let most = length(like);
        let mut at = self.find(from, &is_wanted);
        while at < self.len() && length(at) > most {
            at = self.find(at + 1, &is_wanted);
        }
        at
    }

    /// As [`find`](Self::find), going back, and no further than `to`: where the run of other bytes before `from` begins.
    pub fn find_back(&self, from: usize, to: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
        let before = self.bytes.get(to..from).unwrap_or_default();
        let passed = before.iter().rev().position(|byte| is_wanted(*byte)).unwrap_or(before.len());
        count(passed + 1);
        from - passed
    }

    /// Where the next text like this ends.
    pub fn find_behind(&self, from: usize, text: &[u8]) -> Option<usize> {
        (from..self.len()).find(|at| self.starts_with(*at, text)).map(|at| at + text.len())
    }

    pub fn starts_with(&self, at: usize, text: &[u8]) -> bool {
        count(text.len());
        self.bytes.get(at..).is_some_and(|rest| rest.starts_with(text))
    }

    /// The first place from here on at which one of the patterns stands.
    pub fn find_any(&self, from: usize, patterns: &AhoCorasick) -> Option<Range<usize>> {
        let from = from.min(self.len());
        let found = patterns.find(Input::new(&self.bytes).range(from..)).map(|found| found.range());
        count(found.as_ref().map_or(self.len(), |found| found.end) - from);
        found
    }

    /// Whether one of the patterns stands in this part.
    pub fn has_any(&self, range: Range<usize>, patterns: &AhoCorasick) -> bool {
        count(range.len());
        patterns.is_match(Input::new(&self.bytes).range(range))
    }

    /// Whether this part is the text, but for case.
    pub fn is(&self, range: Range<usize>, text: &str) -> bool {
        count(text.len());
        self.bytes.get(range).is_some_and(|part| part.eq_ignore_ascii_case(text.as_bytes()))
    }

    /// Whether nothing but white space stands here.
    pub fn is_blank(&self, range: Range<usize>) -> bool {
        self.find_in(range.clone(), |byte| !is_space(byte)) >= range.end
    }

    /// All places at which a pattern stands, one behind the other.
    pub fn all(&self, patterns: &AhoCorasick) -> Vec<Range<usize>> {
        count(self.len());
        patterns.find_iter(&self.bytes).map(|found| found.range()).collect()
    }

    /// All places at which a pattern stands, also those that overlap: for each byte at most as many as there are lengths of
    /// patterns.
    pub fn all_overlapping(&self, patterns: &AhoCorasick) -> Vec<Range<usize>> {
        let found: Vec<_> = patterns.find_overlapping_iter(&self.bytes).map(|found| found.range()).collect();
        count(self.len() + found.len());
        found
    }
}

/// White space, and the NUL that stands between letters of UTF-16 read as something else.
pub fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0
}

/// Which bytes of the sent text aren't shown.
#[derive(Debug)]
pub struct Hidden(Vec<bool>);

impl Hidden {
    pub fn nothing(text: &str) -> Self {
        Self(vec![false; text.len()])
    }

    pub fn hide(&mut self, place: Range<usize>) {
        count(place.len());
        if let Some(bytes) = self.0.get_mut(place) {
            bytes.fill(true);
        }
    }

    /// The text up to `limit`, with a mask in place of each part that is hidden.
    pub fn apply(&self, text: &str, limit: usize, mask: &str) -> String {
        let mut shown = String::with_capacity(text.len().min(limit));
        let mut was_hidden = false;
        for (at, character) in text.char_indices() {
            let end = at + character.len_utf8();
            if end > limit {
                break;
            }
            count(end - at);
            let is_hidden = self.0.get(at..end).is_some_and(|bytes| bytes.contains(&true));
            match (is_hidden, was_hidden) {
                (false, _) => shown.push(character),
                (true, false) => shown.push_str(mask),
                (true, true) => {}
            }
            was_hidden = is_hidden;
        }
        shown
    }
}
