//! What callers have begun and not ended, by a name of theirs.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ledger::{LedgerError, SharedState};

/// More than any team has at once; those that were set the longest time ago are forgotten.
const CAPACITY: usize = 10_000;

/// Sessions of callers. What is in them is known to the API whose they are, which gives it as JSON. Clones share them.
#[derive(Clone)]
pub struct Sessions(Place);

/// Where they are kept.
#[derive(Clone)]
enum Place {
    Local(Arc<Mutex<LocalSessions>>),
    Shared(Arc<dyn SharedState>),
}

impl Sessions {
    /// Sessions that are shared by all nodes with this shared state; without it, those of this process.
    pub fn new(shared_state: Option<Arc<dyn SharedState>>) -> Self {
        Self(shared_state.map_or_else(|| Place::Local(Arc::default()), Place::Shared))
    }

    /// What was begun under this name.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the sessions.
    pub async fn find(&self, name: &str) -> Result<Option<String>, LedgerError> {
        match &self.0 {
            Place::Local(sessions) => Ok(lock(sessions).find(name)),
            Place::Shared(shared_state) => shared_state.find_session(name).await,
        }
    }

    /// Makes, replaces or removes a session if it still is the one expected (`None`: isn't there); says whether it did.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the sessions.
    pub async fn set(&self, name: &str, expected: Option<&str>, session: Option<String>) -> Result<bool, LedgerError> {
        match &self.0 {
            Place::Local(sessions) => Ok(lock(sessions).set(name, expected, session, CAPACITY)),
            Place::Shared(shared_state) => shared_state.set_session(name, expected, session, CAPACITY).await,
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
            Place::Shared(shared_state) => shared_state.clear_sessions().await,
        }
    }
}

fn lock(sessions: &Mutex<LocalSessions>) -> MutexGuard<'_, LocalSessions> {
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sessions of one process.
#[derive(Debug, Default)]
pub struct LocalSessions {
    /// By name, each with its place in the order.
    all: HashMap<String, (u64, String)>,
    /// Names in the order in which their sessions were last set.
    order: BTreeMap<u64, String>,
    last: u64,
}

impl LocalSessions {
    pub fn find(&self, name: &str) -> Option<String> {
        self.all.get(name).map(|(_, session)| session.clone())
    }

    pub fn set(&mut self, name: &str, expected: Option<&str>, session: Option<String>, most: usize) -> bool {
        let present = self.all.get(name).map(|(place, session)| (*place, session.as_str()));
        if present.map(|(_, session)| session) != expected {
            return false;
        }
        if let Some((place, _)) = present {
            self.order.remove(&place);
            self.all.remove(name);
        }
        if let Some(session) = session {
            self.last += 1;
            self.order.insert(self.last, name.to_owned());
            self.all.insert(name.to_owned(), (self.last, session));
        }
        while self.all.len() > most
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.all.remove(&oldest);
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
        // One that goes on isn't old.
        assert!(sessions.set("b", Some(""), Some("more".into()), 2));
        assert!(sessions.set("d", None, Some(String::new()), 2));
        assert_eq!([sessions.find("b"), sessions.find("c")], [Some("more".into()), None]);
        assert!(sessions.set("d", Some(""), None, 2));
        assert_eq!((sessions.all.len(), sessions.order.len()), (1, 1));
    }
}
