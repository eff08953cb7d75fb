//! Looks for members.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::states;
use crate::domain::MemberId;
use crate::ledger::queries::{addresses_beginning_with, numbers_beginning_with};
use crate::ledger::{MemberSearch, MemberState, PartKind, ProgramId};

/// Needs the primary key alone, so that the first page of millions is quick.
const ALL: &str = "
    SELECT member_id FROM member WHERE program_id = ?1 AND member_id > ?2 ORDER BY member_id LIMIT ?3";

/// `lower` and `instr` know no patterns, so that `%` and `_` are plain characters.
const BY_NAME_OR_ID: &str = "
    SELECT member_id FROM member
    WHERE program_id = ?1 AND member_id > ?2
        AND (instr(lower(first_name || ' ' || last_name), lower(?4)) > 0 OR instr(CAST(member_id AS TEXT), ?4) = 1)
    ORDER BY member_id LIMIT ?3";

/// Goes along the unique index, which has all of this.
const BY_NUMBER: &str = "
    SELECT member_id FROM phone WHERE program_id = ?1 AND number BETWEEN ?2 AND ?3 AND member_id > ?4";

/// Goes along the unique index.
const BY_ADDRESS: &str = "
    SELECT member_id FROM part
    WHERE program_id = ?1 AND kind = ?5 AND unique_key BETWEEN ?2 AND ?3 AND member_id > ?4";

/// Before the first member.
const START: i64 = i64::MIN;

/// Finds members by id.
pub fn search(
    connection: &Connection,
    program: ProgramId,
    search: &MemberSearch,
) -> rusqlite::Result<Vec<MemberState>> {
    states::read_members(connection, program, find(connection, program, search)?)
}

fn find(connection: &Connection, program: ProgramId, search: &MemberSearch) -> rusqlite::Result<BTreeSet<MemberId>> {
    let text = search.text.trim();
    let after = search.after.map_or(START, |member| member.0.into());
    if text.is_empty() {
        let mut statement = connection.prepare_cached(ALL)?;
        return statement.query_map(params![program.0, after, search.limit], |row| row.get(0).map(MemberId))?.collect();
    }
    let mut found: BTreeSet<MemberId> = connection
        .prepare_cached(BY_NAME_OR_ID)?
        .query_map(params![program.0, after, search.limit, text], |row| row.get(0).map(MemberId))?
        .collect::<rusqlite::Result<_>>()?;
    let mut by_number = connection.prepare_cached(BY_NUMBER)?;
    for (first, last) in numbers_beginning_with(text) {
        let members = by_number.query_map(params![program.0, first, last, after], |row| row.get(0).map(MemberId))?;
        for member in members {
            keep_smallest(&mut found, member?, search.limit);
        }
    }
    let (first, last) = addresses_beginning_with(text);
    let mut by_address = connection.prepare_cached(BY_ADDRESS)?;
    let addresses = params![program.0, first, last, after, PartKind::Email.name()];
    for member in by_address.query_map(addresses, |row| row.get(0).map(MemberId))? {
        keep_smallest(&mut found, member?, search.limit);
    }
    Ok(found)
}

/// Adds a member, and drops the largest one if there are too many.
fn keep_smallest(found: &mut BTreeSet<MemberId>, member: MemberId, limit: u32) {
    found.insert(member);
    if found.len() > limit as usize {
        found.pop_last();
    }
}
