//! Runs commands, for the first time or again from the redo log.

use rusqlite::{Connection, Transaction};

use super::redo::tail::{Tail, TailError};
use super::{parts, unique, verifications};
use crate::ledger::{Directory, ProgramId, Write, Written};

/// Runs a command, unless what it was derived from is gone: that is, if its program has another version by now.
pub fn if_current(connection: &Connection, directory: &Directory, command: &Write) -> rusqlite::Result<Written> {
    match command.version() {
        Some(version) if version != version_of(directory, command.program()) => Ok(Written::Outdated),
        _ => run(connection, command),
    }
}

/// That of the directory, for a program that isn't there.
fn version_of(directory: &Directory, program: ProgramId) -> u64 {
    directory.find(program).map_or(directory.version(), |program| program.version)
}

fn run(connection: &Connection, command: &Write) -> rusqlite::Result<Written> {
    match command {
        Write::SavePhone(save) => unique::save(connection, save),
        Write::ChangeParts(change) => parts::change(connection, change),
        Write::ReplaceVerification(change) => verifications::replace(connection, change),
    }
}

/// Runs commands that were done once, on the state that they were done on. Tells how many could be done: all of them, unless the
/// ledger isn't the one that they were written for.
pub fn again(connection: &Connection, commands: &[Write]) -> rusqlite::Result<usize> {
    for (position, command) in commands.iter().enumerate() {
        if run(connection, command)? != Written::Done {
            return Ok(position);
        }
    }
    Ok(commands.len())
}

/// Adds what the redo log holds beyond the ledger's file, and notes in the same transaction that it is there.
///
/// # Errors
/// [`TailError::NotApplicable`] if not all of it could be done.
pub fn add_tail(transaction: &Transaction<'_>, tail: &Tail) -> rusqlite::Result<()> {
    let left = tail.commands.len() - again(transaction, &tail.commands)?;
    match i64::try_from(left) {
        Ok(0) => set_checkpointed(transaction, tail.last_entry),
        left => Err(TailError::NotApplicable(tail.last_entry - left.unwrap_or(i64::MAX) + 1).into()),
    }
}

/// Notes, in the transaction that does it, up to which entry the ledger's file holds the redo log; so no entry is ever run twice.
pub fn set_checkpointed(connection: &Connection, entry: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE ledger SET merged_entry = ?1")?.execute([entry]).map(drop)
}
