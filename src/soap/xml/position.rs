//! Where something stands in a text, as .NET counts (ASP.NET).

use std::fmt;

/// A place in a document. Lines end at LF, CR LF or CR; columns count UTF-16 units; both begin at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.line, self.column)
    }
}

/// The position of the byte `at` of `text`. Counted only when a message needs it.
pub fn position(text: &str, at: usize) -> Position {
    let before = &text[..at];
    let bytes = before.as_bytes();
    let mut line = 1;
    let mut line_start = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        let ends_line = match byte {
            b'\n' => true,
            b'\r' => text.as_bytes().get(index + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends_line {
            line += 1;
            line_start = index + 1;
        }
    }
    Position { line, column: before[line_start..].encode_utf16().count() + 1 }
}

/// The position of the byte `at` as if no line ended between `counted` and there.
pub fn position_on_line_of(text: &str, counted: usize, at: usize) -> Position {
    let start = position(text, counted);
    Position { column: start.column + text[counted..at].encode_utf16().count(), ..start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_lf_crlf_and_cr_and_columns_count_utf16_units() {
        for (text, at, line, column) in [
            ("", 0, 1, 1),
            ("ab", 2, 1, 3),
            ("a\nb", 2, 2, 1),
            ("a\r\nb", 3, 2, 1),
            ("a\rb", 2, 2, 1),
            ("\t\u{E9}x", 3, 1, 3),
            ("\u{1D11E}x", 4, 1, 3),
        ] {
            assert_eq!(position(text, at), Position { line, column }, "{text:?} at {at}");
        }
    }
}
