//! Messages, indented for reading. Only for the eye: what isn't understood is shown as it was sent.

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

/// The message with each element on a line of its own; as it is if its tags don't fit each other.
pub fn pretty(message: &str) -> Vec<Piece> {
    indent(message).unwrap_or_else(|| vec![Piece { is_markup: false, text: message.to_owned() }])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Start,
    End,
    /// Empty element, comment, CDATA, declaration.
    Other,
}

fn indent(message: &str) -> Option<Vec<Piece>> {
    let mut writer = Writer::default();
    let mut open: Vec<&str> = Vec::new();
    // What came last, other than white space.
    let mut last = Kind::Other;
    let mut rest = message.trim();
    if !rest.starts_with('<') {
        return None;
    }
    while !rest.is_empty() {
        let (kind, token, behind) = split(rest)?;
        rest = behind;
        match kind {
            Kind::Text if token.trim().is_empty() && !(last == Kind::Start && is_end(rest)) => continue,
            Kind::Text | Kind::Other if last == Kind::Text => writer.write(kind, token),
            Kind::Text if last == Kind::Start => writer.write(kind, token),
            Kind::Text | Kind::Other => writer.write_line(open.len(), kind, token),
            Kind::Start => {
                writer.write_line(open.len(), kind, token);
                open.push(name(token));
            }
            Kind::End => {
                if open.pop()? != name(token) {
                    return None;
                }
                match last {
                    Kind::Text | Kind::Start => writer.write(kind, token),
                    Kind::End | Kind::Other => writer.write_line(open.len(), kind, token),
                }
            }
        }
        last = kind;
    }
    open.is_empty().then_some(writer.pieces)
}

fn is_end(rest: &str) -> bool {
    rest.starts_with("</")
}

/// The first token of what is left, and what is behind it.
fn split(rest: &str) -> Option<(Kind, &str, &str)> {
    if !rest.starts_with('<') {
        let (text, behind) = rest.split_at(steps::find(rest, "<").unwrap_or(rest.len()));
        return Some((Kind::Text, text, behind));
    }
    for (start, end, kind) in
        [("<!--", "-->", Kind::Other), ("<![CDATA[", "]]>", Kind::Text), ("<?", "?>", Kind::Other)]
    {
        if let Some(content) = rest.strip_prefix(start) {
            let length = start.len() + steps::find(content, end)? + end.len();
            return Some((kind, &rest[..length], &rest[length..]));
        }
    }
    let (tag, behind) = rest.split_at(end_of_tag(rest)?);
    let kind = match tag {
        tag if tag.starts_with("</") => Kind::End,
        tag if tag.starts_with("<!") || tag.ends_with("/>") => Kind::Other,
        _ => Kind::Start,
    };
    Some((kind, tag, behind))
}

/// Behind the `>` that isn't in quotes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in steps::each(tag.bytes()).enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    let is_behind = |character: char| character.is_whitespace() || matches!(character, '/' | '>');
    let end = steps::each(name.char_indices()).find(|(_, character)| is_behind(*character));
    &name[..end.map_or(name.len(), |(at, _)| at)]
}

#[derive(Debug, Default)]
struct Writer {
    pieces: Vec<Piece>,
}

impl Writer {
    fn write_line(&mut self, depth: usize, kind: Kind, token: &str) {
        let line =
            if self.pieces.is_empty() { String::new() } else { "\n".to_owned() + &"  ".repeat(depth.min(MAX_DEPTH)) };
        self.push(kind, &(line + token));
    }

    fn write(&mut self, kind: Kind, token: &str) {
        self.push(kind, token);
    }

    fn push(&mut self, kind: Kind, text: &str) {
        let is_markup = kind != Kind::Text;
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
            ("<s:a xmlns:s='u'><s:b>x</s:b></s:a >", "<s:a xmlns:s='u'>\n  <s:b>x</s:b>\n</s:a >"),
        ] {
            assert_eq!(text(message), expected);
        }
    }

    #[test]
    fn what_is_no_xml_stays_as_it_is() {
        for message in
            ["", " plain ", "{\"a\":1}", "<a><b></a>", "<a", "<a>", "</a>", "<!-- a", "<a b='>", "a<b/>", "é<"]
        {
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
