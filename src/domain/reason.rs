//! Why a call was answered as it was.

use std::borrow::Cow;
use std::fmt;

use super::phone_number::NumberReading;

/// Why a call was answered as it was: a sentence for whoever reads the journal. It is never a part of an answer (our own).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    Said(Cow<'static, str>),
    /// How a number was read, which its caller may not have meant. Put into words only when somebody reads them, so that a save
    /// doesn't pay for it.
    Read(NumberReading),
}

impl Reason {
    /// A reason that is put together from values.
    pub fn of(text: fmt::Arguments<'_>) -> Self {
        Self::Said(fmt::format(text).into())
    }

    /// The names that there are, for a sentence: the first twenty, and that there are more.
    pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
        const SHOWN: usize = 20;
        let mut names = names.into_iter();
        let shown = names.by_ref().take(SHOWN).collect::<Vec<_>>().join(", ");
        match (shown.is_empty(), names.next()) {
            (true, _) => "none".to_owned(),
            (false, None) => shown,
            (false, Some(_)) => shown + " and more",
        }
    }
}

impl From<&'static str> for Reason {
    fn from(text: &'static str) -> Self {
        Self::Said(text.into())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(text) => f.write_str(text),
            Self::Read(reading) => reading.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn a_list_says_what_there_is_and_does_not_go_on_for_ever() {
        assert_eq!(Reason::list(["HOME", "WORK"]), "HOME, WORK");
        assert_eq!(Reason::list([]), "none");
        let many = Reason::list(["x"; 21]);
        assert!(many.ends_with("x, x and more") && many.matches('x').count() == 20, "{many}");
    }
}
