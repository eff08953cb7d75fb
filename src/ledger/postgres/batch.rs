//! Many writes of one program and one kind in one statement, and one round trip.
//!
//! Each statement shares the lock of the program's epoch, so it runs on what it was prepared for, or not at all; statements of
//! different kinds don't get in each other's way.

mod phones;
mod proofs;

use tokio_postgres::{Client, GenericClient, Statement};

use super::errors::Trouble;
use super::waiting::Job;
use crate::ledger::{ProgramId, Write, Written};

/// What became of one write of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Made(Written),
    /// Another write was in the way; nothing was done.
    Again,
    /// It needs the program to itself; nothing was done.
    Alone,
}

/// The statements of a session.
pub struct Statements {
    phones: Statement,
    proofs: Statement,
}

impl Statements {
    /// # Errors
    /// [`Trouble`].
    pub async fn prepare(client: &Client) -> Result<Self, Trouble> {
        Ok(Self { phones: phones::prepare(client).await?, proofs: proofs::prepare(client).await? })
    }

    /// Runs writes of one program that were prepared for this epoch, each with a decision of its own. `None` if the epoch is over;
    /// then nothing was done. Writes of one [kind](kind) are expected: others are to be tried again.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn run(
        &self,
        client: &impl GenericClient,
        program: ProgramId,
        epoch: i64,
        jobs: &[Job],
    ) -> Result<Option<Vec<Decision>>, Trouble> {
        let (mut saves, mut changes) = (Vec::new(), Vec::new());
        for job in jobs {
            match &job.write {
                Write::SavePhone(save) => saves.push(save),
                Write::ReplaceVerification(change) => changes.push((change, job.is_in_doubt)),
            }
        }
        let decisions = match changes.is_empty() {
            true => phones::run(client, &self.phones, program, epoch, &saves).await?,
            false => proofs::run(client, &self.proofs, program, epoch, &changes).await?,
        };
        // A statement gives a row for each write, unless the epoch is another one.
        Ok((decisions.len() == jobs.len()).then_some(decisions))
    }
}
