//! What a writer knows of the numbers that it has saved.

use std::collections::HashMap;

use crate::many_members::Phones;

/// The places of one writer, by member and type. Nobody else writes them.
#[derive(Default)]
pub struct Places(HashMap<(usize, usize), Place>);

#[derive(Default)]
struct Place {
    /// The last number that was answered with 0.
    acknowledged: Option<u64>,
    /// Numbers whose fate nobody knows. They may come even later, as a statement of a node that is gone may still be at work.
    unanswered: Vec<u64>,
}

impl Places {
    pub fn acknowledge(&mut self, place: (usize, usize), number: u64) {
        self.0.entry(place).or_default().acknowledged = Some(number);
    }

    pub fn doubt(&mut self, place: (usize, usize), number: u64) {
        self.0.entry(place).or_default().unanswered.push(number);
    }

    /// Whether everything is known of a place.
    pub fn is_certain(&self, place: (usize, usize)) -> bool {
        self.0.get(&place).is_none_or(|place| place.unanswered.is_empty())
    }

    /// Fails unless the ledger has what was answered, and nothing else but what was asked for and never answered.
    pub fn check(&self, stored: &Phones) {
        for (place, Place { acknowledged, unanswered }) in &self.0 {
            let is = stored.get(place).copied();
            let is_right = is == *acknowledged || is.is_some_and(|number| unanswered.contains(&number));
            assert!(is_right, "{place:?}: answered {acknowledged:?}, unanswered {unanswered:?}, stored {is:?}");
        }
    }

    /// How many are known for certain, and have a number.
    pub fn count_certain(&self) -> usize {
        self.0.values().filter(|place| place.acknowledged.is_some() && place.unanswered.is_empty()).count()
    }
}
