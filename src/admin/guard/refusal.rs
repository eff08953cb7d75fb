//! Why somebody isn't let in.

/// Why somebody isn't let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Never in this way; the text says what would do.
    Forbidden(String),
    /// The token is missing or wrong.
    Unauthorized,
    /// There were so many wrong tokens that this one wasn't looked at.
    TooManyGuesses,
}
