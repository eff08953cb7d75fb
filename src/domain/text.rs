//! Texts: how .NET counts them, and what is told of them.

use std::borrow::Cow;

/// Whether a text has at most so many UTF-16 units (.NET's `String.Length`).
pub fn fits(text: &str, longest: usize) -> bool {
    text.len() <= longest || text.encode_utf16().nth(longest).is_none()
}

/// What serde says is wrong with a value, without the value, which may be personal or secret: `invalid type: string, expected a boolean`.
/// Names of fields stay.
pub fn without_value(message: &str) -> Cow<'_, str> {
    let quotes_value =
        ["invalid type: ", "invalid value: ", "unknown variant "].iter().any(|begin| message.starts_with(begin));
    let (Some((said, expected)), true) = (message.rsplit_once(", expected "), quotes_value) else {
        return message.into();
    };
    let kind = said.split(['"', '`']).next().unwrap_or_default().trim_end();
    format!("{kind}, expected {expected}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_left_out_and_all_else_stays() {
        for (message, expected) in [
            (
                r#"invalid type: string "Ada, expected \"x\"", expected a boolean"#,
                "invalid type: string, expected a boolean",
            ),
            ("invalid type: integer `5`, expected a string", "invalid type: integer, expected a string"),
            ("invalid type: floating point `1.5`, expected i32", "invalid type: floating point, expected i32"),
            ("invalid type: null, expected a string", "invalid type: null, expected a string"),
            ("invalid type: map, expected a sequence", "invalid type: map, expected a sequence"),
            ("invalid value: integer `3000000000`, expected i32", "invalid value: integer, expected i32"),
            ("unknown variant `Ada`, expected `male` or `female`", "unknown variant, expected `male` or `female`"),
            ("unknown variant `, expected `, expected one of `a`, `b`", "unknown variant, expected one of `a`, `b`"),
            ("unknown field `nam`, expected `name`", "unknown field `nam`, expected `name`"),
            ("missing field `name`", "missing field `name`"),
            ("expected a date, YYYY-MM-DD", "expected a date, YYYY-MM-DD"),
        ] {
            assert_eq!(without_value(message), expected);
        }
    }
}
