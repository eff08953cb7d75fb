//! A whole ledger in and out, in chunks.

use rusqlite::Connection;
use tokio::sync::mpsc::{Receiver, Sender};

use super::change_error::ChangeError;
use super::{baselines, documents, members, programs, states, verifications};
use crate::domain::ProgramSettings;
use crate::ledger::{Changed, Edit, ProgramId, SeedChunk, StateChunk};

/// Why an export ends before its end.
enum Ended {
    /// Nobody receives any more.
    Unwanted,
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Ended {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

/// Sends everything, or one program, as it is at one moment. Waits for a slow receiver.
pub fn export(connection: &Connection, program: Option<ProgramId>, to: &Sender<StateChunk>) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let sent = states::walk(&transaction, program, &mut |chunk| to.blocking_send(chunk).map_err(|_| Ended::Unwanted));
    match sent {
        Ok(()) | Err(Ended::Unwanted) => transaction.commit(),
        Err(Ended::Failed(error)) => Err(error),
    }
}

/// Replaces everything by what comes, and keeps each program's baseline. Waits for a slow sender.
pub fn import(connection: &Connection, mut from: Receiver<SeedChunk>) -> Result<Changed, ChangeError> {
    programs::remove_all(connection)?;
    let mut current: Option<(ProgramId, ProgramSettings)> = None;
    let keep_baseline = |program: &Option<(ProgramId, ProgramSettings)>| match program {
        Some((program, _)) => baselines::keep(connection, *program),
        None => Ok(()),
    };
    loop {
        match from.blocking_recv().ok_or(ChangeError::CutShort)? {
            SeedChunk::Program(seed) => {
                keep_baseline(&current)?;
                if programs::find(connection, &seed.name)?.is_some() {
                    return Err(ChangeError::Refused(Changed::ProgramTwice(seed.name)));
                }
                current = Some((programs::add(connection, &seed)?, seed.document.settings));
            }
            SeedChunk::Members(seeds) => {
                // Members without a program: the chunk before them is missing.
                let (program, settings) = current.as_ref().ok_or(ChangeError::CutShort)?;
                for member in &seeds {
                    members::add(connection, *program, member, settings)?;
                }
            }
            SeedChunk::Companions(accounts, proofs) => {
                let (program, settings) = current.as_ref().ok_or(ChangeError::CutShort)?;
                documents::edit(connection, *program, &Edit::PutCompanions(accounts))?;
                verifications::add_all(connection, *program, settings, &proofs)?;
            }
            SeedChunk::End => {
                keep_baseline(&current)?;
                return Ok(Changed::Replaced);
            }
        }
    }
}
