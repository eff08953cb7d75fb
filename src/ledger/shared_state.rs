//! What all nodes of one ledger share beside it: rules that break calls, the clock, the journal, text messages.
//!
//! A ledger that belongs to one process has no shared state; there, these things live in the process. Their forms belong to other
//! modules, so the ledger keeps them as JSON, with a few columns beside it to find them by.

#[cfg(test)]
pub mod in_memory;
mod view;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;

use super::{LedgerError, ProgramId};
pub use view::SharedConfigView;

/// The common memory of the nodes. Errors are failures of the store; then nothing has changed, or nobody can tell.
#[async_trait]
pub trait SharedState: Send + Sync {
    /// Rules and clock as this node knows them: at once what it has changed itself, soon (100 ms) what another one has. Never waits.
    fn config(&self) -> watch::Receiver<Arc<SharedConfig>>;

    /// Adds a rule, unless there are `most` already. Gives its number.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn add_rule(
        &self,
        program: Option<&str>,
        times: u32,
        rule: String,
        most: usize,
    ) -> Result<Option<u64>, LedgerError>;

    /// Counts a rule as used once more; gives how often it has been used, or `None` if it is used up or gone. Over all nodes, this
    /// succeeds exactly `times` times.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn use_rule(&self, id: u64) -> Result<Option<u32>, LedgerError>;

    /// Removes a rule; says whether it was there.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn remove_rule(&self, id: u64) -> Result<bool, LedgerError>;

    /// Removes all rules, or those that name this program.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_rules(&self, program: Option<&str>) -> Result<(), LedgerError>;

    /// Replaces the clock if it still is the one expected; says whether it did. The [configuration](Self::config) has the present one
    /// afterwards, in either case.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn set_clock(&self, expected: Option<&str>, clock: Option<String>) -> Result<bool, LedgerError>;

    /// How much of the journal is kept, over all nodes.
    fn bound_journal(&self, bounds: JournalBounds);

    /// Takes an entry for the journal, to be written with others a little later. Never waits; what there is no room for is
    /// dropped, and counted. Its number is given later; the one in it doesn't matter. The entry may take long to make, so that is
    /// done on a thread that serves nobody and saves nothing.
    fn record(&self, entry: Box<dyn FnOnce() -> StoredEntry + Send>);

    /// The entries that fit, of all nodes; newest last. Waits until what was noted so far is written.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_entries(&self, filter: &EntryFilter) -> Result<EntryPage, LedgerError>;

    /// One entry.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_entry(&self, id: u64) -> Result<Option<StoredEntry>, LedgerError>;

    /// Forgets all entries and how many were dropped, or the entries of one program.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_entries(&self, program: Option<&str>) -> Result<(), LedgerError>;

    /// Adds a text message to the digits of a number, and forgets the oldest ones beyond `most`.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn add_message(&self, to: &str, message: String, most: usize) -> Result<(), LedgerError>;

    /// The messages to the digits of a number, or all; newest last.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_messages(&self, to: Option<&str>) -> Result<Vec<String>, LedgerError>;

    /// Forgets all messages.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_messages(&self) -> Result<(), LedgerError>;

    /// What a caller has begun under this name, and not ended; JSON.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_session(&self, name: &str) -> Result<Option<String>, LedgerError>;

    /// Makes, replaces or removes a session if it still is the one expected (`None`: isn't there); says whether it did. Forgets,
    /// a little later, those beyond `most` that were set the longest time ago.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn set_session(
        &self,
        name: &str,
        expected: Option<&str>,
        session: Option<String>,
        most: usize,
    ) -> Result<bool, LedgerError>;

    /// Forgets all sessions.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_sessions(&self) -> Result<(), LedgerError>;

    /// Notes a nonce, and counts a call in the present window of its counter if the nonce is a new one.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError>;

    /// Forgets all nonces and counts.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_traffic(&self) -> Result<(), LedgerError>;
}

/// How long calls are counted together. A window begins with the first call that comes after the last one.
pub const WINDOW: Duration = Duration::from_secs(1);

/// A signed call that asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimitRequest {
    /// Whose nonce it is, and the nonce: of any length, since only a hash of it is kept.
    pub nonce: String,
    /// How long it has to be remembered.
    pub nonce_life: Duration,
    /// What the call is counted under; `None` if it isn't.
    pub counter: Option<String>,
}

/// What is known of a call that asks to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitDecision {
    /// Whether the nonce was never seen.
    pub is_new: bool,
    /// Calls of its counter in the present window, this one included; 0 if it isn't counted.
    pub calls: u32,
    /// How long the window will go on.
    pub window_left: Duration,
}

/// What every node has at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedConfig {
    /// Those that aren't used up, oldest first.
    pub rules: Vec<StoredRule>,
    /// JSON; `None` for a clock that nobody has set.
    pub clock: Option<String>,
}

/// A rule that breaks calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRule {
    /// Grows from rule to rule.
    pub id: u64,
    /// How often it has been used.
    pub used: u32,
    /// JSON.
    pub rule: String,
}

/// How much of the journal is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalBounds {
    pub entries: u32,
    pub age: Duration,
}

/// An entry of the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredEntry {
    /// Grows from entry to entry, over all nodes.
    pub id: u64,
    /// The number of its program. An entry of a program that isn't there any more isn't written.
    pub program_id: Option<ProgramId>,
    pub program: Option<String>,
    pub operation: Option<String>,
    pub member_id: Option<i32>,
    pub return_code: Option<u16>,
    /// Of an answer of CAMS.
    pub code: Option<String>,
    /// JSON.
    pub entry: String,
}

/// Which entries, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    pub program: Option<String>,
    pub operation: Option<String>,
    pub member_id: Option<i32>,
    pub return_code: Option<u16>,
    pub code: Option<String>,
    /// Only entries behind this one, the oldest of them first to be given; without it, the newest.
    pub after: Option<u64>,
    pub limit: u32,
}

/// Entries that fit, newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryPage {
    pub entries: Vec<StoredEntry>,
    /// How many entries had to go, or found no room, since the journal was cleared.
    pub dropped: u64,
}
