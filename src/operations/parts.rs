//! Changes of what a member has beside its numbers.

use super::{OperationError, Platform};
use crate::domain::{MemberId, ReturnCode};
use crate::ledger::{ChangeParts, LedgerError, PartChange, Program, UnreadablePart, Write, Written};

/// The failure of a part that can't be understood.
pub fn unreadable(error: UnreadablePart) -> OperationError {
    LedgerError::Unavailable(error.to_string()).into()
}

/// What is to be changed of a member.
pub struct Changing<'a> {
    pub program: &'a Program,
    pub member: MemberId,
    pub changes: Vec<PartChange>,
    /// What is answered if another member holds what this one may not have.
    pub held: ReturnCode,
}

/// Changes it, all or nothing. `None` means that the program has changed meanwhile: then all has to be derived anew.
///
/// # Errors
/// Refused with 311 or as [`Changing::held`] says; a failure of the ledger. Then nothing has changed.
pub async fn change_parts(platform: &Platform, changing: Changing<'_>) -> Result<Option<()>, OperationError> {
    let Changing { program, member, changes, held } = changing;
    if changes.is_empty() {
        return match platform.ledger.has_member(program.id, member).await? {
            true => Ok(Some(())),
            false => Err(ReturnCode::InvalidInternalMemberId.into()), // 311
        };
    }
    let write = ChangeParts { program: program.id, member, changes, version: program.version };
    match platform.ledger.write(Write::ChangeParts(write)).await? {
        Written::Done => Ok(Some(())),
        Written::NoSuchMember => Err(ReturnCode::InvalidInternalMemberId.into()), // 311
        Written::HeldByAnotherMember => Err(held.into()),
        Written::Outdated | Written::Full => Ok(None),
    }
}
