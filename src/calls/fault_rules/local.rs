//! The rules of one process.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::MAX_RULES;
use super::rule::{FaultRule, NewFaultRule};
use crate::calls::CallContext;
use crate::domain::E164;

#[derive(Debug, Default)]
pub struct LocalRules {
    rules: Mutex<Rules>,
    /// How many there are, so that calls needn't lock when there are none.
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct Rules {
    /// Oldest first.
    all: Vec<FaultRule>,
    last_id: u64,
}

impl LocalRules {
    /// `None` if there are too many already.
    pub fn add(&self, rule: NewFaultRule, e164: Option<E164>) -> Option<FaultRule> {
        self.change(|rules| {
            if rules.all.len() >= MAX_RULES {
                return None;
            }
            rules.last_id += 1;
            let rule = FaultRule::of(rule, e164, rules.last_id, 0);
            rules.all.push(rule.clone());
            Some(rule)
        })
    }

    pub fn all(&self) -> Vec<FaultRule> {
        self.lock().all.clone()
    }

    pub fn remove(&self, id: u64) -> bool {
        self.change(|rules| {
            let before = rules.all.len();
            rules.all.retain(|rule| rule.id != id);
            rules.all.len() < before
        })
    }

    pub fn clear(&self, program: Option<&str>) {
        self.change(|rules| match program {
            Some(program) => rules.all.retain(|rule| rule.program.as_deref() != Some(program)),
            None => rules.all.clear(),
        });
    }

    pub fn apply(&self, context: &CallContext, number: impl FnOnce() -> Option<E164>) -> Option<FaultRule> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        // It is read from text that may be long and hostile: not while other calls wait for the lock.
        let wants_number = self.lock().all.iter().any(|rule| rule.wants_number(context));
        let number = wants_number.then(number).flatten();
        self.change(|rules| {
            let place = rules.all.iter().position(|rule| rule.fits(context, number))?;
            let rule = &mut rules.all[place];
            rule.used += 1;
            Some(if rule.used < rule.times { rule.clone() } else { rules.all.remove(place) })
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Rules) -> T) -> T {
        let mut rules = self.lock();
        let result = change(&mut rules);
        self.count.store(rules.all.len(), Ordering::Release);
        result
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_call_is_read_while_nobody_waits() {
        let rules = LocalRules::default();
        let rule: NewFaultRule =
            serde_json::from_str(r#"{"number":"+15195550123","answer":{"delay_ms":1}}"#).expect("a rule");
        let number = E164::new(15_195_550_123);
        rules.add(rule, number);
        let read = || {
            assert!(rules.rules.try_lock().is_ok());
            number
        };
        assert!(rules.apply(&CallContext::default(), read).is_some());
    }
}
