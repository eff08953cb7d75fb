//! Texts as .NET counts them.

/// Whether a text has at most so many UTF-16 units (.NET's `String.Length`).
pub fn fits(text: &str, longest: usize) -> bool {
    text.len() <= longest || text.encode_utf16().nth(longest).is_none()
}
