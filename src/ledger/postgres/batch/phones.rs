//! Many saves of one program in one statement.
//!
//! Whether a number is free, it reads first only so that the ordinary refusal needs no error; the unique index has the last word:
//! where another transaction was first, the whole statement fails with nothing done, and the next try reads who it was.

use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient, Statement};

use super::decision::Decision;
use crate::ledger::postgres::errors::PgError;
use crate::ledger::postgres::write_queue::Job;
use crate::ledger::{ProgramId, Write};

/// `other_member` is one who has the number in another row. Of several saves for one number, or for one member's type, that could
/// be granted, the first one is; the others see it the next time.
const SAVE: &str = "
    WITH current AS MATERIALIZED (
        SELECT program_id FROM program_epoch WHERE program_id = $1 AND epoch = $2 FOR SHARE
    ), asked AS (
        SELECT * FROM unnest($3::int[], $4::int[], $5::bigint[], $6::int[], $7::boolean[], $8::text[], $9::boolean[])
            WITH ORDINALITY AS asked (member_id, phone_number_type_id, number, mobile_carrier_id, is_valid, extension,
                                      may_be_shared, place)
    ), seen AS MATERIALIZED (
        SELECT asked.*, own.number AS own_number, own.has_sharers,
            own.number IS NOT NULL OR EXISTS (
                SELECT 1 FROM member WHERE member.program_id = $1 AND member.member_id = asked.member_id) AS is_member,
            (SELECT other.member_id FROM phone AS other
             WHERE other.program_id = $1 AND other.number = asked.number
                AND (other.member_id <> asked.member_id OR other.phone_number_type_id <> asked.phone_number_type_id)
             LIMIT 1) AS other_member
        FROM current CROSS JOIN asked
        LEFT JOIN phone AS own ON own.program_id = $1 AND own.member_id = asked.member_id
            AND own.phone_number_type_id = asked.phone_number_type_id
    ), judged AS MATERIALIZED (
        SELECT seen.*, CASE
            WHEN NOT is_member THEN 1
            WHEN other_member <> member_id AND NOT may_be_shared THEN 2
            WHEN own_number = number AND (other_member IS NULL OR may_be_shared) THEN 0
            WHEN other_member IS NULL AND has_sharers IS NOT TRUE THEN 0
            ELSE 4
        END AS verdict
        FROM seen
    ), decided AS MATERIALIZED (
        SELECT judged.*, CASE
            WHEN verdict = 0 AND (row_number() OVER (PARTITION BY verdict, number ORDER BY place) > 1
                OR row_number() OVER (PARTITION BY verdict, member_id, phone_number_type_id ORDER BY place) > 1) THEN 3
            ELSE verdict
        END AS decision
        FROM judged
    ), saved AS (
        INSERT INTO phone AS old (program_id, member_id, phone_number_type_id, mobile_carrier_id, number, shared_as,
                                  has_sharers, is_valid, extension)
        SELECT $1, member_id, phone_number_type_id, mobile_carrier_id, number, 0, false, is_valid, extension
        FROM decided WHERE decision = 0 ORDER BY number
        ON CONFLICT (program_id, member_id, phone_number_type_id) DO UPDATE SET
            mobile_carrier_id = excluded.mobile_carrier_id,
            number = excluded.number,
            shared_as = CASE WHEN old.number = excluded.number THEN old.shared_as ELSE 0 END,
            has_sharers = old.number = excluded.number AND old.has_sharers,
            is_valid = excluded.is_valid,
            extension = excluded.extension
    )
    SELECT decision FROM decided ORDER BY place";

/// Runs saves of one program; see [`Statements::run`](super::Statements::run).
///
/// # Errors
/// [`PgError`].
pub async fn run(
    client: &impl GenericClient,
    statement: &Statement,
    program: ProgramId,
    epoch: i64,
    jobs: &[Job],
) -> Result<Vec<Decision>, PgError> {
    let saves: Vec<_> = jobs
        .iter()
        .filter_map(|job| match &job.write {
            Write::SavePhone(save) => Some(save),
            Write::ReplaceVerification(_) | Write::ChangeParts(_) => None,
        })
        .collect();
    let members: Vec<_> = saves.iter().map(|save| save.member.0).collect();
    let types: Vec<_> = saves.iter().map(|save| i32::from(save.phone_number_type.0)).collect();
    let numbers: Vec<_> = saves.iter().map(|save| save.number.digits().cast_signed()).collect();
    let carriers: Vec<_> = saves.iter().map(|save| save.mobile_carrier.map(|carrier| i32::from(carrier.0))).collect();
    let are_valid: Vec<_> = saves.iter().map(|save| save.is_valid).collect();
    let extensions: Vec<_> = saves.iter().map(|save| save.extension.as_deref()).collect();
    let may_be_shared: Vec<_> = saves.iter().map(|save| save.may_be_shared).collect();
    let rows = client
        .query(
            statement,
            &[&program.0, &epoch, &members, &types, &numbers, &carriers, &are_valid, &extensions, &may_be_shared],
        )
        .await?;
    Ok(rows.iter().map(|row| Decision::of(row.get(0))).collect())
}

/// Prepares the statement for [`run`].
///
/// # Errors
/// [`PgError`].
pub async fn prepare(client: &Client) -> Result<Statement, PgError> {
    use Type as T;
    let types = [
        T::INT8,
        T::INT8,
        T::INT4_ARRAY,
        T::INT4_ARRAY,
        T::INT8_ARRAY,
        T::INT4_ARRAY,
        T::BOOL_ARRAY,
        T::TEXT_ARRAY,
        T::BOOL_ARRAY,
    ];
    Ok(client.prepare_typed(SAVE, &types).await?)
}
