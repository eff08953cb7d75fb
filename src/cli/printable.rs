//! Shows what a server says without letting it do anything to a terminal: control characters could colour, move and erase what
//! others have written, and marks of direction could turn it around.

use std::io::{self, Write};

/// A text in which every such character is written as an escape, line ends and tabs included.
pub fn printable(text: &str) -> String {
    escape_all(text, "", |character| character.escape_default().to_string())
}

/// As [`printable`], for what has lines and tabs of its own.
pub fn printable_lines(text: &str) -> String {
    escape_all(text, "\n\t", |character| character.escape_default().to_string())
}

/// The same JSON, with escapes that JSON knows. Outside its strings it has no such character but the ends of its lines.
pub fn printable_json(json: &str) -> String {
    escape_all(json, "\n", |character| {
        let units: Vec<_> = character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        units.concat()
    })
}

fn escape_all(text: &str, kept: &str, escaped: impl Fn(char) -> String) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match acts_on_terminal(character) && !kept.contains(character) {
            true => shown.push_str(&escaped(character)),
            false => shown.push(character),
        }
    }
    shown
}

/// Control characters, and Unicode's marks of direction, of lines, and without width that no name needs. The joiners (U+200C, U+200D)
/// belong to names in some scripts.
fn acts_on_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Writes JSON that comes in chunks to a terminal, escaped.
pub struct JsonToTerminal<W> {
    terminal: W,
    /// The beginning of a character whose end hasn't come.
    begun: Vec<u8>,
}

impl<W: Write> JsonToTerminal<W> {
    pub fn new(terminal: W) -> Self {
        Self { terminal, begun: Vec::new() }
    }
}

impl<W: Write> Write for JsonToTerminal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let all = std::mem::take(&mut self.begun);
        let whole = match std::str::from_utf8(&all) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => all.len(),
        };
        self.terminal.write_all(printable_json(&String::from_utf8_lossy(&all[..whole])).as_bytes())?;
        self.begun.extend_from_slice(&all[whole..]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_a_terminal_is_shown_as_an_escape() {
        for (text, shown) in [
            (
                "Zoë O'Hara \"Z\" \\ نور می\u{200c}خواهم 👩\u{200d}🚀",
                "Zoë O'Hara \"Z\" \\ نور می\u{200c}خواهم 👩\u{200d}🚀",
            ),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{9b}2J\u{7f}\0", "\\u{9b}2J\\u{7f}\\u{0}"),
            ("\u{202e}drawkcab\u{2066}\u{200f}", "\\u{202e}drawkcab\\u{2066}\\u{200f}"),
            ("\u{feff}\u{200b}\u{e0041}", "\\u{feff}\\u{200b}\\u{e0041}"),
        ] {
            assert_eq!(printable(text), shown);
        }
        assert_eq!(printable_lines("a\tb\n\u{1b}c\r"), "a\tb\n\\u{1b}c\\r");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({"\u{202e}": ["\u{1b}\u{7f}\u{9b}\n", "\u{e0041}", "\\ \" é"]});
        let shown = printable_json(&format!("{value:#}"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value);
        assert!(shown.chars().all(|character| character == '\n' || !acts_on_terminal(character)), "{shown}");
    }

    #[test]
    fn json_is_escaped_wherever_its_chunks_end() {
        let json = "{\"a\":\"é\u{202e}\u{e0041}\"}\n";
        for length in 1..json.len() {
            let mut shown = Vec::new();
            let mut writer = JsonToTerminal::new(&mut shown);
            json.as_bytes().chunks(length).for_each(|chunk| writer.write_all(chunk).expect("memory"));
            assert_eq!(String::from_utf8_lossy(&shown), "{\"a\":\"é\\u202e\\udb40\\udc41\"}\n", "{length}");
        }
        let mut shown = Vec::new();
        JsonToTerminal::new(&mut shown).write_all(b"\"\xff\x1b\"").expect("memory");
        assert_eq!(String::from_utf8_lossy(&shown), "\"\u{fffd}\\u001b\"");
    }
}
