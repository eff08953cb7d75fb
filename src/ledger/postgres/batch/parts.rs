//! Many changes of members' parts in one statement. The rules are those of [phones](super::phones); the parts of one change are
//! changed all or none.

use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient, Statement};

use super::decision::Decision;
use crate::ledger::postgres::errors::PgError;
use crate::ledger::postgres::names;
use crate::ledger::postgres::write_queue::Job;
use crate::ledger::queries::NameKeys;
use crate::ledger::{ChangeParts, PartChange, PartKind, ProgramId, Write};

/// `write` is the place of the change that a row belongs to. A row without value is to be removed; only core data has names.
const CHANGE: &str = "
    WITH current AS MATERIALIZED (
        SELECT program_id FROM program_epoch WHERE program_id = $1 AND epoch = $2 FOR SHARE
    ), asked AS (
        SELECT * FROM unnest($3::int[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[],
                $11::text[], $12::text[], $13::text[], $14::text[])
            WITH ORDINALITY AS asked (write, member_id, kind, slot, item, value, unique_key, may_be_shared,
                first_name, last_name, first_name_first, last_name_first, place)
    ), seen AS MATERIALIZED (
        SELECT asked.*, own.unique_key AS own_key, own.shared_as AS own_mark, own.has_sharers,
            own.slot IS NOT NULL OR EXISTS (
                SELECT 1 FROM member WHERE member.program_id = $1 AND member.member_id = asked.member_id) AS is_member,
            (SELECT other.member_id FROM part AS other
             WHERE other.program_id = $1 AND other.kind = asked.kind AND other.unique_key = asked.unique_key
                AND (other.member_id <> asked.member_id OR other.slot <> asked.slot)
             LIMIT 1) AS other_member
        FROM current CROSS JOIN asked
        LEFT JOIN part AS own ON own.program_id = $1 AND own.member_id = asked.member_id AND own.kind = asked.kind
            AND own.slot = asked.slot
    ), judged AS MATERIALIZED (
        SELECT seen.*, CASE
            WHEN NOT is_member THEN 1
            WHEN other_member <> member_id AND NOT may_be_shared THEN 2
            WHEN count(unique_key) OVER (PARTITION BY write, kind, unique_key) > 1 THEN 4
            WHEN has_sharers IS TRUE AND own_key IS DISTINCT FROM unique_key THEN 4
            WHEN unique_key IS NULL THEN 0
            WHEN own_key = unique_key AND (other_member IS NULL OR may_be_shared) THEN 0
            WHEN other_member IS NULL THEN 0
            ELSE 4
        END AS verdict
        FROM seen
    ), ranked AS MATERIALIZED (
        SELECT judged.*, CASE
            WHEN verdict = 0 AND (
                (unique_key IS NOT NULL AND row_number() OVER (PARTITION BY verdict, kind, unique_key ORDER BY place) > 1)
                OR row_number() OVER (PARTITION BY verdict, member_id, kind, slot ORDER BY place) > 1) THEN 3
            ELSE verdict
        END AS own_decision
        FROM judged
    ), decided AS MATERIALIZED (
        SELECT ranked.*, CASE
            WHEN bool_or(own_decision = 1) OVER writes THEN 1
            WHEN bool_or(own_decision = 2) OVER writes THEN 2
            ELSE max(own_decision) OVER writes
        END AS decision
        FROM ranked WINDOW writes AS (PARTITION BY write)
    ), removed AS (
        DELETE FROM part USING decided
        WHERE decided.decision = 0 AND decided.value IS NULL AND part.program_id = $1 AND part.member_id = decided.member_id
            AND part.kind = decided.kind AND part.slot = decided.slot
    ), renamed AS (
        UPDATE member SET first_name = decided.first_name, last_name = decided.last_name,
            first_name_first = decided.first_name_first, last_name_first = decided.last_name_first
        FROM decided
        WHERE decided.decision = 0 AND member.program_id = $1 AND member.member_id = decided.member_id
            AND (member.first_name <> decided.first_name OR member.last_name <> decided.last_name)
    ), saved AS (
        INSERT INTO part AS old (program_id, member_id, kind, slot, item, value, unique_key, shared_as, has_sharers, position)
        SELECT $1, member_id, kind, slot, item, value, unique_key, 0, false, place + (
            SELECT coalesce(max(position), 0) FROM part AS others
            WHERE others.program_id = $1 AND others.member_id = decided.member_id AND others.kind = decided.kind)
        FROM decided WHERE decision = 0 AND value IS NOT NULL ORDER BY kind, unique_key, member_id, slot
        ON CONFLICT (program_id, member_id, kind, slot) DO UPDATE SET
            item = excluded.item,
            value = excluded.value,
            unique_key = excluded.unique_key,
            shared_as = CASE WHEN old.unique_key = excluded.unique_key THEN old.shared_as ELSE 0 END,
            has_sharers = old.has_sharers AND old.unique_key = excluded.unique_key
    )
    SELECT max(decision) FROM decided GROUP BY write ORDER BY write";

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
    let writes = jobs.iter().filter_map(|job| match &job.write {
        Write::ChangeParts(write) => Some(write),
        Write::SavePhone(_) | Write::ReplaceVerification(_) => None,
    });
    let changes: Vec<(i32, &ChangeParts, &PartChange)> = (0..)
        .zip(writes)
        .flat_map(|(place, write)| write.changes.iter().map(move |change| (place, write, change)))
        .collect();
    let parts: Vec<_> = changes
        .iter()
        .map(|(_, _, change)| match change {
            PartChange::Put { part, may_be_shared } => (Some(part), *may_be_shared),
            PartChange::Remove { .. } => (None, false),
        })
        .collect();
    let places: Vec<_> = changes.iter().map(|(place, ..)| *place).collect();
    let members: Vec<_> = changes.iter().map(|(_, write, _)| write.member.0).collect();
    let kinds: Vec<_> = changes.iter().map(|(.., change)| change.place().0.name()).collect();
    let slots: Vec<_> = changes.iter().map(|(.., change)| change.place().1).collect();
    let items: Vec<_> = parts.iter().map(|(part, _)| part.map(|part| part.item.as_str())).collect();
    let values: Vec<_> = parts.iter().map(|(part, _)| part.map(|part| part.value.as_str())).collect();
    let keys: Vec<_> = parts.iter().map(|(part, _)| part.and_then(|part| part.key.as_deref())).collect();
    let may_be_shared: Vec<_> = parts.iter().map(|(_, may_be_shared)| *may_be_shared).collect();
    let names =
        parts.iter().map(|(part, _)| part.filter(|part| part.kind == PartKind::Core).map(names::of).transpose());
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let first_names: Vec<_> = names.iter().map(|core| core.as_ref().map(|core| &core.first_name)).collect();
    let last_names: Vec<_> = names.iter().map(|core| core.as_ref().map(|core| &core.last_name)).collect();
    let name_keys: Vec<_> =
        names.iter().map(|core| core.as_ref().map(|core| NameKeys::of(&core.first_name, &core.last_name))).collect();
    let by_first: Vec<_> = name_keys.iter().map(|keys| keys.as_ref().map(|keys| &keys.first_name_first)).collect();
    let by_last: Vec<_> = name_keys.iter().map(|keys| keys.as_ref().map(|keys| &keys.last_name_first)).collect();
    let rows = client
        .query(
            statement,
            &[
                &program.0,
                &epoch,
                &places,
                &members,
                &kinds,
                &slots,
                &items,
                &values,
                &keys,
                &may_be_shared,
                &first_names,
                &last_names,
                &by_first,
                &by_last,
            ],
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
    let texts = [T::TEXT_ARRAY; 5];
    let names = [T::TEXT_ARRAY; 4];
    let types =
        [[T::INT8, T::INT8, T::INT4_ARRAY, T::INT4_ARRAY].as_slice(), &texts, &[T::BOOL_ARRAY], &names].concat();
    Ok(client.prepare_typed(CHANGE, &types).await?)
}
