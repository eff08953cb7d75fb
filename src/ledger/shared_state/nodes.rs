//! The shared state of nodes that live in one test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use async_trait::async_trait;
use tokio::sync::watch;

use super::{
    ConfigChange, EntryFilter, FoundEntries, FoundEntry, InMemoryState, JournalBounds, RateLimitDecision,
    RateLimitRequest, RecordedCall, SharedConfig, SharedState,
};
use crate::domain::TextMessage;
use crate::ledger::LedgerError;

/// One node's access to what all of them share. Another one sees what it has changed when it [looks](Self::look).
pub struct TestNode {
    store: Arc<Store>,
    config: watch::Sender<Arc<SharedConfig>>,
}

#[derive(Default)]
struct Store {
    state: InMemoryState,
    is_down: AtomicBool,
}

/// So many nodes that share one store.
pub fn nodes<const N: usize>() -> [Arc<TestNode>; N] {
    let store = Arc::<Store>::default();
    std::array::from_fn(|_| Arc::new(TestNode { store: Arc::clone(&store), config: watch::Sender::default() }))
}

impl TestNode {
    /// Learns what other nodes have changed.
    pub fn look(&self) {
        let config = self.store.state.config().borrow().clone();
        self.config.send_if_modified(|shown| {
            let is_new = **shown != *config;
            *shown = config;
            is_new
        });
    }

    /// From now on the store fails, for all nodes, or works again.
    pub fn set_down(&self, is_down: bool) {
        self.store.is_down.store(is_down, Relaxed);
    }

    /// The store, at a time that differs from test to test.
    async fn state(&self) -> Result<&InMemoryState, LedgerError> {
        tokio::task::yield_now().await;
        self.reach()
    }

    fn reach(&self) -> Result<&InMemoryState, LedgerError> {
        match self.store.is_down.load(Relaxed) {
            true => Err(LedgerError::Unavailable("it is down".into())),
            false => Ok(&self.store.state),
        }
    }
}

#[async_trait]
impl SharedState for TestNode {
    fn config(&self) -> watch::Receiver<Arc<SharedConfig>> {
        self.config.subscribe()
    }

    async fn change_config(&self, change: ConfigChange) -> Result<Option<u64>, LedgerError> {
        let told = self.reach()?.change_config(change).await;
        // Others come now, not behind the look: then whoever is slow would always be too late for the next change.
        tokio::task::yield_now().await;
        self.look();
        told
    }

    fn bound_journal(&self, bounds: JournalBounds) {
        self.store.state.bound_journal(bounds);
    }

    fn record(&self, call: Arc<dyn RecordedCall>, is_current: &dyn Fn() -> bool) -> bool {
        self.store.state.record(call, is_current)
    }

    async fn find_entries(&self, filter: &EntryFilter) -> Result<FoundEntries, LedgerError> {
        self.state().await?.find_entries(filter).await
    }

    async fn find_entry(&self, id: u64) -> Result<Option<FoundEntry>, LedgerError> {
        self.state().await?.find_entry(id).await
    }

    async fn clear_entries(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.state().await?.clear_entries(program).await
    }

    async fn send_message(&self, message: TextMessage) -> Result<(), LedgerError> {
        self.state().await?.send_message(message).await
    }

    async fn find_messages(&self, to: Option<&str>) -> Result<Vec<TextMessage>, LedgerError> {
        self.state().await?.find_messages(to).await
    }

    async fn clear_messages(&self) -> Result<(), LedgerError> {
        self.state().await?.clear_messages().await
    }

    async fn find_session(&self, name: &str) -> Result<Option<String>, LedgerError> {
        self.state().await?.find_session(name).await
    }

    async fn set_session(
        &self,
        name: &str,
        expected: Option<&str>,
        session: Option<String>,
    ) -> Result<bool, LedgerError> {
        self.state().await?.set_session(name, expected, session).await
    }

    async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError> {
        self.state().await?.admit(admission).await
    }

    async fn clear_callers(&self) -> Result<(), LedgerError> {
        self.state().await?.clear_callers().await
    }
}
