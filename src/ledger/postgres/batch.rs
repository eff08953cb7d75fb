//! Many writes of one program and one kind in one statement, and one round trip.
//!
//! Each statement shares the lock of the program's epoch, so it runs on what it was prepared for, or not at all; statements of
//! different kinds don't get in each other's way.

mod decision;
mod parts;
mod phones;
mod proofs;

use tokio::try_join;
use tokio_postgres::{Client, GenericClient, Statement};

pub use self::decision::Decision;
use self::proofs::Action;
use super::errors::PgError;
use super::write_queue::Job;
use crate::ledger::{ProgramId, Write};

/// Writes of one kind can go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Phone,
    Part,
    Proof(Action),
}

impl Kind {
    pub fn of(write: &Write) -> Self {
        match write {
            Write::SavePhone(_) => Self::Phone,
            Write::ChangeParts(_) => Self::Part,
            Write::ReplaceVerification(change) => Self::Proof(Action::of(change)),
        }
    }
}

/// The statements of a session.
pub struct Statements {
    save_phones: Statement,
    change_parts: Statement,
    make_proofs: Statement,
    replace_proofs: Statement,
    remove_proofs: Statement,
}

impl Statements {
    /// # Errors
    /// [`PgError`].
    pub async fn prepare(client: &Client) -> Result<Self, PgError> {
        // At once: on a slow line, one after the other would take long.
        let (save_phones, change_parts, make_proofs, replace_proofs, remove_proofs) = try_join!(
            phones::prepare(client),
            parts::prepare(client),
            proofs::prepare(client, Action::Make),
            proofs::prepare(client, Action::Replace),
            proofs::prepare(client, Action::Remove)
        )?;
        Ok(Self { save_phones, change_parts, make_proofs, replace_proofs, remove_proofs })
    }

    /// Runs writes of one program and one kind that were prepared for this epoch, each with a decision of its own. `None` if the
    /// epoch is over; then nothing was done.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn run(
        &self,
        client: &impl GenericClient,
        program: ProgramId,
        epoch: i64,
        kind: Kind,
        jobs: &[Job],
    ) -> Result<Option<Vec<Decision>>, PgError> {
        let decisions = match kind {
            Kind::Phone => phones::run(client, &self.save_phones, program, epoch, jobs).await?,
            Kind::Part => parts::run(client, &self.change_parts, program, epoch, jobs).await?,
            Kind::Proof(action) => {
                let statement = match action {
                    Action::Make => &self.make_proofs,
                    Action::Replace => &self.replace_proofs,
                    Action::Remove => &self.remove_proofs,
                };
                proofs::run(client, statement, program, epoch, jobs).await?
            }
        };
        // A statement gives a row for each write, unless the epoch is another one.
        Ok((decisions.len() == jobs.len()).then_some(decisions))
    }
}
