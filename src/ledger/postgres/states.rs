//! Reads programs and members as a seed would say them.

use std::collections::HashMap;

use tokio_postgres::{Client, IsolationLevel, Row, Transaction};

use super::directory::from_json;
use super::errors::PgError;
use super::items::{item_id, read_items};
use super::{tokens, verifications};
use crate::domain::{Companions, E164, MemberId};
use crate::ledger::{ItemKind, MemberState, PhoneState, ProgramId, ProgramState};

/// Comes before every member id.
pub const BEFORE_ALL: i64 = i32::MIN as i64 - 1;

/// How many members are read at once.
const PAGE: i64 = 1000;

const PHONES: &str = "
    SELECT member_id, phone_number_type_id, number, extension, mobile_carrier_id, is_valid
    FROM phone WHERE program_id = $1 AND member_id BETWEEN $2 AND $3 ORDER BY member_id, phone_number_type_id";

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
    let sql = "SELECT name, settings, companions FROM program WHERE program_id = $1";
    let Some(row) = transaction.query_opt(sql, &[&id.0]).await? else { return Ok(None) };
    let items = async |kind| -> Result<Vec<_>, PgError> {
        Ok(read_items(transaction, id, kind).await?.into_iter().map(|(_, item)| item).collect())
    };
    let Companions { cams_accounts, pims_accounts } = from_json(row.get(2))?;
    Ok(Some(ProgramState {
        name: row.get(0),
        settings: from_json(row.get(1))?,
        security_tokens: tokens::read(transaction, id).await?,
        phone_number_types: items(ItemKind::PhoneNumberType).await?,
        mobile_carriers: items(ItemKind::MobileCarrier).await?,
        cams_accounts,
        pims_accounts,
        verifications: verifications::read(transaction, id).await?,
        members: Vec::new(),
    }))
}

/// All members of a program, page by page, by member id.
pub struct Pages {
    program: ProgramId,
    references: References,
    after: i64,
}

impl Pages {
    /// # Errors
    /// [`PgError`].
    pub async fn new(transaction: &Transaction<'_>, program: ProgramId) -> Result<Self, PgError> {
        Ok(Self { program, references: References::read(transaction, program).await?, after: BEFORE_ALL })
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
        Ok(Some(self.references.join(&rows, &phones)?))
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
    let references = References::read(transaction, program).await?;
    let sql = "SELECT member_id, first_name, last_name FROM member
               WHERE program_id = $1 AND member_id = ANY($2) ORDER BY member_id";
    let rows = transaction.query(sql, &[&program.0, &members]).await?;
    let sql = PHONES.replace("BETWEEN $2 AND $3", "= ANY($2)");
    let phones = transaction.query(&sql, &[&program.0, &members]).await?;
    references.join(&rows, &phones)
}

/// The items of a program by their numbers.
struct References {
    types: HashMap<u16, String>,
    carriers: HashMap<u16, String>,
}

impl References {
    async fn read(transaction: &Transaction<'_>, program: ProgramId) -> Result<Self, PgError> {
        let list = async |kind| -> Result<HashMap<_, _>, PgError> {
            let items = read_items(transaction, program, kind).await?;
            Ok(items.into_iter().map(|(id, item)| (id, item.external_reference)).collect())
        };
        Ok(Self { types: list(ItemKind::PhoneNumberType).await?, carriers: list(ItemKind::MobileCarrier).await? })
    }

    /// Members, each with its numbers; both by member id.
    fn join(&self, members: &[Row], phones: &[Row]) -> Result<Vec<MemberState>, PgError> {
        let mut phones = phones.iter().peekable();
        let mut joined = Vec::with_capacity(members.len());
        for row in members {
            let member: i32 = row.get(0);
            let mut own = Vec::new();
            while let Some(phone) = phones.next_if(|phone| phone.get::<_, i32>(0) <= member) {
                if phone.get::<_, i32>(0) == member {
                    own.push(self.phone(phone)?);
                }
            }
            joined.push(MemberState {
                member_id: MemberId(member),
                first_name: row.get(1),
                last_name: row.get(2),
                phones: own,
            });
        }
        Ok(joined)
    }

    fn phone(&self, row: &Row) -> Result<PhoneState, PgError> {
        let strange = |what: &str| PgError::Refused(format!("a row of the table phone has no {what}"));
        let number = E164::new(row.get::<_, i64>(2).unsigned_abs()).ok_or_else(|| strange("number"))?;
        let extension: Option<String> = row.get(3);
        let carrier: Option<i32> = row.get(4);
        Ok(PhoneState {
            r#type: self.types.get(&item_id(row.get(1))).cloned().ok_or_else(|| strange("type"))?,
            number: match extension {
                Some(extension) => format!("{number};ext={extension}"),
                None => number.to_string(),
            },
            carrier: carrier.and_then(|carrier| self.carriers.get(&item_id(carrier)).cloned()),
            is_valid: row.get(5),
        })
    }
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
