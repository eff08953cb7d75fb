//! Adds many members with their numbers and parts, in a few statements: for seeds and imports.

use std::collections::HashSet;

use tokio_postgres::{Row, Transaction};

use super::change_error::ChangeError;
use super::errors::PgError;
use super::phones::digits;
use crate::domain::{E164, MemberId, ProgramSettings};
use crate::ledger::queries::NameKeys;
use crate::ledger::seed::{MemberSeed, PhoneSeed, may_be_shared};
use crate::ledger::{Changed, Part, PartKind, ProgramId};

/// How many members go in one statement.
const CHUNK: usize = 1000;

const ADD_MEMBERS: &str = "
    INSERT INTO member (program_id, member_id, first_name, last_name, first_name_first, last_name_first)
    SELECT $1, member_id, first_name, last_name, first_name_first, last_name_first
    FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
        AS new (member_id, first_name, last_name, first_name_first, last_name_first)
    ON CONFLICT DO NOTHING
    RETURNING member_id";

const ADD_PHONES: &str = "
    INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, has_sharers, mobile_carrier_id,
                       is_valid, extension)
    SELECT $1, member_id, phone_number_type_id, number, shared_as, has_sharers, mobile_carrier_id, is_valid, extension
    FROM unnest($2::int[], $3::int[], $4::bigint[], $5::bigint[], $6::boolean[], $7::int[], $8::boolean[], $9::text[])
        AS new (member_id, phone_number_type_id, number, shared_as, has_sharers, mobile_carrier_id, is_valid, extension)
    ON CONFLICT DO NOTHING";

const FIND_CONFLICT: &str = "
    SELECT phone.number, phone.member_id
    FROM unnest($2::int[], $3::bigint[]) AS new (member_id, number)
    JOIN phone ON phone.program_id = $1 AND phone.number = new.number AND phone.member_id <> new.member_id
    LIMIT 1";

/// Until this is run, every row has a mark of its own.
const SETTLE_OWNERS: &str = "
    UPDATE phone SET shared_as = 0, has_sharers = held.rows > 1
    FROM (SELECT number, min(shared_as) AS first, count(*) AS rows FROM phone WHERE program_id = $1 GROUP BY number) AS held
    WHERE phone.program_id = $1 AND phone.number = held.number AND phone.shared_as = held.first";

const SETTLE_OWNERS_OF_PARTS: &str = "
    UPDATE part SET shared_as = 0, has_sharers = held.rows > 1
    FROM (SELECT unique_key, min(shared_as) AS first, count(*) AS rows FROM part
          WHERE program_id = $1 AND kind = $2 AND unique_key IS NOT NULL GROUP BY unique_key) AS held
    WHERE part.program_id = $1 AND part.kind = $2 AND part.unique_key = held.unique_key AND part.shared_as = held.first";

const ADD_PARTS: &str = "
    INSERT INTO part (program_id, member_id, kind, slot, item, value, unique_key, shared_as, has_sharers, position)
    SELECT $1, member_id, kind, slot, item, value, unique_key, shared_as, has_sharers, position
    FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::boolean[], $10::bigint[])
        AS new (member_id, kind, slot, item, value, unique_key, shared_as, has_sharers, position)
    ON CONFLICT DO NOTHING";

const FIND_CONFLICT_OF_PARTS: &str = "
    SELECT part.kind, part.member_id
    FROM unnest($2::int[], $3::text[], $4::text[]) AS new (member_id, kind, unique_key)
    JOIN part ON part.program_id = $1 AND part.kind = new.kind AND part.unique_key = new.unique_key
        AND part.member_id <> new.member_id
    LIMIT 1";

/// Adds many members of a new program. Where numbers may be shared, [`settle_owners`] has to follow once all are added.
///
/// # Errors
/// [`ChangeError`].
pub async fn add(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    members: &[MemberSeed],
) -> Result<(), ChangeError> {
    for chunk in members.chunks(CHUNK) {
        let ids: Vec<_> = chunk.iter().map(|member| member.member_id.0).collect();
        let first_names: Vec<_> = chunk.iter().map(|member| member.first_name.as_str()).collect();
        let last_names: Vec<_> = chunk.iter().map(|member| member.last_name.as_str()).collect();
        let keys: Vec<_> = chunk.iter().map(|member| NameKeys::of(&member.first_name, &member.last_name)).collect();
        let by_first: Vec<_> = keys.iter().map(|keys| keys.first_name_first.as_str()).collect();
        let by_last: Vec<_> = keys.iter().map(|keys| keys.last_name_first.as_str()).collect();
        let added =
            transaction.query(ADD_MEMBERS, &[&program.0, &ids, &first_names, &last_names, &by_first, &by_last]).await?;
        if added.len() < chunk.len() {
            return Err(ChangeError::Refused(Changed::MemberTwice(twice(&ids, &added))));
        }
        add_phones(transaction, program, settings, chunk).await?;
        add_parts(transaction, program, settings, chunk).await?;
    }
    Ok(())
}

/// Gives every number and key of a program an owner.
///
/// # Errors
/// [`ChangeError`].
pub async fn settle_owners(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
) -> Result<(), ChangeError> {
    if !settings.duplicate_phone_check.0 {
        transaction.execute(SETTLE_OWNERS, &[&program.0]).await?;
    }
    for kind in PartKind::ALL.into_iter().filter(|kind| may_be_shared(*kind, settings)) {
        transaction.execute(SETTLE_OWNERS_OF_PARTS, &[&program.0, &kind.name()]).await?;
    }
    Ok(())
}

async fn add_phones(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    members: &[MemberSeed],
) -> Result<(), ChangeError> {
    let are_unique = settings.duplicate_phone_check.0;
    let phones: Vec<_> =
        members.iter().flat_map(|member| member.phones.iter().map(move |phone| (member, phone))).collect();
    if phones.is_empty() {
        return Ok(());
    }
    let column = |value: fn(&MemberSeed, &PhoneSeed) -> i32| -> Vec<i32> {
        phones.iter().map(|(member, phone)| value(member, phone)).collect()
    };
    let ids = column(|member, _| member.member_id.0);
    let types = column(|_, phone| i32::from(phone.phone_number_type.0));
    let numbers: Vec<_> = phones.iter().map(|(_, phone)| digits(phone.number)).collect();
    // Where numbers are unique, only another type of the same member can share one.
    let marks: Vec<_> = phones
        .iter()
        .map(|(member, phone)| {
            let own = i64::from(member.member_id.0) * 65_536 + i64::from(phone.phone_number_type.0);
            if are_unique && is_first(member, phone) { 0 } else { own }
        })
        .collect();
    let have_sharers: Vec<_> = phones
        .iter()
        .map(|(member, phone)| {
            let same = member.phones.iter().filter(|other| other.number == phone.number).count();
            are_unique && same > 1 && is_first(member, phone)
        })
        .collect();
    let carriers: Vec<_> =
        phones.iter().map(|(_, phone)| phone.mobile_carrier.map(|carrier| i32::from(carrier.0))).collect();
    let are_valid: Vec<_> = phones.iter().map(|(_, phone)| phone.is_valid).collect();
    let extensions: Vec<_> = phones.iter().map(|(_, phone)| phone.extension.as_deref()).collect();
    let added = transaction
        .execute(
            ADD_PHONES,
            &[&program.0, &ids, &types, &numbers, &marks, &have_sharers, &carriers, &are_valid, &extensions],
        )
        .await?;
    if added == phones.len() as u64 {
        return Ok(());
    }
    let conflict = transaction.query_opt(FIND_CONFLICT, &[&program.0, &ids, &numbers]).await?;
    let taken = conflict.and_then(|row| {
        let number = E164::new(row.get::<_, i64>(0).unsigned_abs())?;
        Some(Changed::NumberTaken { number, holder: MemberId(row.get(1)) })
    });
    Err(taken.map_or_else(|| PgError::Refused("some numbers could not be added".into()).into(), ChangeError::Refused))
}

async fn add_parts(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    members: &[MemberSeed],
) -> Result<(), ChangeError> {
    let parts: Vec<_> = members
        .iter()
        .flat_map(|member| (1i64..).zip(&member.parts).map(move |(position, part)| (member, part, position)))
        .collect();
    if parts.is_empty() {
        return Ok(());
    }
    let has_key = |part: &Part, other: &Part| part.key.is_some() && (part.kind, &part.key) == (other.kind, &other.key);
    // As with numbers: where keys are unique, only another slot of the same member can share one.
    let is_owner = |member: &MemberSeed, part: &Part| {
        part.key.is_none()
            || !may_be_shared(part.kind, settings)
                && member.parts.iter().find(|other| has_key(part, other)).is_some_and(|first| std::ptr::eq(first, part))
    };
    let marks: Vec<_> = parts
        .iter()
        .map(
            |(member, part, position)| {
                if is_owner(member, part) { 0 } else { i64::from(member.member_id.0) * 65_536 + position }
            },
        )
        .collect();
    let have_sharers: Vec<_> = parts
        .iter()
        .map(|(member, part, _)| {
            is_owner(member, part) && member.parts.iter().filter(|other| has_key(part, other)).count() > 1
        })
        .collect();
    let ids: Vec<_> = parts.iter().map(|(member, ..)| member.member_id.0).collect();
    let kinds: Vec<_> = parts.iter().map(|(_, part, _)| part.kind.name()).collect();
    let slots: Vec<_> = parts.iter().map(|(_, part, _)| part.slot.as_str()).collect();
    let items: Vec<_> = parts.iter().map(|(_, part, _)| part.item.as_str()).collect();
    let values: Vec<_> = parts.iter().map(|(_, part, _)| part.value.as_str()).collect();
    let keys: Vec<_> = parts.iter().map(|(_, part, _)| part.key.as_deref()).collect();
    let positions: Vec<_> = parts.iter().map(|(.., position)| *position).collect();
    let added = transaction
        .execute(
            ADD_PARTS,
            &[&program.0, &ids, &kinds, &slots, &items, &values, &keys, &marks, &have_sharers, &positions],
        )
        .await?;
    if added == parts.len() as u64 {
        return Ok(());
    }
    let conflict = transaction.query_opt(FIND_CONFLICT_OF_PARTS, &[&program.0, &ids, &kinds, &keys]).await?;
    let taken = conflict.and_then(|row| {
        let kind = PartKind::named(row.get(0))?;
        Some(Changed::PartTaken { kind, holder: MemberId(row.get(1)) })
    });
    Err(taken.map_or_else(|| PgError::Refused("some parts could not be added".into()).into(), ChangeError::Refused))
}

/// The member who couldn't be added, because it was there already or is asked for twice.
fn twice(asked: &[i32], added: &[Row]) -> MemberId {
    let mut added: HashSet<i32> = added.iter().map(|row| row.get(0)).collect();
    MemberId(asked.iter().copied().find(|id| !added.remove(id)).unwrap_or_default())
}

/// Whether no type of the member before this one has the same number.
fn is_first(member: &MemberSeed, phone: &PhoneSeed) -> bool {
    member.phones.iter().find(|other| other.number == phone.number).is_some_and(|first| std::ptr::eq(first, phone))
}
