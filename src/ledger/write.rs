//! What calls change in a ledger. Stores queue writes, make many durable together, and answer each with what it came to.

use serde::{Deserialize, Serialize};

use super::{ChangeParts, ItemId, LedgerError, ProgramId, ReplaceVerification};
use crate::domain::{E164, MemberId};

/// A write of a call. It stands in redo logs, where the version that it was derived from is left out: it was checked when the
/// write was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Write {
    SavePhone(SavePhone),
    ReplaceVerification(ReplaceVerification),
    ChangeParts(ChangeParts),
}

impl Write {
    /// The program that it is about.
    pub fn program(&self) -> ProgramId {
        match self {
            Self::SavePhone(save) => save.program,
            Self::ReplaceVerification(change) => change.program,
            Self::ChangeParts(change) => change.program,
        }
    }

    /// The [version](super::Program::version) of the program that it was derived from; `None` if it was derived from nothing that the
    /// version tells.
    pub fn version(&self) -> Option<u64> {
        match self {
            Self::SavePhone(save) => Some(save.version),
            // It was derived from the revision of its proof, and from nothing else.
            Self::ReplaceVerification(_) => None,
            Self::ChangeParts(change) => Some(change.version),
        }
    }
}

/// A number to be saved for a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavePhone {
    pub program: ProgramId,
    pub member: MemberId,
    pub phone_number_type: ItemId,
    pub number: E164,
    /// Kept with the number, but not compared.
    pub extension: Option<String>,
    /// Replaces the older carrier; `None` clears it.
    pub mobile_carrier: Option<ItemId>,
    pub is_valid: bool,
    /// Whether other members may hold the number too.
    pub may_be_shared: bool,
    /// The [version](super::Program::version) of the program that all of this was taken from.
    #[serde(skip)]
    pub version: u64,
}

/// What a write came to. All but [`Done`](Self::Done) have changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Done,
    /// The program has no such member.
    NoSuchMember,
    /// Another member holds the number, or what else may not be shared.
    HeldByAnotherMember,
    /// What it was derived from has changed since, or the program has gone: all has to be looked up anew.
    Outdated,
    /// The account has [as many proofs](super::MOST_PROOFS) as it may have.
    Full,
}

impl Written {
    /// What became of a compare-and-set: whether it was done.
    ///
    /// # Errors
    /// [`LedgerError::Full`].
    pub(super) fn is_set(self) -> Result<bool, LedgerError> {
        match self {
            Self::Done => Ok(true),
            Self::Full => Err(LedgerError::Full),
            Self::NoSuchMember | Self::HeldByAnotherMember | Self::Outdated => Ok(false),
        }
    }
}
