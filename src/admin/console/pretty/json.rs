//! JSON, indented for reading: no token of it is changed.

use serde::de::IgnoredAny;

use super::MAX_DEPTH;
use crate::steps;

/// The message with each value on a line of its own; `None` if it is no JSON.
pub fn indent(message: &str) -> Option<String> {
    let message = message.trim();
    if !message.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str::<IgnoredAny>(message).ok()?;
    let (mut text, mut depth, mut is_in_string, mut is_escaped) = (String::new(), 0_usize, false, false);
    let mut last = ' ';
    for character in steps::each(message.chars()) {
        if is_in_string {
            text.push(character);
            is_in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            ' ' | '\t' | '\r' | '\n' => continue,
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !matches!(last, '{' | '[') {
                    begin_line(&mut text, depth);
                }
            }
            _ if matches!(last, '{' | '[' | ',') => begin_line(&mut text, depth),
            _ => {}
        }
        text.push(character);
        match character {
            '{' | '[' => depth += 1,
            ':' => text.push(' '),
            '"' => is_in_string = true,
            _ => {}
        }
        last = character;
    }
    Some(text)
}

fn begin_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth.min(MAX_DEPTH)));
}

#[cfg(test)]
mod tests {
    use super::indent;
    use crate::steps::hostile::assert_linear;

    #[test]
    fn values_have_lines_of_their_own_and_stay_what_they_are() {
        for (message, expected) in [
            (r#"{"a":1.50,"b":[],"c":{}}"#, "{\n  \"a\": 1.50,\n  \"b\": [],\n  \"c\": {}\n}"),
            (r#" [ "x,{}\"]" , [1,2] ] "#, "[\n  \"x,{}\\\"]\",\n  [\n    1,\n    2\n  ]\n]"),
            (r#"{"a":"\\"}"#, "{\n  \"a\": \"\\\\\"\n}"),
        ] {
            assert_eq!(indent(message).as_deref(), Some(expected));
        }
        for message in ["", "1", "{", "{\"a\":1} x", "<a/>", "{\"a\":***}"] {
            assert_eq!(indent(message), None, "{message}");
        }
    }

    #[test]
    fn work_on_hostile_messages_is_linear() {
        assert_linear(&[
            ("a text", &|text| drop(indent(&serde_json::json!([text]).to_string()))),
            ("many values", &|text| drop(indent(&format!("[{}1]", "1,".repeat(text.len()))))),
        ]);
    }
}
