//! Replaces everything by what comes in chunks, as one transaction.
//!
//! New members are added under the numbers of new programs, which nobody knows yet. Only in the end do the programs take the place
//! of the older ones, so that calls go on nearly to the last.

use tokio::sync::mpsc::Receiver;
use tokio_postgres::Transaction;

use super::change::{Concerned, begin, end};
use super::change_error::ChangeError;
use super::directory::json;
use super::errors::PgError;
use super::node::Node;
use super::session::{self, Plain};
use super::{many_members, programs};
use crate::ledger::seed::{MemberSeed, ProgramSeed};
use crate::ledger::{Changed, LedgerError, MemberState, ProgramId, ProgramState, SeedChunk, VerificationState};

impl Node {
    /// Runs the import. Isn't tried again: the chunks are gone.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing has changed, or nobody can tell.
    pub async fn import(&self, mut from: Receiver<SeedChunk>) -> Result<Changed, LedgerError> {
        let mut session = Plain::open(&self.connector).await?;
        // The chunks may be slow to come.
        session::set(&session.client, "SET idle_in_transaction_session_timeout = 0").await?;
        let warnings = self.connector.warnings();
        let imported = match begin(&mut session.client).await.map_err(ChangeError::from) {
            Ok(transaction) => import(transaction, &mut from, self.supports_notify()).await,
            Err(stop) => Err(stop),
        };
        match imported {
            Ok(()) => {
                let confirmed = self.confirm(warnings);
                // Until the database has looked at its new rows, it may read a million of them for one. It would look by itself in a
                // minute, so nothing is lost where it can't now.
                session::set(&session.client, "ANALYZE member, phone, part").await?;
                self.refresh().await?;
                confirmed?;
                Ok(Changed::Replaced)
            }
            Err(ChangeError::Refused(refusal)) => Ok(refusal),
            Err(ChangeError::Failed(error)) => Err(error.into()),
        }
    }
}

/// A program on its way in.
struct Arriving {
    id: ProgramId,
    seed: ProgramSeed,
    parts: i32,
}

async fn import(
    transaction: Transaction<'_>,
    from: &mut Receiver<SeedChunk>,
    supports_notify: bool,
) -> Result<(), ChangeError> {
    let version = transaction.query_one("SELECT version FROM ledger FOR UPDATE", &[]).await?.get::<_, i64>(0);
    let mut arriving: Vec<Arriving> = Vec::new();
    loop {
        match from.recv().await {
            Some(SeedChunk::Program(seed)) => {
                let id = programs::number(&transaction).await?;
                arriving.push(Arriving { id, seed: *seed, parts: 0 });
            }
            Some(SeedChunk::Members(chunk)) => {
                let program = arriving.last_mut().ok_or_else(cut_short)?;
                many_members::add(&transaction, program.id, &program.seed.document.settings, &chunk).await?;
                program.parts += 1;
                let states =
                    chunk.iter().map(|member| state_of(&program.seed, member)).collect::<Result<Vec<_>, _>>()?;
                let state = json(&states)?;
                programs::keep_part(&transaction, program.id, program.parts, &state).await?;
            }
            Some(SeedChunk::Companions(companions, verifications)) => {
                let program = arriving.last_mut().ok_or_else(cut_short)?;
                (program.seed.document.companions, program.seed.verifications) = (companions, verifications);
            }
            Some(SeedChunk::End) => break,
            None => return Err(cut_short()),
        }
    }
    // What was added for the new programs stays.
    let first = arriving.first().map_or(i64::MAX, |program| program.id.0);
    programs::clear_before(&transaction, ProgramId(first)).await?;
    for program in &arriving {
        programs::add_frame(&transaction, program.id, &program.seed).await?;
        many_members::settle_owners(&transaction, program.id, &program.seed.document.settings).await?;
        let frame = json(&frame_of(&program.seed))?;
        programs::keep_part(&transaction, program.id, 0, &frame).await?;
    }
    end(transaction, version, Concerned::New, supports_notify).await
}

fn cut_short() -> ChangeError {
    ChangeError::Failed(PgError::Refused("the seed is cut short; nothing was changed".into()))
}

/// The program as it was put, without its members.
fn frame_of(seed: &ProgramSeed) -> ProgramState {
    let proofs = seed.verifications.iter().map(VerificationState::from).collect();
    ProgramState::of(seed.name.clone(), seed.document.clone(), seed.security_tokens.clone(), proofs)
}

/// The member as it was put.
fn state_of(seed: &ProgramSeed, member: &MemberSeed) -> Result<MemberState, PgError> {
    let untyped = || PgError::Refused("a number has a type that its program lacks".into());
    let phones = member.phones.iter().map(|phone| phone.state(&seed.document.items).ok_or_else(untyped));
    let (first_name, last_name) = (member.first_name.clone(), member.last_name.clone());
    let (member_id, phones) = (member.member_id, phones.collect::<Result<_, _>>()?);
    let mut state = MemberState { member_id, first_name, last_name, phones, ..MemberState::default() };
    for part in &member.parts {
        state.add(part).map_err(|error| PgError::Refused(error.to_string()))?;
    }
    Ok(state)
}
