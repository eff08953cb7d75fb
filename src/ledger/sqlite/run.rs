//! Runs commands, for the first time or again from the redo log.

use rusqlite::Connection;

use super::redo::batch::Command;
use super::save_phone::save_phone;
use super::verifications;
use crate::ledger::{PhoneSaved, ProofReplaced};

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Phone(PhoneSaved),
    Proof(ProofReplaced),
}

impl Written {
    /// Whether it changed what it was to change, so that it has to be in the redo log.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Phone(PhoneSaved::Saved) | Self::Proof(ProofReplaced::Done))
    }
}

/// Runs a command, unless what it was derived from is gone: that is, if the directory has another version by now.
pub fn if_current(connection: &Connection, version: u64, command: &Command) -> rusqlite::Result<Written> {
    match command {
        Command::SavePhone(save) if save.version != version => Ok(Written::Phone(PhoneSaved::Outdated)),
        command => run(connection, command),
    }
}

fn run(connection: &Connection, command: &Command) -> rusqlite::Result<Written> {
    match command {
        Command::SavePhone(save) => save_phone(connection, save).map(Written::Phone),
        // It was derived from the revision of its proof, and from nothing else.
        Command::ReplaceVerification(change) => verifications::replace(connection, change).map(Written::Proof),
    }
}

/// Runs commands that were done once, on the state that they were done on. Tells how many could be done: all of them, unless the
/// ledger isn't the one that they were written for.
pub fn again(connection: &Connection, commands: &[Command]) -> rusqlite::Result<usize> {
    for (position, command) in commands.iter().enumerate() {
        if !run(connection, command)?.is_done() {
            return Ok(position);
        }
    }
    Ok(commands.len())
}

/// Notes, in the transaction that does it, up to which entry the ledger's file holds the redo log; so no entry is ever run twice.
pub fn set_checkpointed(connection: &Connection, entry: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE ledger SET merged_entry = ?1")?.execute([entry]).map(drop)
}
