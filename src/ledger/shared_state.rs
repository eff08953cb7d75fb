//! What all nodes of one ledger share beside it: rules that break calls, the clock, the journal, text messages, and what callers have
//! begun.
//!
//! A ledger that belongs to one process has it in memory, others in their database. The forms of rules, clock and entries belong to
//! other modules, so they are JSON here, with a few columns beside it to find them by.

mod in_memory;
mod journal;
#[cfg(test)]
pub mod nodes;
mod view;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;

use super::LedgerError;
use crate::domain::TextMessage;
pub use in_memory::InMemoryState;
pub use journal::{EntryFilter, EntryKey, FoundEntries, FoundEntry, JournalBounds, RecordedCall};
pub use view::SharedConfigView;

/// So many rules there may be: more than anybody needs.
pub const MOST_RULES: usize = 1000;
/// The newest so many text messages are kept.
pub const MOST_MESSAGES: usize = 1000;
/// More sessions than any team has at once; those that were set the longest time ago are forgotten.
pub const MOST_SESSIONS: usize = 10_000;

/// The common memory of the nodes. Errors are failures of the store; then nothing has changed, or nobody can tell. In memory there
/// are none.
#[async_trait]
pub trait SharedState: Send + Sync {
    /// Rules and clock as this node knows them: at once what it has changed itself, soon (100 ms) what another one has. Never waits.
    fn config(&self) -> watch::Receiver<Arc<SharedConfig>>;

    /// Changes rules or clock; gives what the change has to tell, `None` where it can't be made.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn change_config(&self, change: ConfigChange) -> Result<Option<u64>, LedgerError>;

    /// How much of the journal is kept, over all nodes.
    fn bound_journal(&self, bounds: JournalBounds);

    /// Takes a call for the journal, unless it is no longer current; says whether it is. Never waits: what there is no room for is
    /// dropped, and counted. In memory, `is_current` is asked when nobody can clear the journal meanwhile; a database asks again
    /// when it takes what has come together.
    fn record(&self, call: Arc<dyn RecordedCall>, is_current: &dyn Fn() -> bool) -> bool;

    /// The entries that fit, of all nodes; newest last. Waits until what was noted so far is written.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_entries(&self, filter: &EntryFilter) -> Result<FoundEntries, LedgerError>;

    /// One entry.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_entry(&self, id: u64) -> Result<Option<FoundEntry>, LedgerError>;

    /// Forgets all entries and how many were dropped, or the entries of one program.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_entries(&self, program: Option<&str>) -> Result<(), LedgerError>;

    /// Sends a text message: it is kept, and the oldest ones beyond [`MOST_MESSAGES`] are forgotten.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn send_message(&self, message: TextMessage) -> Result<(), LedgerError>;

    /// The messages to a number (E.164, with or without its plus), or all; newest last.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_messages(&self, to: Option<&str>) -> Result<Vec<TextMessage>, LedgerError>;

    /// Forgets all messages.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_messages(&self) -> Result<(), LedgerError>;

    /// What a caller has begun under this name, and not ended. What is in it is known to the API whose it is, which gives it as JSON.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn find_session(&self, name: &str) -> Result<Option<String>, LedgerError>;

    /// Makes, replaces or removes a session if it still is the one expected (`None`: isn't there); says whether it did. Forgets,
    /// a little later, those beyond [`MOST_SESSIONS`] that were set the longest time ago.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn set_session(
        &self,
        name: &str,
        expected: Option<&str>,
        session: Option<String>,
    ) -> Result<bool, LedgerError>;

    /// Notes a nonce, and counts a call in the present window of its counter if the nonce is a new one.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError>;

    /// Forgets all of callers: sessions, nonces and counts.
    ///
    /// # Errors
    /// [`LedgerError`].
    async fn clear_callers(&self) -> Result<(), LedgerError>;
}

/// A change of what every node has at hand. The JSON is the caller's.
#[derive(Clone, Debug)]
pub enum ConfigChange {
    /// Adds a rule, unless there are [`MOST_RULES`] already; tells its number.
    AddRule { program: Option<String>, times: u32, rule: String },
    /// Counts a rule as used once more; tells how often it has been used. It can't be if it is used up or gone: over all nodes,
    /// this is done exactly `times` times.
    UseRule(u64),
    /// Removes a rule, if it is there.
    RemoveRule(u64),
    /// Removes all rules, or those that name this program.
    ClearRules(Option<String>),
    /// Replaces the clock, if it still is the one expected. The [configuration](SharedState::config) has the present one
    /// afterwards, in either case.
    SetClock { expected: Option<String>, clock: Option<String> },
}

/// How long calls are counted together. A window begins with the first call that comes after the last one: one rule which a process
/// can keep in its memory and a database in one statement, so nodes count together; and unlike a bucket that fills up again, it never
/// admits more than the documented number within its second.
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
    /// The program that it names.
    pub program: Option<String>,
    /// How often it may be used.
    pub times: u32,
    /// How often it has been used.
    pub used: u32,
    /// JSON.
    pub rule: String,
}

/// What messages to a number are found by, whether it has its plus or not.
pub(super) fn digits(number: &str) -> &str {
    number.trim_start_matches('+')
}
