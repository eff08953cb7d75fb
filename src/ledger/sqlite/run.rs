//! Runs commands, for the first time or again from the redo log.

use rusqlite::Connection;

use super::redo::batch::Command;
use super::save_phone::save_phone;
use crate::ledger::PhoneSaved;

/// Runs a command, unless what it was derived from is gone: that is, if the directory has another version by now.
pub fn if_current(connection: &Connection, version: u64, command: &Command) -> rusqlite::Result<PhoneSaved> {
    match command {
        Command::SavePhone(save) if save.version != version => Ok(PhoneSaved::Outdated),
        Command::SavePhone(save) => save_phone(connection, save),
    }
}

/// Runs commands that were done once, on the state that they were done on. Tells how many could be done: all of them, unless the
/// ledger isn't the one that they were written for.
pub fn again(connection: &Connection, commands: &[Command]) -> rusqlite::Result<usize> {
    for (position, command) in commands.iter().enumerate() {
        let is_done = match command {
            Command::SavePhone(save) => save_phone(connection, save)? == PhoneSaved::Saved,
        };
        if !is_done {
            return Ok(position);
        }
    }
    Ok(commands.len())
}

/// Notes, in the transaction that does it, up to which entry the ledger's file holds the redo log; so no entry is ever run twice.
pub fn set_checkpointed(connection: &Connection, entry: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE ledger SET merged_entry = ?1")?.execute([entry]).map(drop)
}
