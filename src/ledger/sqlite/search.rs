//! Looks for members.

use std::collections::BTreeSet;

use rusqlite::{Connection, Params, params};

use super::states;
use crate::domain::MemberId;
use crate::ledger::{Beginning, MemberSearch, MemberState, PartKind, ProgramId};

/// Needs the primary key alone, so that the first page of millions is quick.
const ALL: &str = "
    SELECT member_id FROM member WHERE program_id = ?1 AND member_id > ?2 ORDER BY member_id LIMIT ?3";

const BY_ID: &str = "
    SELECT member_id FROM member WHERE program_id = ?1 AND member_id BETWEEN ?3 AND ?4 AND member_id > ?2";

const BY_FIRST_NAME: &str = "
    SELECT member_id FROM member WHERE program_id = ?1 AND first_name_first BETWEEN ?3 AND ?4 AND member_id > ?2";

const BY_LAST_NAME: &str = "
    SELECT member_id FROM member WHERE program_id = ?1 AND last_name_first BETWEEN ?3 AND ?4 AND member_id > ?2";

const BY_NUMBER: &str = "
    SELECT member_id FROM phone WHERE program_id = ?1 AND number BETWEEN ?3 AND ?4 AND member_id > ?2";

const BY_KEY: &str = "
    SELECT member_id FROM part WHERE program_id = ?1 AND kind = ?5 AND unique_key BETWEEN ?3 AND ?4 AND member_id > ?2";

/// Before the first member.
const START: i64 = i64::MIN;

/// Finds members by id.
pub fn search(
    connection: &Connection,
    program: ProgramId,
    search: &MemberSearch,
) -> rusqlite::Result<Vec<MemberState>> {
    let after = search.after.map_or(START, |member| member.0.into());
    let mut found = Found { connection, limit: search.limit as usize, members: BTreeSet::new() };
    match &search.beginning {
        None => found.add(ALL, params![program.0, after, search.limit])?,
        Some(beginning) => find(&mut found, program.0, after, beginning)?,
    }
    states::read_members(connection, program, found.members)
}

fn find(found: &mut Found<'_>, program: i64, after: i64, beginning: &Beginning) -> rusqlite::Result<()> {
    let Beginning { names, emails, account_ids, member_ids, numbers } = beginning;
    if let Some((first, last)) = names {
        found.add(BY_FIRST_NAME, params![program, after, first, last])?;
        found.add(BY_LAST_NAME, params![program, after, first, last])?;
    }
    for (kind, range) in [(PartKind::Email, emails), (PartKind::AccountId, account_ids)] {
        if let Some((first, last)) = range {
            found.add(BY_KEY, params![program, after, first, last, kind.name()])?;
        }
    }
    for (sql, ranges) in [(BY_ID, member_ids), (BY_NUMBER, numbers)] {
        for (first, last) in ranges {
            found.add(sql, params![program, after, first, last])?;
        }
    }
    Ok(())
}

/// The first of those that were found.
struct Found<'c> {
    connection: &'c Connection,
    limit: usize,
    members: BTreeSet<MemberId>,
}

impl Found<'_> {
    fn add(&mut self, sql: &str, parameters: impl Params) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        for member in statement.query_map(parameters, |row| row.get(0).map(MemberId))? {
            self.members.insert(member?);
            if self.members.len() > self.limit {
                self.members.pop_last();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sqlite::database::Database;

    /// What is searched in the index goes up to the end of the range; a table or an index as a whole is never scanned.
    #[test]
    fn every_search_goes_along_an_index() {
        let database = Database::in_memory().expect("a ledger");
        for (sql, expected) in [
            (ALL, "SEARCH member USING PRIMARY KEY (program_id=? AND member_id>?)"),
            (BY_ID, "SEARCH member USING PRIMARY KEY (program_id=? AND member_id>? AND member_id<?)"),
            (
                BY_FIRST_NAME,
                "SEARCH member USING COVERING INDEX member_first_name (program_id=? AND first_name_first>? AND first_name_first<?)",
            ),
            (
                BY_LAST_NAME,
                "SEARCH member USING COVERING INDEX member_last_name (program_id=? AND last_name_first>? AND last_name_first<?)",
            ),
            (BY_NUMBER, "SEARCH phone USING COVERING INDEX phone_number (program_id=? AND number>? AND number<?)"),
            (
                BY_KEY,
                "SEARCH part USING COVERING INDEX part_key (program_id=? AND kind=? AND unique_key>? AND unique_key<?)",
            ),
        ] {
            let mut statement = database.connection().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
            for parameter in 1..=statement.parameter_count() {
                statement.raw_bind_parameter(parameter, "x").expect(sql);
            }
            let mut rows = statement.raw_query();
            let mut plan: Vec<String> = Vec::new();
            while let Some(row) = rows.next().expect(sql) {
                plan.push(row.get("detail").expect(sql));
            }
            assert_eq!(plan, [expected], "{sql}");
        }
    }
}
