//! Names of members, and the keys by which they are found.

use tokio_postgres::{Error, Transaction};

use super::errors::PgError;
use crate::domain::MemberId;
use crate::ledger::migrations::tell_of_name_keys;
use crate::ledger::queries::NameKeys;
use crate::ledger::seed::CoreState;
use crate::ledger::{Part, ProgramId};

/// The names of a member stand in its row as well.
const RENAME: &str = "
    UPDATE member SET first_name = $3, last_name = $4, first_name_first = $5, last_name_first = $6
    WHERE program_id = $1 AND member_id = $2";

/// The names in a member's core data.
///
/// # Errors
/// [`PgError::Refused`] if it can't be understood.
pub fn of(core: &Part) -> Result<CoreState, PgError> {
    core.read().map_err(|error| PgError::Refused(error.to_string()))
}

/// Gives a member the names of its core data.
///
/// # Errors
/// [`PgError`].
pub async fn rename(
    transaction: &Transaction<'_>,
    program: ProgramId,
    member: MemberId,
    core: &Part,
) -> Result<(), PgError> {
    let CoreState { first_name, last_name, .. } = of(core)?;
    let keys = NameKeys::of(&first_name, &last_name);
    transaction
        .execute(
            RENAME,
            &[&program.0, &member.0, &first_name, &last_name, &keys.first_name_first, &keys.last_name_first],
        )
        .await?;
    Ok(())
}

/// Before all members: programs are counted from 1.
const START: (i64, i32) = (i64::MIN, i32::MIN);

/// How many members are read at once.
const PAGE: i64 = 1000;

const READ: &str = "
    SELECT program_id, member_id, first_name, last_name FROM member
    WHERE (program_id, member_id) > ($1, $2) ORDER BY program_id, member_id LIMIT $3";

const FILL_IN: &str = "
    UPDATE member SET first_name_first = new.first_name_first, last_name_first = new.last_name_first
    FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[])
        AS new (program_id, member_id, first_name_first, last_name_first)
    WHERE member.program_id = new.program_id AND member.member_id = new.member_id";

/// Makes the keys of all members, in a ledger of a version that had none.
///
/// # Errors
/// Failures of the database.
pub async fn fill_in(transaction: &Transaction<'_>) -> Result<(), Error> {
    let mut last = START;
    loop {
        let rows = transaction.query(READ, &[&last.0, &last.1, &PAGE]).await?;
        let Some(row) = rows.last() else { return Ok(()) };
        if last == START {
            tell_of_name_keys();
        }
        last = (row.get(0), row.get(1));
        let keys: Vec<_> = rows.iter().map(|row| NameKeys::of(row.get(2), row.get(3))).collect();
        let programs: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        let members: Vec<i32> = rows.iter().map(|row| row.get(1)).collect();
        let by_first: Vec<_> = keys.iter().map(|keys| keys.first_name_first.as_str()).collect();
        let by_last: Vec<_> = keys.iter().map(|keys| keys.last_name_first.as_str()).collect();
        transaction.execute(FILL_IN, &[&programs, &members, &by_first, &by_last]).await?;
    }
}
