//! A whole ledger in and out, in pieces.

use rusqlite::Connection;
use tokio::sync::mpsc::{Receiver, Sender};

use super::refusal::Stop;
use super::{companions, members, origins, programs, states, verifications};
use crate::domain::ProgramSettings;
use crate::ledger::{Changed, ProgramId, SeedPiece, StatePiece};

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
pub fn export(connection: &Connection, program: Option<ProgramId>, to: &Sender<StatePiece>) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    let sent = states::walk(&transaction, program, &mut |piece| to.blocking_send(piece).map_err(|_| Ended::Unwanted));
    match sent {
        Ok(()) | Err(Ended::Unwanted) => transaction.commit(),
        Err(Ended::Failed(error)) => Err(error),
    }
}

/// Replaces everything by what comes, and keeps each program's origin. Waits for a slow sender.
pub fn import(connection: &Connection, mut from: Receiver<SeedPiece>) -> Result<Changed, Stop> {
    programs::remove_all(connection)?;
    let mut current: Option<(ProgramId, ProgramSettings)> = None;
    let keep_origin = |program: &Option<(ProgramId, ProgramSettings)>| match program {
        Some((program, _)) => origins::keep(connection, *program),
        None => Ok(()),
    };
    loop {
        match from.blocking_recv().ok_or(Stop::CutShort)? {
            SeedPiece::Program(seed) => {
                keep_origin(&current)?;
                if programs::find(connection, &seed.name)?.is_some() {
                    return Err(Stop::Refused(Changed::ProgramTwice(seed.name)));
                }
                current = Some((programs::add(connection, &seed)?, seed.settings));
            }
            SeedPiece::Members(seeds) => {
                // Members without a program: the piece before them is missing.
                let (program, settings) = current.as_ref().ok_or(Stop::CutShort)?;
                for member in &seeds {
                    members::add(connection, *program, member, settings)?;
                }
            }
            SeedPiece::Companions(accounts, proofs) => {
                let (program, settings) = current.as_ref().ok_or(Stop::CutShort)?;
                companions::put(connection, *program, &accounts)?;
                verifications::add_all(connection, *program, settings, &proofs)?;
            }
            SeedPiece::End => {
                keep_origin(&current)?;
                return Ok(Changed::Replaced);
            }
        }
    }
}
