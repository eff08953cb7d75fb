//! Parts of members. Those that have a key are [unique values](super::unique); for the others nobody competes.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::names;
use super::unique::{self, Current, OWNER, Statements, UniqueRow};
use crate::domain::MemberId;
use crate::ledger::{ChangeParts, FoundParts, Part, PartChange, PartKind, ProgramId, Written};

const IS_MEMBER: &str = "SELECT EXISTS (SELECT 1 FROM member WHERE program_id = ?1 AND member_id = ?2)";

/// Whether the program has this member.
pub fn is_member(connection: &Connection, program: ProgramId, member: MemberId) -> rusqlite::Result<bool> {
    connection.prepare_cached(IS_MEMBER)?.query_row(params![program.0, member.0], |row| row.get(0))
}

/// Changes parts of a member, all or none. A savepoint, for which SQLite copies pages, is made only where a change can be refused
/// behind others: nobody competes for what has no key.
///
/// # Errors
/// Only failures of the database, after which the transaction must be rolled back.
pub fn change(connection: &Connection, write: &ChangeParts) -> rusqlite::Result<Written> {
    let may_be_refused = |change: &PartChange| matches!(change, PartChange::Put { part, .. } if part.key.is_some());
    if write.changes.len() == 1 || !write.changes.iter().any(may_be_refused) {
        return change_each(connection, write);
    }
    connection.prepare_cached("SAVEPOINT parts")?.execute([])?;
    let written = change_each(connection, write)?;
    if written != Written::Done {
        connection.prepare_cached("ROLLBACK TO parts")?.execute([])?;
    }
    connection.prepare_cached("RELEASE parts")?.execute([])?;
    Ok(written)
}

fn change_each(connection: &Connection, write: &ChangeParts) -> rusqlite::Result<Written> {
    let (program, member) = (write.program, write.member);
    if !is_member(connection, program, member)? {
        return Ok(Written::NoSuchMember);
    }
    for change in &write.changes {
        match change {
            PartChange::Put { part, may_be_shared } => {
                let row = PartRow { program, member, part, may_be_shared: *may_be_shared };
                match unique::save(connection, &row)? {
                    Written::Done if part.kind == PartKind::Core => {
                        names::rename(connection, program, member, part)?;
                    }
                    Written::Done => {}
                    refused => return Ok(refused),
                }
            }
            PartChange::Remove { kind, slot } => remove(connection, program, member, *kind, slot)?,
        }
    }
    Ok(Written::Done)
}

fn remove(
    connection: &Connection,
    program: ProgramId,
    member: MemberId,
    kind: PartKind,
    slot: &str,
) -> rusqlite::Result<()> {
    unique::remove::<PartRow<'_>>(connection, program, params![program.0, member.0, kind.name(), slot])
}

/// Removes all parts of a member.
pub fn remove_all(connection: &Connection, program: ProgramId, member: MemberId) -> rusqlite::Result<()> {
    for part in find(connection, program, member, None)? {
        remove(connection, program, member, part.kind, &part.slot)?;
    }
    Ok(())
}

const FIND: &str = "
    SELECT kind, slot, item, value, unique_key FROM part
    WHERE program_id = ?1 AND member_id = ?2 AND (?3 IS NULL OR kind = ?3) ORDER BY kind, position, slot";

/// A member with its parts of these kinds; `None` if there is no such member.
pub fn find_member(
    connection: &Connection,
    program: ProgramId,
    member: MemberId,
    kinds: &[PartKind],
) -> rusqlite::Result<Option<FoundParts>> {
    let sql = "SELECT first_name, last_name FROM member WHERE program_id = ?1 AND member_id = ?2";
    let names = connection.prepare_cached(sql)?.query_row(params![program.0, member.0], |row| {
        Ok(FoundParts { first_name: row.get(0)?, last_name: row.get(1)?, parts: Vec::new() })
    });
    let Some(mut found) = names.optional()? else { return Ok(None) };
    for kind in kinds {
        found.parts.append(&mut find(connection, program, member, Some(*kind))?);
    }
    Ok(Some(found))
}

/// The parts of a member of one kind, or all, in the order in which they were added.
pub fn find(
    connection: &Connection,
    program: ProgramId,
    member: MemberId,
    kind: Option<PartKind>,
) -> rusqlite::Result<Vec<Part>> {
    let mut statement = connection.prepare_cached(FIND)?;
    statement.query_map(params![program.0, member.0, kind.map(PartKind::name)], |row| read(row, 0))?.collect()
}

/// A part in the columns from this one on.
pub fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Part> {
    Ok(Part {
        kind: read_kind(row, first)?,
        slot: row.get(first + 1)?,
        item: row.get(first + 2)?,
        value: row.get(first + 3)?,
        key: row.get(first + 4)?,
    })
}

fn read_kind(row: &Row<'_>, column: usize) -> rusqlite::Result<PartKind> {
    let name = row.get_ref(column)?.as_str()?;
    PartKind::named(name).ok_or_else(|| rusqlite::Error::InvalidColumnType(column, name.to_owned(), Type::Text))
}

/// A part that is to be written.
pub struct PartRow<'a> {
    pub program: ProgramId,
    pub member: MemberId,
    pub part: &'a Part,
    pub may_be_shared: bool,
}

impl UniqueRow for PartRow<'_> {
    const SQL: Statements = Statements {
        find: "
            SELECT part.slot, part.unique_key, part.shared_as, part.has_sharers, part.item, part.value
            FROM (SELECT 1) LEFT JOIN part ON program_id = ?1 AND member_id = ?2 AND kind = ?3 AND slot = ?4",
        insert: "
            INSERT INTO part (program_id, member_id, kind, slot, unique_key, shared_as, item, value, position)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (
                SELECT coalesce(max(position), 0) + 1 FROM part WHERE program_id = ?1 AND member_id = ?2 AND kind = ?3))",
        update: "
            UPDATE part SET unique_key = ?5, shared_as = ?6, has_sharers = 0, item = ?7, value = ?8
            WHERE program_id = ?1 AND member_id = ?2 AND kind = ?3 AND slot = ?4",
        update_details: "
            UPDATE part SET item = ?7, value = ?8
            WHERE program_id = ?1 AND member_id = ?2 AND kind = ?3 AND slot = ?4",
        remove: "
            DELETE FROM part WHERE program_id = ?1 AND member_id = ?2 AND kind = ?3 AND slot = ?4
            RETURNING kind, unique_key, shared_as, has_sharers",
        note_sharer: "
            UPDATE part SET has_sharers = 1 WHERE program_id = ?1 AND kind = ?2 AND unique_key = ?3 AND shared_as = 0",
        find_holder: "
            SELECT member_id FROM part WHERE program_id = ?1 AND kind = ?2 AND unique_key = ?3 AND member_id <> ?4
            ORDER BY shared_as LIMIT 1",
        hand_over: "
            UPDATE part SET shared_as = 0, has_sharers = 1 WHERE (program_id, member_id, kind, slot) = (
                SELECT program_id, member_id, kind, slot FROM part
                WHERE program_id = ?1 AND kind = ?2 AND unique_key = ?3 ORDER BY shared_as LIMIT 1)",
    };
    type Key = (PartKind, Option<String>);

    fn program(&self) -> ProgramId {
        self.program
    }

    fn member(&self) -> MemberId {
        self.member
    }

    fn key(&self) -> Self::Key {
        (self.part.kind, self.part.key.clone())
    }

    fn may_be_shared(&self) -> bool {
        self.may_be_shared
    }

    /// The next one of those who share the key.
    fn own_mark(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let sql = "SELECT max(shared_as) + 1 FROM part WHERE program_id = ?1 AND kind = ?2 AND unique_key = ?3";
        let mut statement = connection.prepare_cached(sql)?;
        Self::with_key(self.program, &self.key(), |key| statement.query_row(key, |row| row.get(0)))
    }

    fn with_slot<T>(&self, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        run(params![self.program.0, self.member.0, self.part.kind.name(), self.part.slot])
    }

    fn with_row<T>(&self, shared_as: i64, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        let Part { kind, slot, item, value, key } = self.part;
        run(params![self.program.0, self.member.0, kind.name(), slot, key, shared_as, item, value])
    }

    fn with_key<T>(program: ProgramId, key: &Self::Key, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        run(params![program.0, key.0.name(), key.1])
    }

    fn with_key_and_member<T>(&self, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        run(params![self.program.0, self.part.kind.name(), self.part.key, self.member.0])
    }

    fn read(&self, row: &Row<'_>) -> rusqlite::Result<Option<Current<Self::Key>>> {
        if row.get_ref(0)?.as_str_or_null()?.is_none() {
            return Ok(None);
        }
        let has_same_details =
            row.get_ref(4)?.as_str()? == self.part.item && row.get_ref(5)?.as_str()? == self.part.value;
        let (is_owner, has_sharers) = (row.get::<_, i64>(2)? == OWNER, row.get(3)?);
        Ok(Some(Current { key: (self.part.kind, row.get(1)?), is_owner, has_sharers, has_same_details }))
    }

    fn read_key(row: &Row<'_>) -> rusqlite::Result<(Self::Key, usize)> {
        Ok(((read_kind(row, 0)?, row.get(1)?), 2))
    }
}
