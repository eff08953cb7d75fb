//! What a library says about an input, in Google's words, so that answers compare as text.

#[derive(Debug, PartialEq)]
pub enum Answer {
    Read(Read),
    /// The name of the parse error.
    Refused(String),
    /// The library panicked.
    Panicked,
}

#[derive(Debug, PartialEq)]
pub struct Read {
    pub e164: String,
    /// The reason of `is_possible_number_with_reason`; `None` where the library has no such thing.
    pub possible: Option<String>,
    pub valid: bool,
    pub international: String,
    pub national: String,
    pub extension: String,
}

impl Answer {
    /// Whether a service that stores the number would do the same: refuse it, or take it as possible and as valid.
    pub fn is_same_decision(&self, google: &Answer) -> bool {
        match (self, google) {
            (Answer::Read(ours), Answer::Read(theirs)) => {
                ours.valid == theirs.valid
                    && (ours.possible.is_none() || ours.possible == theirs.possible)
            }
            (Answer::Refused(_), Answer::Refused(_)) => true,
            _ => false,
        }
    }

    /// Both read a number, but not the same one: the fault that corrupts a ledger.
    pub fn is_wrong_e164(&self, google: &Answer) -> bool {
        matches!((self, google), (Answer::Read(ours), Answer::Read(theirs)) if ours.e164 != theirs.e164)
    }

    /// The worst of [`Answer::is_wrong_e164`]: both numbers are valid, so nothing later can notice.
    pub fn is_another_valid_number(&self, google: &Answer) -> bool {
        self.is_wrong_e164(google)
            && matches!((self, google), (Answer::Read(ours), Answer::Read(theirs)) if ours.valid && theirs.valid)
    }

    /// Everything the library can say is what Google says, down to the kind of error.
    pub fn is_whole_answer(&self, google: &Answer) -> bool {
        match (self, google) {
            (Answer::Read(ours), Answer::Read(theirs)) if ours.possible.is_none() => {
                (
                    &ours.e164,
                    ours.valid,
                    &ours.international,
                    &ours.national,
                    &ours.extension,
                ) == (
                    &theirs.e164,
                    theirs.valid,
                    &theirs.international,
                    &theirs.national,
                    &theirs.extension,
                )
            }
            _ => self == google,
        }
    }
}
