//! Looks for members.

use std::collections::BTreeSet;

use tokio_postgres::Transaction;

use super::errors::PgError;
use super::states::{self, BEFORE_ALL};
use crate::ledger::queries::{addresses_beginning_with, numbers_beginning_with};
use crate::ledger::{MemberSearch, MemberState, PartKind, ProgramId};

/// Needs the primary key alone, so that the first page of millions is quick.
const ALL: &str = "
    SELECT member_id FROM member WHERE program_id = $1 AND member_id > $2::bigint ORDER BY member_id LIMIT $3";

/// `lower` and `strpos` know no patterns, so that `%` and `_` are plain characters.
const BY_NAME_OR_ID: &str = "
    SELECT member_id FROM member
    WHERE program_id = $1 AND member_id > $2::bigint
        AND (strpos(lower(first_name || ' ' || last_name), lower($4)) > 0 OR strpos(member_id::text, $4) = 1)
    ORDER BY member_id LIMIT $3";

/// Goes along the unique index.
const BY_NUMBER: &str = "
    SELECT DISTINCT member_id FROM phone
    WHERE program_id = $1 AND number BETWEEN $4 AND $5 AND member_id > $2::bigint
    ORDER BY member_id LIMIT $3";

/// Goes along the unique index.
const BY_ADDRESS: &str = "
    SELECT DISTINCT member_id FROM part
    WHERE program_id = $1 AND kind = $6 AND unique_key BETWEEN $4 AND $5 AND member_id > $2::bigint
    ORDER BY member_id LIMIT $3";

/// Finds members by id.
///
/// # Errors
/// [`PgError`].
pub async fn search(
    transaction: &Transaction<'_>,
    program: ProgramId,
    search: &MemberSearch,
) -> Result<Vec<MemberState>, PgError> {
    let text = search.text.trim();
    let after = search.after.map_or(BEFORE_ALL, |member| member.0.into());
    let limit = i64::from(search.limit);
    let mut found: BTreeSet<i32> = BTreeSet::new();
    if text.is_empty() {
        let rows = transaction.query(ALL, &[&program.0, &after, &limit]).await?;
        found.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
    } else if !text.contains('\0') {
        let rows = transaction.query(BY_NAME_OR_ID, &[&program.0, &after, &limit, &text]).await?;
        found.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
        for (first, last) in numbers_beginning_with(text) {
            let rows = transaction.query(BY_NUMBER, &[&program.0, &after, &limit, &first, &last]).await?;
            found.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
        }
        let ((first, last), kind) = (addresses_beginning_with(text), PartKind::Email.name());
        let rows = transaction.query(BY_ADDRESS, &[&program.0, &after, &limit, &first, &last, &kind]).await?;
        found.extend(rows.iter().map(|row| row.get::<_, i32>(0)));
    }
    let members: Vec<_> = found.into_iter().take(search.limit as usize).collect();
    states::read_members(transaction, program, &members).await
}
