//! Hides what stands behind the name of a secret, in whatever a message is written: XML, JSON, a form, headers, or something
//! broken. Where it isn't clear where a value ends, more of the message is hidden rather than less.
//!
//! Everything goes forward: each method begins where the one before has ended, so no byte is passed more than a few times.

use std::ops::Range;

use super::layer::{Hidden, Layer, is_space};
use super::names::{self, Name, is_in_name, is_quote, skip_space};
use crate::calls::Api;

/// Hides all values behind names of secrets.
pub fn hide(layer: &Layer, api: Api, hidden: &mut Hidden) {
    let mut values = Values { layer, hidden };
    let mut at = 0;
    while let Some(name) = names::next(layer, api, at) {
        at = values.hide_behind(&name).max(name.range.end);
    }
}

struct Values<'l> {
    layer: &'l Layer,
    hidden: &'l mut Hidden,
}

impl Values<'_> {
    /// Hides what belongs to a name, and gives the place up to which nothing is left to do.
    fn hide_behind(&mut self, name: &Name) -> usize {
        let Range { start, end } = name.range;
        let before = |back: usize| start.checked_sub(back).and_then(|at| self.layer.get(at));
        match (before(2), before(1)) {
            (_, Some(b'<')) => self.hide_element(end),
            (Some(b'<'), Some(b'/')) => self.hide_behind_end_tag(end),
            _ => self.hide_value_of(name),
        }
    }

    /// An element from behind its name on: values of attributes, and the content.
    fn hide_element(&mut self, from: usize) -> usize {
        let mut at = from;
        loop {
            at = skip_space(self.layer, at);
            match self.layer.get(at) {
                None => return at,
                Some(b'>') => return self.hide_content(at + 1),
                Some(b'/') if self.layer.get(at + 1) == Some(b'>') => return self.hide_text(at + 2),
                Some(b'<') => return self.hide_content(at),
                Some(_) => at = self.hide_attribute(at),
            }
        }
    }

    /// An attribute, or whatever stands in its place.
    fn hide_attribute(&mut self, from: usize) -> usize {
        let is_end = |byte| is_space(byte) || is_quote(byte) || matches!(byte, b'=' | b'<' | b'>');
        let end = self.layer.find(from, is_end);
        let sign = skip_space(self.layer, end);
        if self.layer.get(sign) == Some(b'=') {
            let value = skip_space(self.layer, sign + 1);
            if self.layer.get(value).is_some_and(is_quote) {
                return self.hide_attribute_value(value);
            }
            let end = self.layer.find(value, |byte| is_space(byte) || matches!(byte, b'<' | b'>'));
            self.put(value..end);
            return end;
        }
        if self.layer.get(from).is_some_and(is_quote) {
            return self.hide_attribute_value(from);
        }
        self.put(from..end);
        end
    }

    /// A quoted value, but for what an element says about itself: `xsi:type="xsd:string"`, `xmlns="https://…"`.
    fn hide_attribute_value(&mut self, quote: usize) -> usize {
        let sign = self.layer.get(quote);
        let (start, end) = (quote + 1, self.layer.find_like(quote + 1, quote, |byte| Some(byte) == sign));
        let is_whole = end < self.layer.len() && self.layer.find_in(start..end, |byte| byte == b'<') >= end;
        let first = self.layer.find_in(start..end, |byte| byte == b':');
        let is_known = |text: &str| self.layer.is(start..end, text);
        let says_itself = ["true", "false", "1", "0"].into_iter().any(is_known)
            || (first < end && (self.layer.is(first..end, ":string") || self.layer.starts_with(first, b"://")));
        if !(is_whole && says_itself) {
            self.put(start..end);
        }
        end + 1
    }

    /// The content of an element, up to its own end tag, or to the end of the text.
    fn hide_content(&mut self, start: usize) -> usize {
        let len = self.layer.len();
        let (mut at, mut depth) = (start, 0);
        loop {
            at = self.layer.find(at, |byte| byte == b'<');
            if at >= len {
                self.put(start..len);
                return len;
            }
            if let Some(end) = self.skip_opaque(at) {
                at = end;
                continue;
            }
            let is_end_tag = self.layer.get(at + 1) == Some(b'/');
            let name = if is_end_tag { at + 2 } else { at + 1 };
            let behind = self.layer.find(name, |byte| !is_in_name(byte) && byte != b':');
            if !names::is_token(self.layer, name..behind) {
                at = behind.max(at + 1);
            } else if !is_end_tag {
                let (end, is_empty) = self.skip_tag(behind);
                depth += usize::from(!is_empty);
                at = end;
            } else if depth > 0 {
                depth -= 1;
                at = behind;
            } else {
                self.put(start..at);
                return self.hide_behind_end_tag(behind);
            }
        }
    }

    /// Text behind an end tag, if there is any: it may belong to an element that was ended too early.
    fn hide_behind_end_tag(&mut self, from: usize) -> usize {
        let end = self.layer.find(from, |byte| matches!(byte, b'<' | b'>'));
        self.put(from..end);
        if self.layer.get(end) == Some(b'>') { self.hide_text(end + 1) } else { end }
    }

    /// Text up to the next tag, with comments and CDATA.
    fn hide_text(&mut self, from: usize) -> usize {
        let mut at = from;
        loop {
            let end = self.layer.find(at, |byte| byte == b'<');
            self.put(at..end);
            match self.skip_opaque(end) {
                Some(behind) => self.put(end..behind),
                None => return end,
            }
            at = self.skip_opaque(end).unwrap_or(end);
        }
    }

    /// What belongs to a name that isn't a tag's.
    fn hide_value_of(&mut self, name: &Name) -> usize {
        let closing = |byte| is_quote(byte) || matches!(byte, b'\\' | b'[' | b']');
        let closed = self.layer.find(name.range.end, |byte| !closing(byte));
        let is_quoted = closed > name.range.end;
        let sign = skip_space(self.layer, closed);
        match self.layer.get(sign) {
            Some(b'=') => self.hide_value(sign, |byte| matches!(byte, b'&' | b'<' | b'\r' | b'\n')),
            Some(b':') if is_quoted => {
                self.hide_value(sign, |byte| matches!(byte, b',' | b'}' | b']' | b'<' | b'\r' | b'\n'))
            }
            Some(b':') => self.hide_value(sign, |byte| matches!(byte, b'<' | b'\r' | b'\n')),
            _ if name.is_token => self.hide_next_value(sign, is_quoted),
            _ => closed,
        }
    }

    /// A value behind a sign: quoted, in brackets, or up to a byte that ends it.
    fn hide_value(&mut self, sign: usize, is_end: impl Fn(u8) -> bool) -> usize {
        let start = self.layer.find(sign + 1, |byte| !is_space(byte) || matches!(byte, b'\r' | b'\n'));
        let is_escaped = self.layer.get(start) == Some(b'\\');
        let quote = start + usize::from(is_escaped);
        match self.layer.get(quote) {
            Some(byte) if is_quote(byte) => {
                let end = self.end_of_quoted(quote, is_escaped);
                self.put(quote + 1..end);
                end + 1
            }
            Some(b'[' | b'{') => {
                let end = self.end_of_brackets(quote);
                self.put(quote + 1..end);
                end + 1
            }
            Some(b'<') => self.hide_text_behind_tags(quote),
            _ => {
                let end = self.layer.find_like(start, sign, is_end);
                self.put(start..end);
                end
            }
        }
    }

    /// The value that comes next where a name is a value itself: `name="SecurityToken" value="…"`,
    /// `<Name>SecurityToken</Name><Value>…`.
    fn hide_next_value(&mut self, from: usize, is_quoted: bool) -> usize {
        let between = |byte| is_space(byte) || is_quote(byte) || matches!(byte, b',' | b'\\' | b'/');
        let start = self.layer.find(from, |byte| !between(byte));
        match self.layer.get(start) {
            Some(b'>') => self.hide_text_behind_tags(start + 1),
            Some(b'<') => self.hide_text_behind_tags(start),
            Some(byte) if is_in_name(byte) => {
                let end = self.layer.find(start, |byte| !is_in_name(byte));
                let sign = self.layer.find(end, |byte| !is_space(byte) && !is_quote(byte) && byte != b'\\');
                if is_quoted && matches!(self.layer.get(sign), Some(b'=' | b':')) {
                    return self.hide_value(sign, |byte| matches!(byte, b',' | b'}' | b'&' | b'<' | b'\r' | b'\n'));
                }
                let end = self.layer.find(start, |byte| is_quote(byte) || matches!(byte, b'&' | b'<' | b'\r' | b'\n'));
                self.put(start..end);
                end
            }
            _ => start,
        }
    }

    /// The first text behind tags that begin here.
    fn hide_text_behind_tags(&mut self, from: usize) -> usize {
        let mut at = from;
        loop {
            at = skip_space(self.layer, at);
            if self.layer.get(at) != Some(b'<') || self.skip_opaque(at).is_some() {
                return self.hide_text(at);
            }
            at = self.skip_tag(at + 1).0;
        }
    }

    /// Behind a tag, and whether it is that of an empty element.
    fn skip_tag(&self, from: usize) -> (usize, bool) {
        let mut at = from;
        loop {
            at = self.layer.find(at, |byte| is_quote(byte) || byte == b'>');
            match self.layer.get(at) {
                None => return (at, false),
                Some(b'>') => return (at + 1, self.layer.get(at.saturating_sub(1)) == Some(b'/')),
                sign => at = self.layer.find(at + 1, |byte| Some(byte) == sign) + 1,
            }
        }
    }

    /// Behind a comment, a section of CDATA or an instruction that begins here; one without an end goes on to the end.
    fn skip_opaque(&self, at: usize) -> Option<usize> {
        let all = [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
        let (start, end) = all.into_iter().find(|(start, _)| self.layer.starts_with(at, start))?;
        Some(self.layer.find_behind(at + start.len(), end).unwrap_or(self.layer.len()))
    }

    /// Where a quoted value ends: at the quote that isn't escaped, or that is, if the first one was.
    fn end_of_quoted(&self, open: usize, is_escaped: bool) -> usize {
        let sign = self.layer.get(open);
        let mut at = open + 1;
        loop {
            at = self.layer.find_like(at, open, |byte| Some(byte) == sign || byte == b'\\');
            match self.layer.get(at) {
                Some(b'\\') if is_escaped && self.layer.get(at + 1) == sign => return at,
                Some(b'\\') => at += 2,
                _ => return at.min(self.layer.len()),
            }
        }
    }

    /// Where brackets that open here are closed.
    fn end_of_brackets(&self, open: usize) -> usize {
        let (mut at, mut depth) = (open, 0);
        loop {
            at = self.layer.find(at, |byte| matches!(byte, b'[' | b'{' | b']' | b'}' | b'"'));
            match self.layer.get(at) {
                None => return self.layer.len(),
                Some(b'"') => at = self.end_of_quoted(at, false),
                Some(b'[' | b'{') => depth += 1,
                _ if depth == 1 => return at,
                _ => depth -= 1,
            }
            at += 1;
        }
    }

    /// Hides a part that isn't blank.
    fn put(&mut self, range: Range<usize>) {
        let range = range.start..range.end.min(self.layer.len());
        if !range.is_empty() && !self.layer.is_blank(range.clone()) {
            self.hidden.hide(self.layer.place(range));
        }
    }
}
