//! Saves values that one member may hold at most, inside a transaction that others share. A table of such values has a unique index
//! on program, key and `shared_as`.
//!
//! Nothing is written before the last refusal is known, so a refusal needs no savepoint: the first write is the row itself,
//! and the unique index either takes it or changes nothing.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, ffi};

use crate::domain::MemberId;
use crate::ledger::{ProgramId, Written};

/// The owner of a key is marked so; see the schema.
pub const OWNER: i64 = 0;

/// The statements of a table. Their parameters are those of [`UniqueRow`].
pub struct Statements {
    /// By slot: what stands there, as [`UniqueRow::read`] has it. One row with NULL if the member has nothing there, none if there is no
    /// such member: who has something is a member.
    pub find: &'static str,
    /// By row.
    pub insert: &'static str,
    /// By row.
    pub update: &'static str,
    /// By row: the key stays, and with it who owns and shares it.
    pub update_details: &'static str,
    /// By slot: `RETURNING` key, `shared_as`, `has_sharers`.
    pub remove: &'static str,
    /// By key: notes in the owner's row that somebody shares it.
    pub note_sharer: &'static str,
    /// By key and member: who else holds it, its owner first.
    pub find_holder: &'static str,
    /// By key: makes one of those who share it its owner.
    pub hand_over: &'static str,
}

/// A row of a table of unique values.
pub trait UniqueRow {
    const SQL: Statements;
    type Key: PartialEq;

    fn program(&self) -> ProgramId;
    fn member(&self) -> MemberId;
    fn key(&self) -> Self::Key;
    fn may_be_shared(&self) -> bool;
    /// A mark that no other row with this key has.
    fn own_mark(&self, connection: &Connection) -> rusqlite::Result<i64>;

    /// Where the value goes.
    fn with_slot<T>(&self, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T;
    /// The slot, and all that is written there.
    fn with_row<T>(&self, shared_as: i64, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T;
    fn with_key<T>(program: ProgramId, key: &Self::Key, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T;
    fn with_key_and_member<T>(&self, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T;

    /// What [`Statements::find`] gives; `None` if the member has nothing there.
    fn read(&self, row: &Row<'_>) -> rusqlite::Result<Option<Current<Self::Key>>>;
    /// The key in the first columns of what [`Statements::remove`] gives, and the column behind it.
    fn read_key(row: &Row<'_>) -> rusqlite::Result<(Self::Key, usize)>;
}

/// What stands where a value is to go.
pub struct Current<K> {
    pub key: K,
    pub is_owner: bool,
    pub has_sharers: bool,
    /// Whether all but the key is what is to be written.
    pub has_same_details: bool,
}

/// Runs one save; see [`Written`].
///
/// # Errors
/// Only failures of the database, after which the transaction must be rolled back.
pub fn save<U: UniqueRow>(connection: &Connection, row: &U) -> rusqlite::Result<Written> {
    let mut find = connection.prepare_cached(U::SQL.find)?;
    let found = row.with_slot(|slot| find.query_row(slot, |found| row.read(found)).optional())?;
    match found {
        None => Ok(Written::NoSuchMember),
        Some(None) => take_key(connection, row, U::SQL.insert),
        Some(Some(current)) if current.key == row.key() => change_details(connection, row, &current),
        Some(Some(current)) => {
            let saved = take_key(connection, row, U::SQL.update)?;
            if saved == Written::Done && current.is_owner && current.has_sharers {
                hand_over::<U>(connection, row.program(), &current.key)?;
            }
            Ok(saved)
        }
    }
}

/// The member has the key already: only what goes with it may change.
fn change_details<U: UniqueRow>(
    connection: &Connection,
    row: &U,
    current: &Current<U::Key>,
) -> rusqlite::Result<Written> {
    let is_shared = !current.is_owner || current.has_sharers;
    if is_shared && !row.may_be_shared() && find_holder(connection, row)?.is_some() {
        return Ok(Written::HeldByAnotherMember);
    }
    if !current.has_same_details {
        let mut update = connection.prepare_cached(U::SQL.update_details)?;
        row.with_row(OWNER, |values| update.execute(values))?;
    }
    Ok(Written::Done)
}

/// Writes the row with a key that is new to it. The unique index decides; only when it objects is anybody asked.
fn take_key<U: UniqueRow>(connection: &Connection, row: &U, statement: &str) -> rusqlite::Result<Written> {
    let write = |shared_as| {
        let mut statement = connection.prepare_cached(statement)?;
        row.with_row(shared_as, |values| statement.execute(values)).map(drop)
    };
    match write(OWNER) {
        Ok(()) => Ok(Written::Done),
        Err(error) if is_taken(&error) => {
            if !row.may_be_shared() && find_holder(connection, row)?.is_some() {
                return Ok(Written::HeldByAnotherMember);
            }
            let mut note = connection.prepare_cached(U::SQL.note_sharer)?;
            U::with_key(row.program(), &row.key(), |key| note.execute(key))?;
            write(row.own_mark(connection)?).map(|()| Written::Done)
        }
        Err(error) => Err(error),
    }
}

fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE)
}

/// Another member who holds the key: its owner, or one who shares it.
pub fn find_holder<U: UniqueRow>(connection: &Connection, row: &U) -> rusqlite::Result<Option<MemberId>> {
    let mut find = connection.prepare_cached(U::SQL.find_holder)?;
    row.with_key_and_member(|key| find.query_row(key, |row| row.get(0).map(MemberId)).optional())
}

/// Removes what is in a slot, if there is something, so that who owns and shares its key stays true.
pub fn remove<U: UniqueRow>(connection: &Connection, program: ProgramId, slot: &[&dyn ToSql]) -> rusqlite::Result<()> {
    let removed = connection.prepare_cached(U::SQL.remove)?.query_row(slot, |row| {
        let (key, next) = U::read_key(row)?;
        Ok((key, row.get::<_, i64>(next)? == OWNER && row.get(next + 1)?))
    });
    match removed.optional()? {
        Some((key, true)) => hand_over::<U>(connection, program, &key),
        _ => Ok(()),
    }
}

/// Makes one of those who share a key its owner, when the owner has left it.
fn hand_over<U: UniqueRow>(connection: &Connection, program: ProgramId, key: &U::Key) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(U::SQL.hand_over)?;
    U::with_key(program, key, |key| statement.execute(key)).map(drop)
}
