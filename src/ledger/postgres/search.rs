//! Looks for members.

use std::collections::BTreeSet;

use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::errors::PgError;
use super::states::{self, BEFORE_ALL};
use crate::ledger::{Beginning, MemberSearch, MemberState, ProgramId};

/// Needs the primary key alone, so that the first page of millions is quick.
const ALL: &str = "
    SELECT member_id FROM member WHERE program_id = $1 AND member_id > $2::bigint ORDER BY member_id LIMIT $3";

const BY_ID: &str = "
    SELECT member_id FROM member
    WHERE program_id = $1 AND member_id > $2::bigint AND member_id BETWEEN $4::bigint AND $5::bigint
    ORDER BY member_id LIMIT $3";

// What follows is found first and sorted second: otherwise the database might go through all members in their order, in the hope to
// meet enough of those that fit.

const BY_FIRST_NAME: &str = "
    WITH found AS MATERIALIZED (
        SELECT member_id FROM member WHERE program_id = $1 AND first_name_first BETWEEN $4 AND $5)
    SELECT member_id FROM found WHERE member_id > $2::bigint ORDER BY member_id LIMIT $3";

const BY_LAST_NAME: &str = "
    WITH found AS MATERIALIZED (
        SELECT member_id FROM member WHERE program_id = $1 AND last_name_first BETWEEN $4 AND $5)
    SELECT member_id FROM found WHERE member_id > $2::bigint ORDER BY member_id LIMIT $3";

const BY_NUMBER: &str = "
    WITH found AS MATERIALIZED (SELECT member_id FROM phone WHERE program_id = $1 AND number BETWEEN $4 AND $5)
    SELECT DISTINCT member_id FROM found WHERE member_id > $2::bigint ORDER BY member_id LIMIT $3";

const BY_EMAIL: &str = "
    WITH found AS MATERIALIZED (
        SELECT member_id FROM part WHERE program_id = $1 AND kind = 'email' AND unique_key BETWEEN $4 AND $5)
    SELECT DISTINCT member_id FROM found WHERE member_id > $2::bigint ORDER BY member_id LIMIT $3";

const BY_ACCOUNT_ID: &str = "
    WITH found AS MATERIALIZED (
        SELECT member_id FROM part WHERE program_id = $1 AND kind = 'account_id' AND unique_key BETWEEN $4 AND $5)
    SELECT DISTINCT member_id FROM found WHERE member_id > $2::bigint ORDER BY member_id LIMIT $3";

/// Finds members by id.
///
/// # Errors
/// [`PgError`].
pub async fn search(
    transaction: &Transaction<'_>,
    program: ProgramId,
    search: &MemberSearch,
) -> Result<Vec<MemberState>, PgError> {
    let after = search.after.map_or(BEFORE_ALL, |member| member.0.into());
    let limit = i64::from(search.limit);
    let common: [&(dyn ToSql + Sync); 3] = [&program.0, &after, &limit];
    let found = match &search.beginning {
        None => transaction.query(ALL, &common).await?.iter().map(|row| row.get(0)).collect(),
        Some(beginning) => find(transaction, &common, beginning).await?,
    };
    let members: Vec<_> = found.into_iter().take(search.limit as usize).collect();
    states::read_members(transaction, program, &members).await
}

async fn find(
    transaction: &Transaction<'_>,
    common: &[&(dyn ToSql + Sync)],
    beginning: &Beginning,
) -> Result<BTreeSet<i32>, PgError> {
    let mut found = BTreeSet::new();
    for (sql, first, last) in look_ups(beginning) {
        let rows = transaction.query(sql, &[common, &[first, last]].concat()).await?;
        found.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
    }
    Ok(found)
}

/// A statement, and the range in which it looks.
type LookUp<'a> = (&'static str, &'a (dyn ToSql + Sync), &'a (dyn ToSql + Sync));

fn look_ups(beginning: &Beginning) -> Vec<LookUp<'_>> {
    let Beginning { names, emails, account_ids, member_ids, numbers } = beginning;
    let mut all: Vec<LookUp<'_>> = Vec::new();
    for (sql, range) in
        [(BY_FIRST_NAME, names), (BY_LAST_NAME, names), (BY_EMAIL, emails), (BY_ACCOUNT_ID, account_ids)]
    {
        all.extend(range.iter().map(|(first, last)| -> LookUp<'_> { (sql, first, last) }));
    }
    for (sql, ranges) in [(BY_ID, member_ids), (BY_NUMBER, numbers)] {
        all.extend(ranges.iter().map(|(first, last)| -> LookUp<'_> { (sql, first, last) }));
    }
    all
}

#[cfg(test)]
mod tests;
