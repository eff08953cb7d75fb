//! What calls and pages look up: members, who holds which number, how much there is.

use std::time::Instant;

use tokio_postgres::Row;

use super::errors::PgError;
use super::node::Node;
use crate::domain::{E164, MemberId};
use crate::ledger::{ItemId, LedgerCounts, PartKind, ProgramCounts, ProgramId};

const COUNT: &str = "
    SELECT name, (SELECT count(*) FROM member WHERE member.program_id = program.program_id),
                 (SELECT count(*) FROM phone WHERE phone.program_id = program.program_id)
    FROM program ORDER BY name COLLATE \"C\"";

/// Whether any program was made or removed since then, by the clock of the database.
///
/// # Errors
/// [`PgError`].
pub async fn has_replaced_since(node: &Node, then: Instant) -> Result<bool, PgError> {
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint - replaced_at <= $1 FROM ledger";
    let client = node.client().await?;
    // As late as can be: the longer the question is on its way, the older the replacement seems.
    let time = i64::try_from(then.elapsed().as_micros()).unwrap_or(i64::MAX);
    Ok(client.query_one(sql, &[&time]).await?.get(0))
}

/// Whether the program has this member.
///
/// # Errors
/// [`PgError`].
pub async fn has_member(node: &Node, program: ProgramId, member: MemberId) -> Result<bool, PgError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM member WHERE program_id = $1 AND member_id = $2)";
    let client = node.client().await?;
    let statement = client.prepare_cached(sql).await?;
    Ok(client.query_one(&statement, &[&program.0, &member.0]).await?.get(0))
}

/// Any member of the program.
///
/// # Errors
/// [`PgError`].
pub async fn any_member(node: &Node, program: ProgramId) -> Result<Option<MemberId>, PgError> {
    let sql = "SELECT member_id FROM member WHERE program_id = $1 ORDER BY member_id LIMIT 1";
    let client = node.client().await?;
    Ok(client.query_opt(sql, &[&program.0]).await?.map(|row| MemberId(row.get(0))))
}

/// A member's number of one type.
///
/// # Errors
/// [`PgError`].
pub async fn phone(
    node: &Node,
    program: ProgramId,
    member: MemberId,
    phone_number_type: ItemId,
) -> Result<Option<E164>, PgError> {
    let sql = "SELECT number FROM phone WHERE program_id = $1 AND member_id = $2 AND phone_number_type_id = $3";
    let client = node.client().await?;
    let statement = client.prepare_cached(sql).await?;
    let row = client.query_opt(&statement, &[&program.0, &member.0, &i32::from(phone_number_type.0)]).await?;
    Ok(row.and_then(|row| E164::new(row.get::<_, i64>(0).unsigned_abs())))
}

/// The member who owns a number.
///
/// # Errors
/// [`PgError`].
pub async fn holder(node: &Node, program: ProgramId, number: E164) -> Result<Option<MemberId>, PgError> {
    let sql = "SELECT member_id FROM phone WHERE program_id = $1 AND number = $2 ORDER BY shared_as LIMIT 1";
    let client = node.client().await?;
    let statement = client.prepare_cached(sql).await?;
    let row = client.query_opt(&statement, &[&program.0, &number.digits().cast_signed()]).await?;
    Ok(row.map(|row| MemberId(row.get(0))))
}

/// The member who owns the key of a part.
///
/// # Errors
/// [`PgError`].
pub async fn part_holder(
    node: &Node,
    program: ProgramId,
    kind: PartKind,
    key: &str,
) -> Result<Option<MemberId>, PgError> {
    let sql = "SELECT member_id FROM part WHERE program_id = $1 AND kind = $2 AND unique_key = $3
        ORDER BY shared_as LIMIT 1";
    let client = node.client().await?;
    let statement = client.prepare_cached(sql).await?;
    let row = client.query_opt(&statement, &[&program.0, &kind.name(), &key]).await?;
    Ok(row.map(|row| MemberId(row.get(0))))
}

/// How much there is.
///
/// # Errors
/// [`PgError`].
pub async fn counts(node: &Node) -> Result<LedgerCounts, PgError> {
    let client = node.client().await?;
    let count = |row: &Row, column| row.get::<_, i64>(column).unsigned_abs();
    let program = |row: &Row| ProgramCounts { name: row.get(0), members: count(row, 1), phones: count(row, 2) };
    let programs = client.query(COUNT, &[]).await?.iter().map(program).collect();
    // Not every engine can tell.
    let size = client.query_one("SELECT pg_database_size(current_database())", &[]).await;
    Ok(LedgerCounts { programs, size: size.map_or(0, |row| count(&row, 0)) })
}
