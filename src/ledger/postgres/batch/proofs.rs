//! Many compare-and-sets of proofs of one program, all of one action, in one statement.
//!
//! What is there is read first; then each change asks again whether the proof still is in the revision that it was read in. One
//! that isn't is decided anew. An account has as many slots as it may have proofs (a seed may give it more), and a unique index
//! gives each slot to one proof: where another transaction took one first, the whole statement fails with nothing done, and is tried
//! again.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, GenericClient, Statement};

use super::Decision;
use crate::ledger::postgres::errors::PgError;
use crate::ledger::postgres::write_queue::Job;
use crate::ledger::{MOST_PROOFS, ProgramId, ReplaceVerification, Write, Written};

/// What a statement does with the table. Each changes it in one place only, which not every engine lets a statement do twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Make,
    Replace,
    Remove,
}

impl Action {
    pub fn of(change: &ReplaceVerification) -> Self {
        match (change.from, &change.to) {
            (_, None) => Self::Remove,
            (None, Some(_)) => Self::Make,
            (Some(_), Some(_)) => Self::Replace,
        }
    }

    /// The statement. Decisions: 0 done, 1 outdated, 2 full, 3 again. A change that is to be made is 4 until it is.
    fn sql(self) -> String {
        let change = match self {
            Self::Make => MAKE,
            Self::Replace => REPLACE,
            Self::Remove => REMOVE,
        };
        format!("{JUDGE}{change}{TELL}")
    }
}

/// A change whose answer got lost may have been made: then the proof is in the revision that only this change gives it; or, if it
/// was to go, it isn't there. One that others have changed since counts as not made, and its caller looks anew.
const JUDGE: &str = "
    WITH current AS MATERIALIZED (
        SELECT program_id FROM program_epoch WHERE program_id = $1 AND epoch = $2 FOR SHARE
    ), asked AS (
        SELECT * FROM unnest($3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
                             $10::boolean[])
            WITH ORDINALITY AS asked (purpose, number, account, expected, content, next, kept_until, is_uncertain, place)
    ), seen AS MATERIALIZED (
        SELECT asked.*, present.revision AS present
        FROM current CROSS JOIN asked
        LEFT JOIN verification AS present ON present.program_id = $1 AND present.purpose = asked.purpose
            AND present.number = asked.number AND present.account = asked.account
    ), judged AS MATERIALIZED (
        SELECT seen.*, CASE
            WHEN present = next AND content IS NOT NULL THEN 0
            WHEN present IS NULL AND content IS NULL THEN CASE WHEN expected IS NULL OR is_uncertain THEN 0 ELSE 1 END
            WHEN present IS DISTINCT FROM expected THEN 1
            WHEN row_number() OVER (PARTITION BY purpose, number, account ORDER BY place) > 1 THEN 3
            ELSE 4
        END AS verdict
        FROM seen
    )";

const MAKE: &str = ", numbered AS (
        SELECT judged.*, row_number() OVER (PARTITION BY account, verdict ORDER BY place) AS nth FROM judged
    ), placed AS MATERIALIZED (
        SELECT numbered.*, CASE WHEN verdict = 4 AND nth + (
            SELECT count(*) FROM verification AS own WHERE own.program_id = $1 AND own.account = numbered.account
        ) <= $11::int THEN (
            SELECT free.slot FROM generate_series(1, $11::int) AS free (slot)
            WHERE NOT EXISTS (
                SELECT 1 FROM verification AS taken
                WHERE taken.program_id = $1 AND taken.account = numbered.account AND taken.slot = free.slot)
            ORDER BY free.slot OFFSET nth - 1 LIMIT 1
        ) END AS slot
        FROM numbered
    ), decided AS MATERIALIZED (
        SELECT placed.*, CASE WHEN verdict = 4 AND slot IS NULL THEN 2 ELSE verdict END AS decision FROM placed
    ), changed AS (
        INSERT INTO verification (program_id, purpose, number, account, verification, revision, kept_until, slot)
        SELECT $1, purpose, number, account, content, next, kept_until, slot
        FROM decided WHERE decision = 4 ORDER BY account, slot
        RETURNING purpose, number, account
    )";

const REPLACE: &str = ", decided AS (
        SELECT judged.*, verdict AS decision FROM judged
    ), changed AS (
        UPDATE verification AS old SET verification = content, revision = next, kept_until = decided.kept_until
        FROM decided
        WHERE decision = 4 AND old.program_id = $1 AND old.purpose = decided.purpose AND old.number = decided.number
            AND old.account = decided.account AND old.revision = expected
        RETURNING old.purpose, old.number, old.account
    )";

const REMOVE: &str = ", decided AS (
        SELECT judged.*, verdict AS decision FROM judged
    ), changed AS (
        DELETE FROM verification AS old USING decided
        WHERE decision = 4 AND old.program_id = $1 AND old.purpose = decided.purpose AND old.number = decided.number
            AND old.account = decided.account AND old.revision = expected
        RETURNING old.purpose, old.number, old.account
    )";

const TELL: &str = "
    SELECT CASE
        WHEN decision <> 4 THEN decision
        WHEN (purpose, number, account) IN (SELECT purpose, number, account FROM changed) THEN 0
        ELSE 3
    END
    FROM decided ORDER BY place";

/// Runs changes of one program; see [`Statements::run`](super::Statements::run).
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
    let changes: Vec<_> = jobs
        .iter()
        .filter_map(|job| match &job.write {
            Write::ReplaceVerification(change) => Some((change, job.is_uncertain)),
            Write::SavePhone(_) | Write::ChangeParts(_) => None,
        })
        .collect();
    let purposes: Vec<_> = changes.iter().map(|(change, _)| change.key.purpose.as_str()).collect();
    let numbers: Vec<_> = changes.iter().map(|(change, _)| change.key.number.digits().cast_signed()).collect();
    let accounts: Vec<_> = changes.iter().map(|(change, _)| change.key.account.as_str()).collect();
    let expected: Vec<_> = changes.iter().map(|(change, _)| change.from.map(|revision| revision.0)).collect();
    let contents: Vec<_> = changes.iter().map(|(change, _)| change.to.as_deref()).collect();
    let next: Vec<_> = changes.iter().map(|(change, _)| change.next.0).collect();
    let kept_until: Vec<_> = changes.iter().map(|(change, _)| change.kept_until).collect();
    let uncertain: Vec<_> = changes.iter().map(|(_, is_uncertain)| *is_uncertain).collect();
    let most = MOST_PROOFS.cast_signed();
    let parameters: [&(dyn ToSql + Sync); 11] = [
        &program.0,
        &epoch,
        &purposes,
        &numbers,
        &accounts,
        &expected,
        &contents,
        &next,
        &kept_until,
        &uncertain,
        &most,
    ];
    let rows = client.query(statement, &parameters).await?;
    Ok(rows.iter().map(|row| decision(row.get(0))).collect())
}

/// Prepares the statement for [`run`].
///
/// # Errors
/// [`PgError`].
pub async fn prepare(client: &Client, action: Action) -> Result<Statement, PgError> {
    use Type as T;
    let types = [
        T::INT8,
        T::INT8,
        T::TEXT_ARRAY,
        T::INT8_ARRAY,
        T::TEXT_ARRAY,
        T::INT8_ARRAY,
        T::TEXT_ARRAY,
        T::INT8_ARRAY,
        T::INT8_ARRAY,
        T::BOOL_ARRAY,
        T::INT4,
    ];
    Ok(client.prepare_typed(&action.sql(), &types).await?)
}

fn decision(code: i32) -> Decision {
    match code {
        0 => Decision::Made(Written::Done),
        1 => Decision::Made(Written::Outdated),
        2 => Decision::Made(Written::Full),
        _ => Decision::Again,
    }
}
