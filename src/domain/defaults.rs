//! What accounts have unless told otherwise.

/// What holds unless told otherwise.
pub fn yes() -> bool {
    true
}

/// The type under which companions keep numbers, unless told.
pub fn mobile() -> String {
    "MOBILE".into()
}
