//! Makes and removes members with their numbers, in transactions that have the program to themselves.

use tokio_postgres::Transaction;

use super::change_error::ChangeError;
use super::exclusive::{self, find_holder, hand_over_removed, is_member};
use super::parts::PartRow;
use crate::domain::{MemberId, ProgramSettings};
use crate::ledger::queries::NameKeys;
use crate::ledger::seed::{MemberSeed, may_be_shared};
use crate::ledger::{Changed, ProgramId, SavePhone, Written};

const ADD: &str = "
    INSERT INTO member (program_id, member_id, first_name, last_name, first_name_first, last_name_first)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Makes a member, or replaces it with all its parts.
///
/// # Errors
/// [`ChangeError`].
pub async fn put(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    member: &MemberSeed,
) -> Result<Changed, ChangeError> {
    let is_there = remove_if_there(transaction, program, member.member_id).await?;
    add(transaction, program, settings, member).await?;
    Ok(if is_there { Changed::Replaced } else { Changed::Made })
}

/// Makes a member that isn't there.
///
/// # Errors
/// [`ChangeError`].
pub async fn add_if_missing(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    member: &MemberSeed,
) -> Result<Changed, ChangeError> {
    if is_member(transaction, program, member.member_id).await? {
        return Err(ChangeError::Refused(Changed::AlreadyThere));
    }
    add(transaction, program, settings, member).await?;
    Ok(Changed::Made)
}

async fn add(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    member: &MemberSeed,
) -> Result<(), ChangeError> {
    let MemberSeed { member_id, first_name, last_name, .. } = member;
    let keys = NameKeys::of(first_name, last_name);
    transaction
        .execute(ADD, &[&program.0, &member_id.0, first_name, last_name, &keys.first_name_first, &keys.last_name_first])
        .await?;
    for save in member.saves(program, settings) {
        if exclusive::save(transaction, &save).await? != Written::Done {
            let holder = find_holder(transaction, &save).await?.unwrap_or(save.member);
            return Err(ChangeError::Refused(Changed::NumberTaken { number: save.number, holder }));
        }
    }
    for part in &member.parts {
        let may_be_shared = may_be_shared(part.kind, settings);
        let row = PartRow { program, member: member.member_id, part, may_be_shared };
        if exclusive::save(transaction, &row).await? != Written::Done {
            let holder = find_holder(transaction, &row).await?.unwrap_or(member.member_id);
            return Err(ChangeError::Refused(Changed::PartTaken { kind: part.kind, holder }));
        }
    }
    Ok(())
}

/// Removes a member with all its parts.
///
/// # Errors
/// [`ChangeError`].
pub async fn remove(
    transaction: &Transaction<'_>,
    program: ProgramId,
    member: MemberId,
) -> Result<Changed, ChangeError> {
    match remove_if_there(transaction, program, member).await? {
        true => Ok(Changed::Removed),
        false => Err(ChangeError::Refused(Changed::NotFound)),
    }
}

async fn remove_if_there(
    transaction: &Transaction<'_>,
    program: ProgramId,
    member: MemberId,
) -> Result<bool, ChangeError> {
    let sql = "DELETE FROM member WHERE program_id = $1 AND member_id = $2";
    if transaction.execute(sql, &[&program.0, &member.0]).await? == 0 {
        return Ok(false);
    }
    let sql = "DELETE FROM phone WHERE program_id = $1 AND member_id = $2 RETURNING shared_as, has_sharers, number";
    for row in transaction.query(sql, &[&program.0, &member.0]).await? {
        hand_over_removed::<SavePhone>(transaction, program, &row).await?;
    }
    let sql =
        "DELETE FROM part WHERE program_id = $1 AND member_id = $2 RETURNING shared_as, has_sharers, kind, unique_key";
    for row in transaction.query(sql, &[&program.0, &member.0]).await? {
        hand_over_removed::<PartRow<'_>>(transaction, program, &row).await?;
    }
    Ok(true)
}
