//! The shared state of nodes that live in one test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use tokio::sync::watch;

use super::{
    EntryFilter, EntryPage, JournalBounds, RateLimitDecision, RateLimitRequest, SharedConfig, SharedState, StoredEntry,
    StoredRule,
};
use crate::ledger::LedgerError;
use crate::sessions::LocalSessions;
use crate::traffic::LocalTraffic;

/// One node's access to what all of them share. Another one sees what it has changed when it [looks](Self::look).
pub struct Node {
    store: Arc<Mutex<Store>>,
    config: watch::Sender<Arc<SharedConfig>>,
}

#[derive(Default)]
struct Store {
    is_down: bool,
    rules: Vec<(Option<String>, u32, StoredRule)>,
    last_rule: u64,
    clock: Option<String>,
    bounds: Option<JournalBounds>,
    entries: VecDeque<(Instant, StoredEntry)>,
    last_entry: u64,
    dropped: u64,
    messages: VecDeque<(String, String)>,
    sessions: LocalSessions,
    traffic: LocalTraffic,
}

/// So many nodes that share one store.
pub fn nodes<const N: usize>() -> [Arc<Node>; N] {
    let store = Arc::<Mutex<Store>>::default();
    std::array::from_fn(|_| Arc::new(Node { store: Arc::clone(&store), config: watch::Sender::default() }))
}

impl Node {
    /// Learns what other nodes have changed.
    pub fn look(&self) {
        self.show(&self.lock());
    }

    /// From now on the store fails, for all nodes, or works again.
    pub fn set_down(&self, is_down: bool) {
        self.lock().is_down = is_down;
    }

    /// Does something in the store, at a time that differs from test to test.
    async fn ask<T>(&self, work: impl FnOnce(&mut Store) -> T) -> Result<T, LedgerError> {
        tokio::task::yield_now().await;
        let mut store = self.lock();
        if store.is_down {
            return Err(LedgerError::Unavailable("it is down".into()));
        }
        let result = work(&mut store);
        self.show(&store);
        Ok(result)
    }

    fn show(&self, store: &Store) {
        let rules = store.rules.iter().map(|(_, _, rule)| rule.clone()).collect();
        let config = SharedConfig { rules, clock: store.clock.clone() };
        self.config.send_if_modified(|shown| {
            let is_new = **shown != config;
            *shown = Arc::new(config);
            is_new
        });
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SharedState for Node {
    fn config(&self) -> watch::Receiver<Arc<SharedConfig>> {
        self.config.subscribe()
    }

    async fn add_rule(
        &self,
        program: Option<&str>,
        times: u32,
        rule: String,
        most: usize,
    ) -> Result<Option<u64>, LedgerError> {
        self.ask(|store| {
            if store.rules.len() >= most {
                return None;
            }
            store.last_rule += 1;
            let stored = StoredRule { id: store.last_rule, used: 0, rule };
            store.rules.push((program.map(str::to_owned), times, stored));
            Some(store.last_rule)
        })
        .await
    }

    async fn use_rule(&self, id: u64) -> Result<Option<u32>, LedgerError> {
        self.ask(|store| {
            let place = store.rules.iter().position(|(_, _, rule)| rule.id == id)?;
            let (_, times, rule) = &mut store.rules[place];
            rule.used += 1;
            let (used, is_used_up) = (rule.used, rule.used >= *times);
            if is_used_up {
                store.rules.remove(place);
            }
            Some(used)
        })
        .await
    }

    async fn remove_rule(&self, id: u64) -> Result<bool, LedgerError> {
        self.ask(|store| {
            let before = store.rules.len();
            store.rules.retain(|(_, _, rule)| rule.id != id);
            store.rules.len() < before
        })
        .await
    }

    async fn clear_rules(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.ask(|store| store.rules.retain(|(of, _, _)| program.is_some() && of.as_deref() != program)).await
    }

    async fn set_clock(&self, expected: Option<&str>, clock: Option<String>) -> Result<bool, LedgerError> {
        self.ask(|store| {
            let is_expected = store.clock.as_deref() == expected;
            if is_expected {
                store.clock = clock;
            }
            is_expected
        })
        .await
    }

    fn bound_journal(&self, bounds: JournalBounds) {
        self.lock().bounds = Some(bounds);
    }

    fn record(&self, entry: Box<dyn FnOnce() -> StoredEntry + Send>) {
        let entry = entry();
        let mut store = self.lock();
        store.last_entry += 1;
        let entry = StoredEntry { id: store.last_entry, ..entry };
        store.entries.push_back((Instant::now(), entry));
        store.drop_oldest();
    }

    async fn find_entries(&self, filter: &EntryFilter) -> Result<EntryPage, LedgerError> {
        let EntryFilter { program, operation, member_id, return_code, code, after, limit } = filter;
        let fits = |entry: &&StoredEntry| {
            (program.is_none() || entry.program == *program)
                && (operation.is_none() || entry.operation == *operation)
                && (member_id.is_none() || entry.member_id == *member_id)
                && (return_code.is_none() || entry.return_code == *return_code)
                && (code.is_none() || entry.code == *code)
                && after.is_none_or(|after| entry.id > after)
        };
        self.ask(|store| {
            store.drop_oldest();
            let mut entries: Vec<_> = store.entries.iter().map(|(_, entry)| entry).filter(fits).cloned().collect();
            let limit = entries.len().min(*limit as usize);
            let entries = if after.is_some() {
                entries.drain(..limit).collect()
            } else {
                entries.split_off(entries.len() - limit)
            };
            EntryPage { entries, dropped: store.dropped }
        })
        .await
    }

    async fn find_entry(&self, id: u64) -> Result<Option<StoredEntry>, LedgerError> {
        self.ask(|store| {
            store.drop_oldest();
            store.entries.iter().map(|(_, entry)| entry).find(|entry| entry.id == id).cloned()
        })
        .await
    }

    async fn clear_entries(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.ask(|store| {
            store.entries.retain(|(_, entry)| program.is_some() && entry.program.as_deref() != program);
            if program.is_none() {
                store.dropped = 0;
            }
        })
        .await
    }

    async fn add_message(&self, to: &str, message: String, most: usize) -> Result<(), LedgerError> {
        self.ask(|store| {
            store.messages.push_back((to.to_owned(), message));
            while store.messages.len() > most {
                store.messages.pop_front();
            }
        })
        .await
    }

    async fn find_messages(&self, to: Option<&str>) -> Result<Vec<String>, LedgerError> {
        let fits = |(number, _): &&(String, String)| to.is_none_or(|to| to == number);
        self.ask(|store| store.messages.iter().filter(fits).map(|(_, message)| message.clone()).collect()).await
    }

    async fn clear_messages(&self) -> Result<(), LedgerError> {
        self.ask(|store| store.messages.clear()).await
    }

    async fn find_session(&self, name: &str) -> Result<Option<String>, LedgerError> {
        self.ask(|store| store.sessions.find(name)).await
    }

    async fn set_session(
        &self,
        name: &str,
        expected: Option<&str>,
        session: Option<String>,
        most: usize,
    ) -> Result<bool, LedgerError> {
        self.ask(|store| store.sessions.set(name, expected, session, most)).await
    }

    async fn clear_sessions(&self) -> Result<(), LedgerError> {
        self.ask(|store| store.sessions.clear()).await
    }

    async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError> {
        self.ask(|store| store.traffic.admit(&admission)).await
    }

    async fn clear_traffic(&self) -> Result<(), LedgerError> {
        self.ask(|store| store.traffic.clear()).await
    }
}

impl Store {
    fn drop_oldest(&mut self) {
        let Some(JournalBounds { entries, age }) = self.bounds else { return };
        let is_old = |noted: &Instant| noted.elapsed() > age;
        while self.entries.len() > entries as usize || self.entries.front().is_some_and(|(noted, _)| is_old(noted)) {
            self.entries.pop_front();
            self.dropped += 1;
        }
    }
}
