//! Reads programs and members as a seed would say them.

use std::iter::Peekable;
use std::mem;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, ToSql, params};

use super::{from_json, parts, verifications};
use crate::domain::{MemberId, SecurityToken};
use crate::ledger::chunks::MEMBERS_IN_A_PIECE;
use crate::ledger::seed::PhoneSeed;
use crate::ledger::{
    ItemId, Items, MemberState, PhoneState, ProgramDocument, ProgramId, ProgramState, StateChunk, TokenState,
};

/// All programs in the order in which they were made, or one of them, chunk by chunk, for as long as they are taken. There is never
/// more than one chunk in memory.
pub fn walk<E: From<rusqlite::Error>>(
    connection: &Connection,
    program: Option<ProgramId>,
    take: &mut impl FnMut(StateChunk) -> Result<(), E>,
) -> Result<(), E> {
    let sql = "SELECT program_id, name, document FROM program WHERE ?1 IS NULL OR program_id = ?1 ORDER BY program_id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut programs = statement.query([program.map(|program| program.0)])?;
    while let Some(row) = programs.next()? {
        walk_program(connection, row, take)?;
    }
    Ok(())
}

/// Those of the members that are there, in the order in which they were asked for.
pub fn read_members(
    connection: &Connection,
    program: ProgramId,
    members: impl IntoIterator<Item = MemberId>,
) -> rusqlite::Result<Vec<MemberState>> {
    let sql = "SELECT document FROM program WHERE program_id = ?1";
    let document = connection.prepare_cached(sql)?.query_row([program.0], |row| from_json(row, 0)).optional()?;
    let Some(ProgramDocument { items, .. }) = document else { return Ok(Vec::new()) };
    let mut names = connection.prepare_cached(
        "SELECT member_id, first_name, last_name FROM member WHERE program_id = ?1 AND member_id = ?2",
    )?;
    let mut phones = connection.prepare_cached(
        "SELECT member_id, phone_number_type_id, number, extension, mobile_carrier_id, is_valid
         FROM phone WHERE program_id = ?1 AND member_id = ?2 ORDER BY phone_number_type_id",
    )?;
    let mut found = Vec::new();
    for member in members {
        join(connection, program, &items, &mut names, &mut phones, params![program.0, member.0], |member| {
            found.push(member);
            Ok::<_, rusqlite::Error>(())
        })?;
    }
    Ok(found)
}

fn walk_program<E: From<rusqlite::Error>>(
    connection: &Connection,
    row: &Row<'_>,
    take: &mut impl FnMut(StateChunk) -> Result<(), E>,
) -> Result<(), E> {
    let id = ProgramId(row.get(0)?);
    let document: ProgramDocument = from_json(row, 2)?;
    let items = document.items.clone();
    let mut names = connection.prepare_cached(
        "SELECT member_id, first_name, last_name FROM member WHERE program_id = ?1 ORDER BY member_id",
    )?;
    let mut phones = connection.prepare_cached(
        "SELECT member_id, phone_number_type_id, number, extension, mobile_carrier_id, is_valid
         FROM phone WHERE program_id = ?1 ORDER BY member_id, phone_number_type_id",
    )?;
    let (tokens, proofs) = (read_tokens(connection, id)?, verifications::read(connection, id)?);
    take(StateChunk::Program(Box::new(ProgramState::of(row.get(1)?, document, tokens, proofs))))?;
    let mut chunk = Vec::new();
    join(connection, id, &items, &mut names, &mut phones, params![id.0], |member| {
        chunk.push(member);
        match chunk.len() {
            MEMBERS_IN_A_PIECE => take(StateChunk::Members(mem::take(&mut chunk))),
            _ => Ok(()),
        }
    })?;
    if chunk.is_empty() { Ok(()) } else { take(StateChunk::Members(chunk)) }
}

fn read_tokens(connection: &Connection, program: ProgramId) -> rusqlite::Result<Vec<TokenState>> {
    let mut statement = connection.prepare_cached(
        "SELECT token, methods, suspended, template, expires_at FROM security_token WHERE program_id = ?1 ORDER BY token",
    )?;
    let tokens = statement.query_map([program.0], |row| {
        Ok(TokenState {
            token: SecurityToken::new(row.get::<_, String>(0)?),
            methods: from_json(row, 1)?,
            suspended: row.get(2)?,
            template: row.get(3)?,
            expires_at: row.get::<_, Option<i64>>(4)?.and_then(|end| Timestamp::from_millisecond(end).ok()),
        })
    })?;
    tokens.collect()
}

/// Members, each with its numbers and parts, the former from two statements that go side by side in the order of member ids.
fn join<E: From<rusqlite::Error>>(
    connection: &Connection,
    program: ProgramId,
    items: &Items,
    names: &mut CachedStatement<'_>,
    phones: &mut CachedStatement<'_>,
    key: &[&dyn ToSql],
    mut take: impl FnMut(MemberState) -> Result<(), E>,
) -> Result<(), E> {
    let mut phones = phones.query_map(key, |row| read_phone(items, row))?.peekable();
    let mut members = names.query(key)?;
    while let Some(row) = members.next()? {
        let member_id = row.get(0)?;
        let phones = phones_of(&mut phones, member_id)?;
        let (first_name, last_name) = (row.get(1)?, row.get(2)?);
        let member_id = MemberId(member_id);
        let mut member = MemberState { member_id, first_name, last_name, phones, ..MemberState::default() };
        for part in parts::find(connection, program, member_id, None)? {
            member
                .add(&part)
                .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))?;
        }
        take(member)?;
    }
    Ok(())
}

/// A number with the member that has it.
type Held = rusqlite::Result<(i32, PhoneState)>;

/// Takes the numbers of a member off the front.
fn phones_of(phones: &mut Peekable<impl Iterator<Item = Held>>, member: i32) -> rusqlite::Result<Vec<PhoneState>> {
    let is_due = |held: &Held| held.as_ref().map_or(true, |(holder, _)| *holder <= member);
    let mut own = Vec::new();
    while let Some(held) = phones.next_if(is_due) {
        let (holder, phone) = held?;
        if holder == member {
            own.push(phone);
        }
    }
    Ok(own)
}

fn read_phone(items: &Items, row: &Row<'_>) -> Held {
    let phone = PhoneSeed {
        phone_number_type: ItemId(row.get(1)?),
        number: row.get(2)?,
        extension: row.get(3)?,
        mobile_carrier: row.get::<_, Option<u16>>(4)?.map(ItemId),
        is_valid: row.get(5)?,
    };
    let unknown = rusqlite::Error::IntegralValueOutOfRange(1, phone.phone_number_type.0.into());
    Ok((row.get(0)?, phone.state(items).ok_or(unknown)?))
}
