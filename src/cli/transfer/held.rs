//! What a seed would replace.

use std::fmt;

use serde_json::Value;

use crate::ledger::LedgerCounts;

/// How much is there, and would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub programs: u64,
    members: u64,
}

impl Held {
    /// What a ledger holds.
    pub fn in_ledger(counts: &LedgerCounts) -> Self {
        let members = counts.programs.iter().map(|program| program.members).sum();
        Self { programs: counts.programs.len() as u64, members }
    }

    /// What a server's list of programs says; `None` if it is no such list.
    pub fn in_list(list: &Value) -> Option<Self> {
        let programs = list["programs"].as_array()?;
        let members = programs.iter().filter_map(|program| program["members"].as_u64());
        Some(Self { programs: programs.len() as u64, members: members.fold(0, u64::saturating_add) })
    }
}

/// As it stands in the question.
impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
        write!(f, "this replaces {}, with {}", count(self.programs, "program"), count(self.members, "member"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_go_is_counted() {
        let list =
            serde_json::json!({"programs": [{"name": "a", "members": 2}, {"name": "b", "members": u64::MAX}, {}]});
        assert_eq!(Held::in_list(&list), Some(Held { programs: 3, members: u64::MAX }));
        assert_eq!(Held::in_list(&serde_json::json!({})), None);
        assert_eq!(Held { programs: 1, members: 2 }.to_string(), "this replaces 1 program, with 2 members");
    }
}
