//! Why a signature doesn't count.

/// Why a signature doesn't count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It isn't there.
    Missing(&'static str),
    /// It can't be read, or leaves out what has to be signed.
    Incomplete,
    /// Made in a way that isn't served.
    Method,
    /// `SignatureVersion` of version 1.
    Version,
    /// It is another one than it should be. What should have been signed is shown to the caller, without the security token.
    Mismatch { string_to_sign: String, canonical_request: Option<String> },
}
