//! Changes of what a member has beside its numbers.

use super::caller::{no_member, quoted};
use super::save_number::holder;
use super::{OperationError, Platform, Refusal};
use crate::domain::{MemberId, ReturnCode};
use crate::ledger::{ChangeParts, LedgerError, PartChange, PartKind, Program, UnreadablePart, Write, Written};

/// The failure of a part that can't be understood.
pub fn unreadable(error: UnreadablePart) -> OperationError {
    LedgerError::Unavailable(error.to_string()).into()
}

/// What is to be changed of a member.
pub struct Changing<'a> {
    pub program: &'a Program,
    pub member: MemberId,
    pub changes: Vec<PartChange>,
    /// What is answered if another member holds what this one may not have; `None` for what no member holds alone.
    pub held: Option<Held<'a>>,
}

/// A value that one member may hold at most.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    pub code: ReturnCode,
    pub kind: PartKind,
    /// As the caller wrote it.
    pub value: &'a str,
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
            false => Err(no_member(program, member).into()), // 311
        };
    }
    let write = ChangeParts { program: program.id, member, changes, version: program.version };
    match platform.ledger.write(Write::ChangeParts(write)).await? {
        Written::Done => Ok(Some(())),
        Written::NoSuchMember => Err(no_member(program, member).into()), // 311
        Written::HeldByAnotherMember => Err(refuse_held(platform, program, held).await.into()),
        Written::Outdated | Written::Full => Ok(None),
    }
}

/// The refusal of a value that another member holds, which says who. The holder may be another one by now, or none.
async fn refuse_held(platform: &Platform, program: &Program, held: Option<Held<'_>>) -> Refusal {
    let Some(Held { code, kind, value }) = held else { return ReturnCode::UndefinedError.into() };
    let found = platform.ledger.find_part_holder(program.id, kind, &kind.key_of(value)).await.ok().flatten();
    Refusal::because(code, holder(found, format_args!("{}", quoted(value))))
}
