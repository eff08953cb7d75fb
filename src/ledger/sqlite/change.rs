//! Makes what a tester asks for.

use rusqlite::Connection;

use super::change_error::ChangeError;
use super::{documents, members, programs, tokens};
use crate::ledger::{Change, Changed};

/// Makes a change inside a transaction.
pub fn make(connection: &Connection, change: &Change) -> Result<Changed, ChangeError> {
    match change {
        Change::ReplaceAll { seed, is_baseline } => programs::replace_all(connection, seed, *is_baseline),
        Change::PutProgram(seed) => programs::put(connection, seed),
        Change::ResetProgram(seed) => programs::reset(connection, seed),
        Change::RemoveProgram(program) => programs::remove(connection, *program),
        Change::PutMember(program, member) => members::put(connection, *program, member),
        Change::AddMember(program, member) => members::add_if_missing(connection, *program, member),
        Change::RemoveMember(program, member) => members::remove(connection, *program, *member),
        Change::PutToken(program, token) => {
            programs::require(connection, *program)?;
            tokens::put(connection, *program, token)
        }
        Change::RemoveToken(program, token) => tokens::remove(connection, *program, token),
        Change::EditProgram(program, edit) => documents::edit(connection, *program, edit),
    }
}

/// Whether the change is of something that the directory has. What is in its members alone isn't.
pub fn concerns_directory(change: &Change) -> bool {
    !matches!(change, Change::PutMember(..) | Change::AddMember(..) | Change::RemoveMember(..))
}
