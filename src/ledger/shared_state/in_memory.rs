//! The shared state of a ledger that one process has to itself: it ends with the process.

mod journal;
mod sessions;
#[cfg(test)]
mod tests;
mod traffic;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;

use self::journal::Journal;
use self::sessions::Sessions;
use self::traffic::Traffic;
use super::{
    ConfigChange, EntryFilter, FoundEntries, FoundEntry, JournalBounds, MOST_MESSAGES, MOST_RULES, MOST_SESSIONS,
    RateLimitDecision, RateLimitRequest, RecordedCall, SharedConfig, SharedState, StoredRule, digits,
};
use crate::domain::TextMessage;
use crate::ledger::LedgerError;

/// What the calls of one process share. Nothing of it ever fails.
#[derive(Default)]
pub struct InMemoryState {
    config: watch::Sender<Arc<SharedConfig>>,
    last_rule: AtomicU64,
    journal: Journal,
    messages: Mutex<VecDeque<TextMessage>>,
    sessions: Mutex<Sessions>,
    traffic: Mutex<Traffic>,
}

#[async_trait]
impl SharedState for InMemoryState {
    fn config(&self) -> watch::Receiver<Arc<SharedConfig>> {
        self.config.subscribe()
    }

    async fn change_config(&self, change: ConfigChange) -> Result<Option<u64>, LedgerError> {
        let mut told = None;
        self.config.send_if_modified(|config| {
            told = self.apply(Arc::make_mut(config), change);
            told.is_some()
        });
        Ok(told)
    }

    fn bound_journal(&self, bounds: JournalBounds) {
        self.journal.bound(bounds);
    }

    fn record(&self, call: Arc<dyn RecordedCall>, is_current: &dyn Fn() -> bool) -> bool {
        self.journal.record(call, is_current)
    }

    async fn find_entries(&self, filter: &EntryFilter) -> Result<FoundEntries, LedgerError> {
        Ok(self.journal.find(filter))
    }

    async fn find_entry(&self, id: u64) -> Result<Option<FoundEntry>, LedgerError> {
        Ok(self.journal.entry(id))
    }

    async fn clear_entries(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.journal.clear(program);
        Ok(())
    }

    async fn send_message(&self, message: TextMessage) -> Result<(), LedgerError> {
        let mut messages = lock(&self.messages);
        messages.push_back(message);
        if messages.len() > MOST_MESSAGES {
            messages.pop_front();
        }
        Ok(())
    }

    async fn find_messages(&self, to: Option<&str>) -> Result<Vec<TextMessage>, LedgerError> {
        let fits = |message: &&TextMessage| to.is_none_or(|to| digits(&message.to) == digits(to));
        Ok(lock(&self.messages).iter().filter(fits).cloned().collect())
    }

    async fn clear_messages(&self) -> Result<(), LedgerError> {
        lock(&self.messages).clear();
        Ok(())
    }

    async fn find_session(&self, name: &str) -> Result<Option<String>, LedgerError> {
        Ok(lock(&self.sessions).find(name))
    }

    async fn set_session(
        &self,
        name: &str,
        expected: Option<&str>,
        session: Option<String>,
    ) -> Result<bool, LedgerError> {
        Ok(lock(&self.sessions).set(name, expected, session, MOST_SESSIONS))
    }

    async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError> {
        Ok(lock(&self.traffic).admit(&admission))
    }

    async fn clear_callers(&self) -> Result<(), LedgerError> {
        *lock(&self.sessions) = Sessions::default();
        *lock(&self.traffic) = Traffic::default();
        Ok(())
    }
}

impl InMemoryState {
    fn apply(&self, config: &mut SharedConfig, change: ConfigChange) -> Option<u64> {
        let rules = &mut config.rules;
        match change {
            ConfigChange::AddRule { program, times, rule } => {
                let id = (rules.len() < MOST_RULES).then(|| self.last_rule.fetch_add(1, Relaxed) + 1)?;
                rules.push(StoredRule { id, program, times, used: 0, rule });
                Some(id)
            }
            ConfigChange::UseRule(id) => {
                let place = rules.iter().position(|rule| rule.id == id)?;
                rules[place].used += 1;
                let StoredRule { used, times, .. } = rules[place];
                if used >= times {
                    rules.remove(place);
                }
                Some(used.into())
            }
            ConfigChange::RemoveRule(id) => {
                let place = rules.iter().position(|rule| rule.id == id)?;
                Some(rules.remove(place).id)
            }
            ConfigChange::ClearRules(program) => {
                rules.retain(|rule| program.is_some() && rule.program != program);
                Some(0)
            }
            ConfigChange::SetClock { expected, clock } => {
                (config.clock == expected).then(|| config.clock = clock).map(|()| 0)
            }
        }
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
