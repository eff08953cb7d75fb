//! Parts of members as a seed says them, and as the ledger keeps them.

use serde::Serialize;

use super::state::{EmailState, MemberState};
use crate::ledger::{Part, PartKind};

impl Part {
    /// An e-mail address, as it was checked. Two are the same if they are equal in lower case (our choice).
    pub fn email(email: &EmailState) -> Self {
        let key = Some(email.address.to_lowercase());
        Self { kind: PartKind::Email, slot: email.r#type.clone(), item: email.r#type.clone(), value: json(email), key }
    }
}

impl MemberState {
    /// Adds a part as the ledger has it.
    ///
    /// # Errors
    /// If a newer version wrote it, or a hand.
    pub fn add(&mut self, part: &Part) -> serde_json::Result<()> {
        match part.kind {
            PartKind::Email => self.emails.push(serde_json::from_str(&part.value)?),
        }
        Ok(())
    }
}

/// What has no JSON, which nothing of ours is, is empty.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
