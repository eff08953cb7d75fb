//! The sessions of one process.

use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Default)]
pub struct Sessions {
    /// By name, each with its place in the order.
    all: HashMap<String, (u64, String)>,
    /// Names in the order in which their sessions were last set.
    order: BTreeMap<u64, String>,
    last: u64,
}

impl Sessions {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go() {
        let mut sessions = Sessions::default();
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
