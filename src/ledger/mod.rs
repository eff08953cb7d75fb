//! The one memory of all APIs: programs with their tokens, item types, members and phones.
//!
//! [`Ledger`] speaks the words of the domain; each store behind it owns its SQL and its migrations.

mod begun;
mod change;
mod chunks;
mod counters;
mod directory;
mod error;
mod items;
mod migrations;
mod open;
mod part;
mod postgres;
mod program;
mod proofs;
mod queries;
mod queue;
mod replies;
pub mod seed;
mod shared_state;
mod sqlite;
mod stats;
mod url;
mod write;

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::domain::{E164, MemberId, Purpose, Verification, VerificationKey};
pub use begun::Begun;
pub use change::{Change, Changed, Edit};
pub use chunks::{CHUNKS_IN_FLIGHT, SeedChunk, StateChunk};
pub use directory::{CamsCaller, Directory};
pub use error::LedgerError;
pub use items::{ItemId, ItemKind, ItemList, ItemUser, ItemWords, Items, PutItem};
pub use open::open;
pub use part::{ChangeParts, FoundParts, Part, PartChange, PartKind, UnreadablePart};
pub use postgres::{PostgresLedger, PostgresUrl};
pub use program::{Program, ProgramDocument, ProgramId};
pub use proofs::{FoundProof, MOST_PROOFS, ReplaceVerification, Revision};
pub use queries::{Beginning, LedgerCounts, MemberSearch, ProgramCounts};
pub use queue::Queue;
pub use seed::{
    EmailState, ItemState, MemberState, PhoneState, ProgramState, Seed, SeedFault, State, TokenState, VerificationState,
};
#[cfg(test)]
pub use shared_state::nodes;
pub use shared_state::{
    ConfigChange, EntryFilter, EntryKey, FoundEntries, FoundEntry, InMemoryState, JournalBounds, MOST_MESSAGES,
    MOST_RULES, MOST_SESSIONS, RateLimitDecision, RateLimitRequest, RecordedCall, SharedConfig, SharedConfigView,
    SharedState, StoredRule, WINDOW,
};
pub use sqlite::{BackedUp, Recovery, SqliteLedger, TailError, back_up};
pub use stats::{BATCH_BOUNDS, LedgerStats};
pub use url::{LedgerUrl, OpenError};
pub use write::{SavePhone, Write, Written};

/// A durable memory that many calls share.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// What is small and asked for by every call: programs with settings, tokens and item types. Never waits.
    fn directory(&self) -> Arc<Directory>;

    /// Whether any program was replaced or removed since then. Asked when the directory no longer has what a call began
    /// with: a node may have heard only now of a replacement that was made before.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn has_replaced_since(&self, _then: Instant) -> Result<bool, LedgerError> {
        // One process knows its own changes at once.
        Ok(true)
    }

    /// Whether the program has this member.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn has_member(&self, program: ProgramId, member: MemberId) -> Result<bool, LedgerError>;

    /// Whether the ledger can do its work now. Answers soon, whether it can or not.
    ///
    /// # Errors
    /// [`LedgerError`], with the reason.
    async fn check(&self) -> Result<(), LedgerError> {
        // Something light, whether or not there is such a program.
        self.has_member(ProgramId(0), MemberId(0)).await.map(drop)
    }

    /// Changes something for a call. What this answers is on disk.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing was changed, or nobody can tell.
    async fn write(&self, write: Write) -> Result<Written, LedgerError>;

    /// Saves a member's number of one type, in place of an older one.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    async fn save_phone(&self, save: SavePhone) -> Result<Written, LedgerError> {
        self.write(Write::SavePhone(save)).await
    }

    /// A member's number of one type. Sees every save that was answered.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn find_phone(
        &self,
        program: ProgramId,
        member: MemberId,
        phone_number_type: ItemId,
    ) -> Result<Option<E164>, LedgerError>;

    /// The member who holds a number; one of them if several share it. Sees every save that was answered.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn find_holder(&self, program: ProgramId, number: E164) -> Result<Option<MemberId>, LedgerError>;

    /// The member who has a part with this key; one of them if several share it. Sees every write that was answered.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn find_part_holder(
        &self,
        program: ProgramId,
        kind: PartKind,
        key: &str,
    ) -> Result<Option<MemberId>, LedgerError>;

    /// A proof of ownership that is under way, or given.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn find_verification(
        &self,
        program: ProgramId,
        key: &VerificationKey,
    ) -> Result<Option<(Verification, Revision)>, LedgerError>;

    /// The accounts that have a proof of this number for this purpose, under way or given; by name.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn accounts_of(&self, program: ProgramId, purpose: Purpose, number: E164)
    -> Result<Vec<String>, LedgerError>;

    /// Proofs of ownership of a program behind `after`, under way or given, by purpose, number and account; none if there is no
    /// such program.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn list_verifications(
        &self,
        program: ProgramId,
        after: Option<&VerificationKey>,
        limit: u32,
    ) -> Result<Vec<VerificationState>, LedgerError>;

    /// The proofs of an account, those that were written the longest time ago first; twice as many at most as an account may have.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn verifications_of(&self, program: ProgramId, account: &str) -> Result<Vec<FoundProof>, LedgerError>;

    /// Proofs that were to be kept until then, over all programs.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn verifications_due(&self, then: Timestamp, limit: u32) -> Result<Vec<FoundProof>, LedgerError>;

    /// Makes, replaces (`to`) or removes (`None`) a proof of ownership, if it still is the one of that revision; `None` for one that
    /// isn't there. Says whether it did: it doesn't either if the program has gone. What it did is on disk. It is kept for at least
    /// 24 hours after it has expired, by the machine's clock.
    ///
    /// # Errors
    /// [`LedgerError::Full`] if it would be one more than [an account may have](MOST_PROOFS). With any other one, nothing was changed, or nobody can tell.
    async fn replace_verification(
        &self,
        program: ProgramId,
        key: &VerificationKey,
        from: Option<Revision>,
        to: Option<Verification>,
    ) -> Result<bool, LedgerError> {
        let change = ReplaceVerification::new(&self.directory(), program, key, from, to.as_ref())?;
        self.write(Write::ReplaceVerification(change)).await?.is_set()
    }

    /// A member with its parts of these kinds; `None` if there is no such member. Sees every write that was answered.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn find_parts(
        &self,
        program: ProgramId,
        member: MemberId,
        kinds: &'static [PartKind],
    ) -> Result<Option<FoundParts>, LedgerError>;

    /// Any member of the program, for showing how a call looks.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn any_member(&self, program: ProgramId) -> Result<Option<MemberId>, LedgerError>;

    /// Adds the programs of a seed, all or none.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing has changed.
    async fn apply_seed(&self, seed: Seed) -> Result<(), LedgerError>;

    /// Changes what a tester asks to be changed, all or nothing, if the directory is still the one of that
    /// [version](Directory::version).
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing has changed.
    async fn change(&self, version: u64, change: Change) -> Result<Changed, LedgerError>;

    /// Everything, or one program, as a seed would say it: applied to an empty ledger, it gives the same again.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn export(&self, program: Option<ProgramId>) -> Result<State, LedgerError> {
        let (to, arriving) = channel(CHUNKS_IN_FLIGHT);
        let (exported, state) = tokio::join!(self.export_chunks(program, to), State::collect(arriving));
        exported.map(|()| state)
    }

    /// Writes out everything, or one program, in chunks: as [`export`](Self::export), for what may not fit into memory. It all
    /// belongs to one moment. Ends early if nobody receives any more.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn export_chunks(&self, program: Option<ProgramId>, to: Sender<StateChunk>) -> Result<(), LedgerError>;

    /// Replaces everything by what comes in chunks, as [`Change::ReplaceAll`] with `is_baseline`, for what may not fit into
    /// memory. All of it or, when the chunks end without [`SeedChunk::End`], nothing.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing has changed.
    async fn import_chunks(&self, from: Receiver<SeedChunk>) -> Result<Changed, LedgerError>;

    /// What all nodes of this ledger share beside it.
    fn shared_state(&self) -> Arc<dyn SharedState>;

    /// What a program was put as; `None` for one that came with the seed of the start, or isn't there.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn baseline(&self, program: ProgramId) -> Result<Option<ProgramState>, LedgerError>;

    /// A member with its numbers.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn find_member(&self, program: ProgramId, member: MemberId) -> Result<Option<MemberState>, LedgerError>;

    /// Members of a program with their numbers, by member id.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell.
    async fn search_members(&self, program: ProgramId, search: MemberSearch) -> Result<Vec<MemberState>, LedgerError>;

    /// How much there is.
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger can't tell; so it also tells whether the ledger is there at all.
    async fn counts(&self) -> Result<LedgerCounts, LedgerError>;

    /// What the ledger counts about itself. Never waits.
    fn stats(&self) -> LedgerStats;

    /// Finishes what was begun and lets go of the store. Later calls are refused.
    async fn close(&self);
}
