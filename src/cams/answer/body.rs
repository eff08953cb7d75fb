//! The body of an answer: members in documented order, written without spaces.

use crate::steps;

/// A member of an object, or an element.
pub type Member = (&'static str, Node);

/// What a member has.
#[derive(Debug)]
pub enum Node {
    Text(String),
    Members(Vec<Member>),
}

impl Node {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

pub fn json(members: &[Member]) -> String {
    let mut text = String::with_capacity(512);
    write_json(&mut text, members);
    text
}

fn write_json(to: &mut String, members: &[Member]) {
    to.push('{');
    for (place, (name, node)) in members.iter().enumerate() {
        to.push_str(if place == 0 { "\"" } else { ",\"" });
        to.push_str(name);
        to.push_str("\":");
        match node {
            Node::Members(members) => write_json(to, members),
            // A text can always be written.
            Node::Text(text) => to.push_str(&serde_json::to_string(steps::over(text)).unwrap_or_default()),
        }
    }
    to.push('}');
}

pub fn xml(root: &str, members: &[Member]) -> String {
    let mut text = String::from("<?xml version='1.0' encoding='UTF-8'?>");
    element(&mut text, root, |to| write_xml(to, members));
    text
}

fn write_xml(to: &mut String, members: &[Member]) {
    for (name, node) in members {
        element(to, name, |to| match node {
            Node::Members(members) => write_xml(to, members),
            Node::Text(text) => write_text(to, text),
        });
    }
}

fn element(to: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    to.push('<');
    to.push_str(name);
    to.push('>');
    content(to);
    to.push_str("</");
    to.push_str(name);
    to.push('>');
}

/// XML has no way to say most control characters.
fn write_text(to: &mut String, text: &str) {
    for character in steps::each(text.chars()) {
        match character {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '\r' => to.push_str("&#13;"),
            '\n' | '\t' => to.push(character),
            '\0'..'\x20' | '\u{fffe}' | '\u{ffff}' => to.push('\u{fffd}'),
            _ => to.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::assert_linear;

    #[test]
    fn both_forms_keep_the_order_and_escape_what_they_must() {
        let members = [
            ("Z", Node::text("a\"<&>\u{1}\n")),
            ("Data", Node::Members(vec![("Id", Node::text("1")), ("A", Node::text(""))])),
        ];
        assert_eq!(json(&members), r#"{"Z":"a\"<&>\u0001\n","Data":{"Id":"1","A":""}}"#);
        let expected = "<?xml version='1.0' encoding='UTF-8'?><Error><Z>a\"&lt;&amp;&gt;\u{fffd}\n</Z>\
                        <Data><Id>1</Id><A></A></Data></Error>";
        assert_eq!(xml("Error", &members), expected);
    }

    #[test]
    fn work_on_hostile_text_that_is_repeated_is_linear() {
        assert_linear(&[
            ("JSON", &|text| drop(json(&[("Message", Node::text(text))]))),
            ("XML", &|text| drop(xml("Error", &[("Message", Node::text(text))]))),
        ]);
    }
}
