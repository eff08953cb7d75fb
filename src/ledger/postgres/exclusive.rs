//! Saves one number of a program that nobody else writes to meanwhile: what is shared, or is to be, takes several statements.
//!
//! The rules are those of every ledger: one row owns a number (`shared_as` 0), others may share it with marks of their own.

use tokio_postgres::{Row, Transaction};

use super::errors::PgError;
use crate::domain::{E164, MemberId};
use crate::ledger::{ProgramId, SavePhone, Written};

/// The member is looked for only if it has no such number yet: who has one is a member.
const FIND: &str = "
    SELECT number, shared_as, has_sharers FROM phone
    WHERE program_id = $1 AND member_id = $2 AND phone_number_type_id = $3";

const IS_MEMBER: &str = "SELECT EXISTS (SELECT 1 FROM member WHERE program_id = $1 AND member_id = $2)";

const PUT: &str = "
    INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, has_sharers, mobile_carrier_id,
                       is_valid, extension)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (program_id, member_id, phone_number_type_id) DO UPDATE SET
        number = excluded.number, shared_as = excluded.shared_as, has_sharers = excluded.has_sharers,
        mobile_carrier_id = excluded.mobile_carrier_id, is_valid = excluded.is_valid, extension = excluded.extension";

const NOTE_SHARER: &str = "
    UPDATE phone SET has_sharers = true WHERE program_id = $1 AND number = $2 AND shared_as = 0";

const FIND_HOLDER: &str = "
    SELECT member_id FROM phone WHERE program_id = $1 AND number = $2 AND member_id <> $3 ORDER BY shared_as LIMIT 1";

const HAND_OVER: &str = "
    UPDATE phone SET shared_as = 0, has_sharers = true
    WHERE program_id = $1 AND number = $2 AND shared_as = (
        SELECT min(shared_as) FROM phone WHERE program_id = $1 AND number = $2)";

/// Takes a program for this transaction alone: waits for the saves that are under way, and makes a new epoch, so that none that was
/// prepared before is run after. `None` if there is no such program.
///
/// # Errors
/// [`PgError`].
pub async fn lock_program(transaction: &Transaction<'_>, program: ProgramId) -> Result<Option<i64>, PgError> {
    let sql = "UPDATE program_epoch SET epoch = epoch + 1 WHERE program_id = $1 RETURNING epoch";
    Ok(transaction.query_opt(sql, &[&program.0]).await?.map(|row| row.get(0)))
}

/// Saves in a transaction that has the program to itself.
///
/// # Errors
/// [`PgError`].
pub async fn save(transaction: &Transaction<'_>, save: &SavePhone) -> Result<Written, PgError> {
    let key = (save.program.0, save.member.0, i32::from(save.phone_number_type.0));
    let current = transaction.query_opt(FIND, &[&key.0, &key.1, &key.2]).await?.map(|row| Current::read(&row));
    if current.is_none() && !transaction.query_one(IS_MEMBER, &[&key.0, &key.1]).await?.get::<_, bool>(0) {
        return Ok(Written::NoSuchMember);
    }
    if !save.may_be_shared && find_holder(transaction, save).await?.is_some() {
        return Ok(Written::HeldByAnotherMember);
    }
    match current {
        Some(Current { number, shared_as, has_sharers }) if number == digits(save.number) => {
            put(transaction, save, shared_as, has_sharers).await?;
        }
        _ => {
            let sharers = transaction.execute(NOTE_SHARER, &[&save.program.0, &digits(save.number)]).await?;
            put(transaction, save, if sharers == 0 { 0 } else { own_mark(save) }, false).await?;
            if let Some(Current { number, shared_as: 0, has_sharers: true }) = current {
                hand_over(transaction, save.program, number).await?;
            }
        }
    }
    Ok(Written::Done)
}

/// The member's number of this type, as it stands.
#[derive(Clone, Copy)]
struct Current {
    number: i64,
    shared_as: i64,
    has_sharers: bool,
}

impl Current {
    fn read(row: &Row) -> Self {
        Self { number: row.get(0), shared_as: row.get(1), has_sharers: row.get(2) }
    }
}

async fn put(
    transaction: &Transaction<'_>,
    save: &SavePhone,
    shared_as: i64,
    has_sharers: bool,
) -> Result<(), PgError> {
    transaction
        .execute(
            PUT,
            &[
                &save.program.0,
                &save.member.0,
                &i32::from(save.phone_number_type.0),
                &digits(save.number),
                &shared_as,
                &has_sharers,
                &save.mobile_carrier.map(|carrier| i32::from(carrier.0)),
                &save.is_valid,
                &save.extension,
            ],
        )
        .await?;
    Ok(())
}

/// Makes one of those who share a number its owner, when the owner has left it.
///
/// # Errors
/// [`PgError`].
pub async fn hand_over(transaction: &Transaction<'_>, program: ProgramId, number: i64) -> Result<(), PgError> {
    transaction.execute(HAND_OVER, &[&program.0, &number]).await?;
    Ok(())
}

/// Another member who holds the number: its owner, or one who shares it.
///
/// # Errors
/// [`PgError`].
pub async fn find_holder(transaction: &Transaction<'_>, save: &SavePhone) -> Result<Option<MemberId>, PgError> {
    let holder = transaction.query_opt(FIND_HOLDER, &[&save.program.0, &digits(save.number), &save.member.0]).await?;
    Ok(holder.map(|row| MemberId(row.get(0))))
}

/// A number as rows have it.
pub fn digits(number: E164) -> i64 {
    number.digits().cast_signed()
}

/// A mark that no other row of the program can have: member and type in one number, never 0 because types begin at 1.
fn own_mark(save: &SavePhone) -> i64 {
    mark(save.member, save.phone_number_type.0)
}

/// As the own mark of a row with this member and type.
pub fn mark(member: MemberId, phone_number_type: u16) -> i64 {
    i64::from(member.0) * 65_536 + i64::from(phone_number_type)
}
