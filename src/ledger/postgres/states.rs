//! Reads programs and members as a seed would say them.

use tokio_postgres::{Client, IsolationLevel, Row, Transaction};

use super::directory::from_json;
use super::documents::item_id;
use super::errors::PgError;
use super::{parts, tokens, verifications};
use crate::domain::{E164, MemberId};
use crate::ledger::seed::PhoneSeed;
use crate::ledger::{Items, MemberState, PhoneState, ProgramDocument, ProgramId, ProgramState};

/// Comes before every member id.
pub const BEFORE_ALL: i64 = i32::MIN as i64 - 1;

/// How many members are read at once.
const PAGE: i64 = 1000;

const PHONES: &str = "
    SELECT member_id, phone_number_type_id, number, extension, mobile_carrier_id, is_valid
    FROM phone WHERE program_id = $1 AND member_id BETWEEN $2 AND $3 ORDER BY member_id, phone_number_type_id";

const PARTS: &str = "
    SELECT member_id, kind, slot, item, value, unique_key
    FROM part WHERE program_id = $1 AND member_id BETWEEN $2 AND $3 ORDER BY member_id, kind, position, slot";

/// Begins a transaction in which everything is read as it was at one moment.
///
/// # Errors
/// [`PgError`].
pub async fn begin_read_only(client: &mut Client) -> Result<Transaction<'_>, PgError> {
    let transaction = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    Ok(transaction.start().await?)
}

/// The numbers of all programs in the order in which they were made, or of one of them, if it is there.
///
/// # Errors
/// [`PgError`].
pub async fn programs(transaction: &Transaction<'_>, program: Option<ProgramId>) -> Result<Vec<ProgramId>, PgError> {
    let sql = "SELECT program_id FROM program WHERE $1::bigint IS NULL OR program_id = $1 ORDER BY program_id";
    let rows = transaction.query(sql, &[&program.map(|program| program.0)]).await?;
    Ok(rows.iter().map(|row| ProgramId(row.get(0))).collect())
}

/// A program without its members.
///
/// # Errors
/// [`PgError`].
pub async fn read_frame(transaction: &Transaction<'_>, id: ProgramId) -> Result<Option<ProgramState>, PgError> {
    let sql = "SELECT name, document FROM program WHERE program_id = $1";
    let Some(row) = transaction.query_opt(sql, &[&id.0]).await? else { return Ok(None) };
    let (tokens, proofs) = (tokens::read(transaction, id).await?, verifications::read(transaction, id).await?);
    Ok(Some(ProgramState::of(row.get(0), from_json(row.get(1))?, tokens, proofs)))
}

/// All members of a program, page by page, by member id.
pub struct Pages {
    program: ProgramId,
    items: Items,
    after: i64,
}

impl Pages {
    /// # Errors
    /// [`PgError`].
    pub async fn new(transaction: &Transaction<'_>, program: ProgramId) -> Result<Self, PgError> {
        Ok(Self { program, items: read_items(transaction, program).await?, after: BEFORE_ALL })
    }

    /// The next page; `None` behind the last one.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn next(&mut self, transaction: &Transaction<'_>) -> Result<Option<Vec<MemberState>>, PgError> {
        let sql = "SELECT member_id, first_name, last_name FROM member
                   WHERE program_id = $1 AND member_id > $2::bigint ORDER BY member_id LIMIT $3";
        let rows = transaction.query(sql, &[&self.program.0, &self.after, &PAGE]).await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
        let (first, last): (i32, i32) = (first.get(0), last.get(0));
        self.after = last.into();
        let phones = transaction.query(PHONES, &[&self.program.0, &first, &last]).await?;
        let parts = transaction.query(PARTS, &[&self.program.0, &first, &last]).await?;
        Ok(Some(join(&self.items, &rows, &phones, &parts)?))
    }
}

/// Those of the members that are there, by member id.
///
/// # Errors
/// [`PgError`].
pub async fn read_members(
    transaction: &Transaction<'_>,
    program: ProgramId,
    members: &[i32],
) -> Result<Vec<MemberState>, PgError> {
    let items = read_items(transaction, program).await?;
    let sql = "SELECT member_id, first_name, last_name FROM member
               WHERE program_id = $1 AND member_id = ANY($2) ORDER BY member_id";
    let rows = transaction.query(sql, &[&program.0, &members]).await?;
    let sql = PHONES.replace("BETWEEN $2 AND $3", "= ANY($2)");
    let phones = transaction.query(&sql, &[&program.0, &members]).await?;
    let parts = transaction.query(&PARTS.replace("BETWEEN $2 AND $3", "= ANY($2)"), &[&program.0, &members]).await?;
    join(&items, &rows, &phones, &parts)
}

async fn read_items(transaction: &Transaction<'_>, program: ProgramId) -> Result<Items, PgError> {
    let row = transaction.query_opt("SELECT document FROM program WHERE program_id = $1", &[&program.0]).await?;
    let document: Option<ProgramDocument> = row.map(|row| from_json(row.get(0))).transpose()?;
    Ok(document.map(|document| document.items).unwrap_or_default())
}

/// Members, each with its numbers and parts; all by member id.
fn join(items: &Items, members: &[Row], phones: &[Row], parts: &[Row]) -> Result<Vec<MemberState>, PgError> {
    let (mut phones, mut parts) = (phones.iter().peekable(), parts.iter().peekable());
    let mut joined = Vec::with_capacity(members.len());
    for row in members {
        let id: i32 = row.get(0);
        let (member_id, first_name, last_name) = (MemberId(id), row.get(1), row.get(2));
        let mut member = MemberState { member_id, first_name, last_name, ..MemberState::default() };
        while let Some(phone) = phones.next_if(|phone| phone.get::<_, i32>(0) <= id) {
            if phone.get::<_, i32>(0) == id {
                member.phones.push(read_phone(items, phone)?);
            }
        }
        while let Some(part) = parts.next_if(|part| part.get::<_, i32>(0) <= id) {
            if part.get::<_, i32>(0) == id {
                let added = member.add(&parts::read(part, 1)?);
                added.map_err(|error| PgError::Refused(error.to_string()))?;
            }
        }
        joined.push(member);
    }
    Ok(joined)
}

fn read_phone(items: &Items, row: &Row) -> Result<PhoneState, PgError> {
    let strange = |what: &str| PgError::Refused(format!("a row of the table phone has no {what}"));
    let phone = PhoneSeed {
        phone_number_type: item_id(row.get(1)),
        number: E164::new(row.get::<_, i64>(2).unsigned_abs()).ok_or_else(|| strange("number"))?,
        extension: row.get(3),
        mobile_carrier: row.get::<_, Option<i32>>(4).map(item_id),
        is_valid: row.get(5),
    };
    phone.state(items).ok_or_else(|| strange("type"))
}

/// What a program was put as.
///
/// # Errors
/// [`PgError`].
pub async fn read_baseline(transaction: &Transaction<'_>, id: ProgramId) -> Result<Option<ProgramState>, PgError> {
    let sql = "SELECT state FROM program_origin WHERE program_id = $1 ORDER BY part";
    let rows = transaction.query(sql, &[&id.0]).await?;
    let Some((frame, parts)) = rows.split_first() else { return Ok(None) };
    let mut program: ProgramState = from_json(frame.get(0))?;
    for part in parts {
        program.members.extend(from_json::<Vec<MemberState>>(part.get(0))?);
    }
    Ok(Some(program))
}
