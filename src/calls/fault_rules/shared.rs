//! The rules of all nodes of a ledger.

use std::sync::Arc;

use super::MAX_RULES;
use super::rule::{FaultRule, NewFaultRule};
use crate::calls::CallContext;
use crate::domain::E164;
use crate::ledger::{LedgerError, SharedConfig, SharedConfigView, SharedState, StoredRule};

/// The store counts how often a rule was used, so each one breaks as many calls as it should over all nodes; which rules fit
/// is decided here, by what this node knows of them.
pub struct SharedRules {
    shared_state: Arc<dyn SharedState>,
    rules: SharedConfigView<Arc<[FaultRule]>>,
}

impl SharedRules {
    pub fn new(shared_state: Arc<dyn SharedState>) -> Self {
        Self { rules: SharedConfigView::new(&*shared_state, read_rules), shared_state }
    }

    /// `None` if there are too many already.
    pub async fn add(&self, rule: NewFaultRule, e164: Option<E164>) -> Result<Option<FaultRule>, LedgerError> {
        // Numbers, texts and nothing else: writing them doesn't fail.
        let json = serde_json::to_string(&rule).unwrap_or_default();
        let id = self.shared_state.add_rule(rule.program.as_deref(), rule.times, json, MAX_RULES).await?;
        Ok(id.map(|id| FaultRule::of(rule, e164, id, 0)))
    }

    pub fn all(&self) -> Vec<FaultRule> {
        self.rules.get().to_vec()
    }

    pub async fn remove(&self, id: u64) -> Result<bool, LedgerError> {
        self.shared_state.remove_rule(id).await
    }

    pub async fn clear(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.shared_state.clear_rules(program).await
    }

    pub async fn apply(&self, context: &CallContext, number: impl FnOnce() -> Option<E164>) -> Option<FaultRule> {
        let rules = self.rules.get();
        let number = rules.iter().any(|rule| rule.wants_number(context)).then(number).flatten();
        for rule in rules.iter().filter(|rule| rule.fits(context, number)) {
            match self.shared_state.use_rule(rule.id).await {
                Ok(Some(used)) => return Some(FaultRule { used, ..rule.clone() }),
                // Another node has used it up or removed it, and this one doesn't know yet.
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(rule = rule.id, %error, "no rule breaks a call: the rule can't be counted");
                    return None;
                }
            }
        }
        None
    }
}

fn read_rules(config: &SharedConfig) -> Arc<[FaultRule]> {
    config.rules.iter().filter_map(read_rule).collect()
}

/// A rule of which this node doesn't understand a part breaks nothing.
fn read_rule(StoredRule { id, used, rule }: &StoredRule) -> Option<FaultRule> {
    let read = || {
        let rule: NewFaultRule = serde_json::from_str(rule).map_err(|error| error.to_string())?;
        let e164 = rule.e164().map_err(|error| error.to_string())?;
        Ok(FaultRule::of(rule, e164, *id, *used))
    };
    let warn = |reason: &String| tracing::warn!(rule = id, reason, "a rule of another node can't be read");
    read().inspect_err(warn).ok()
}
