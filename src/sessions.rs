//! What callers have begun and not ended, by a name of theirs.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ledger::{Commons, LedgerError};

/// More than any team has at once; the oldest are forgotten.
const CAPACITY: usize = 10_000;

/// Sessions of callers. What is in them is the business of their room, which gives it as JSON. Clones share them.
#[derive(Clone)]
pub struct Sessions(Place);

/// Where they are kept.
#[derive(Clone)]
enum Place {
    Local(Arc<Mutex<LocalSessions>>),
    Shared(Arc<dyn Commons>),
}

impl Sessions {
    /// Sessions that are shared by all nodes with these commons; without them, those of this process.
    pub fn new(commons: Option<Arc<dyn Commons>>) -> Self {
        Self(commons.map_or_else(|| Place::Local(Arc::default()), Place::Shared))
    }

    /// What was begun under this name.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the sessions.
    pub async fn find(&self, name: &str) -> Result<Option<String>, LedgerError> {
        match &self.0 {
            Place::Local(sessions) => Ok(lock(sessions).find(name)),
            Place::Shared(commons) => commons.find_session(name).await,
        }
    }

    /// Makes, replaces or removes a session if it still is the one expected (`None`: isn't there); says whether it did.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the sessions.
    pub async fn set(&self, name: &str, expected: Option<&str>, session: Option<String>) -> Result<bool, LedgerError> {
        match &self.0 {
            Place::Local(sessions) => Ok(lock(sessions).set(name, expected, session, CAPACITY)),
            Place::Shared(commons) => commons.set_session(name, expected, session, CAPACITY).await,
        }
    }

    /// Forgets all.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the sessions.
    pub async fn clear(&self) -> Result<(), LedgerError> {
        match &self.0 {
            Place::Local(sessions) => {
                lock(sessions).clear();
                Ok(())
            }
            Place::Shared(commons) => commons.clear_sessions().await,
        }
    }
}

fn lock(sessions: &Mutex<LocalSessions>) -> MutexGuard<'_, LocalSessions> {
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sessions of one process.
#[derive(Debug, Default)]
pub struct LocalSessions {
    all: HashMap<String, String>,
    /// Names in the order in which they were begun; some may have ended.
    order: VecDeque<String>,
}

impl LocalSessions {
    pub fn find(&self, name: &str) -> Option<String> {
        self.all.get(name).cloned()
    }

    pub fn set(&mut self, name: &str, expected: Option<&str>, session: Option<String>, most: usize) -> bool {
        if self.all.get(name).map(String::as_str) != expected {
            return false;
        }
        match session {
            Some(session) => {
                if self.all.insert(name.to_owned(), session).is_none() {
                    self.order.push_back(name.to_owned());
                }
                while self.all.len() > most
                    && let Some(oldest) = self.order.pop_front()
                {
                    self.all.remove(&oldest);
                }
            }
            None => {
                self.all.remove(name);
                self.order.retain(|other| other != name);
            }
        }
        true
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::in_memory::nodes;

    #[tokio::test]
    async fn a_session_changes_only_from_what_it_was() {
        let [node] = nodes();
        for sessions in [Sessions::new(None), Sessions::new(Some(node))] {
            assert_eq!(sessions.set("a", None, Some("1".into())).await, Ok(true));
            assert_eq!(sessions.set("a", None, Some("2".into())).await, Ok(false), "it is there");
            assert_eq!(sessions.set("a", Some("2"), Some("3".into())).await, Ok(false), "it isn't that");
            assert_eq!(sessions.set("a", Some("1"), Some("2".into())).await, Ok(true));
            assert_eq!(sessions.find("a").await, Ok(Some("2".into())));
            assert_eq!(sessions.set("a", Some("2"), None).await, Ok(true));
            assert_eq!(sessions.find("a").await, Ok(None));
            assert_eq!(sessions.set("b", None, Some("1".into())).await, Ok(true));
            sessions.clear().await.expect("a store");
            assert_eq!(sessions.find("b").await, Ok(None));
        }
    }

    #[test]
    fn the_oldest_go() {
        let mut sessions = LocalSessions::default();
        for name in ["a", "b", "c"] {
            assert!(sessions.set(name, None, Some(String::new()), 2));
        }
        assert_eq!([sessions.find("a"), sessions.find("b")], [None, Some(String::new())]);
    }
}
