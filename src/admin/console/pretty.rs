//! Messages, indented for reading. Only for the eye: what isn't understood is shown as it was sent.

mod json;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::steps;

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// A tag, comment or declaration, rather than text.
    pub is_markup: bool,
    pub text: String,
}

/// Deeper elements are indented no further, so that no message grows much.
const MAX_DEPTH: usize = 16;

/// The message with each element or value on a line of its own; as it is if it is neither XML nor JSON.
pub fn pretty(message: &str) -> Vec<Piece> {
    let plain = |text| vec![Piece { is_markup: false, text }];
    indent(message).unwrap_or_else(|| plain(json::indent(message).unwrap_or_else(|| message.to_owned())))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Start,
    End,
    /// Empty element, comment, declaration.
    Other,
}

fn indent(message: &str) -> Option<Vec<Piece>> {
    let message = message.trim();
    if !message.starts_with('<') {
        return None;
    }
    let mut writer = Writer { pieces: Vec::new(), depth: 0, last: Kind::Other };
    let mut reader = Reader::from_str(message);
    // Where the token that isn't written yet begins: references are a part of the text around them.
    let mut start = 0;
    loop {
        let before = position(&reader)?;
        let kind = match reader.read_event().ok()? {
            Event::Text(_) | Event::GeneralRef(_) => continue,
            Event::CData(_) => Kind::Text,
            Event::Start(_) => Kind::Start,
            Event::End(_) => Kind::End,
            Event::Eof => return (writer.depth == 0).then_some(writer.pieces),
            _ => Kind::Other,
        };
        if start < before {
            writer.write_text(message.get(start..before)?, kind);
        }
        start = position(&reader)?;
        writer.write(kind, message.get(before..start)?);
    }
}

fn position(reader: &Reader<&[u8]>) -> Option<usize> {
    reader.buffer_position().try_into().ok()
}

struct Writer {
    pieces: Vec<Piece>,
    depth: usize,
    /// What came last, other than white space.
    last: Kind,
}

impl Writer {
    /// White space shows only where it is all that an element has.
    fn write_text(&mut self, text: &str, next: Kind) {
        if !steps::over(text).trim().is_empty() || (self.last == Kind::Start && next == Kind::End) {
            self.write(Kind::Text, text);
        }
    }

    fn write(&mut self, kind: Kind, token: &str) {
        if kind == Kind::End {
            self.depth = self.depth.saturating_sub(1);
        }
        let is_on_line = match kind {
            Kind::Text | Kind::End => matches!(self.last, Kind::Text | Kind::Start),
            Kind::Other => self.last == Kind::Text,
            Kind::Start => false,
        };
        let is_markup = kind != Kind::Text;
        if !is_on_line && !self.pieces.is_empty() {
            self.push(is_markup, "\n");
            self.push(is_markup, &"  ".repeat(self.depth.min(MAX_DEPTH)));
        }
        self.push(is_markup, token);
        if kind == Kind::Start {
            self.depth += 1;
        }
        self.last = kind;
    }

    fn push(&mut self, is_markup: bool, text: &str) {
        steps::count(text.len());
        match self.pieces.last_mut() {
            Some(piece) if piece.is_markup == is_markup => piece.text.push_str(text),
            _ => self.pieces.push(Piece { is_markup, text: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pretty;
    use crate::steps::hostile::assert_linear;

    fn text(message: &str) -> String {
        pretty(message).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn elements_have_lines_of_their_own_and_keep_their_text() {
        for (message, expected) in [
            ("<a><b>1</b><c/></a>", "<a>\n  <b>1</b>\n  <c/>\n</a>"),
            (
                "<?xml version=\"1.0\"?>\r\n<a>\n<b> </b> <b></b></a>",
                "<?xml version=\"1.0\"?>\n<a>\n  <b> </b>\n  <b></b>\n</a>",
            ),
            ("<a x='>'><![CDATA[<b>]]></a>", "<a x='>'><![CDATA[<b>]]></a>"),
            ("<a><!-- <b> --><b>&lt;</b></a>", "<a>\n  <!-- <b> -->\n  <b>&lt;</b>\n</a>"),
            ("<a>1 &lt; 2 &#38;\n<b/> </a>", "<a>1 &lt; 2 &#38;\n<b/>\n</a>"),
            ("<!DOCTYPE a [<!ENTITY b '>'>]><a> &b; </a>", "<!DOCTYPE a [<!ENTITY b '>'>]>\n<a> &b; </a>"),
            ("<s:a xmlns:s='u'><s:b>x</s:b></s:a >", "<s:a xmlns:s='u'>\n  <s:b>x</s:b>\n</s:a >"),
        ] {
            assert_eq!(text(message), expected);
        }
    }

    #[test]
    fn what_is_no_xml_stays_as_it_is() {
        for message in [
            "",
            " plain ",
            "{\"a\":1",
            "<a><b></a>",
            "<a",
            "<a>",
            "</a>",
            "<!-- a",
            "<a b='>",
            "a<b/>",
            "é<",
            "<a>&</a>",
            "<a><b></a></b>",
            "<a/></a>",
        ] {
            assert_eq!(text(message), message);
        }
    }

    #[test]
    fn work_on_hostile_messages_is_linear() {
        assert_linear(&[
            ("a message", &|message| drop(pretty(message))),
            ("what is in an element", &|message| drop(pretty(&format!("<a>{message}</a>")))),
            ("what is in a tag", &|message| drop(pretty(&format!("<a {message}/>")))),
            ("elements in each other", &|message| {
                let depth = message.len() / 8;
                drop(pretty(&("<a>".repeat(depth) + &"</a>".repeat(depth))));
            }),
        ]);
    }

    #[test]
    fn depth_does_not_multiply_the_length() {
        let deep = "<a>".repeat(2000) + &"</a>".repeat(2000);
        assert!(text(&deep).len() < deep.len() * 13, "{}", text(&deep).len());
    }
}
