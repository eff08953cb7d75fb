//! Fault injection: counted rules, nothing by chance.

mod answer;
mod fields;
mod rule;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use thiserror::Error;

use super::{CallContext, Operation, known_name};
use crate::domain::E164;
use crate::ledger::{ConfigChange, LedgerError, MOST_RULES, SharedConfig, SharedConfigView, SharedState, StoredRule};
pub use answer::{Disconnect, FaultAnswer};
pub use fields::FaultAnswerSchema;
pub use rule::{FaultRule, FaultRuleError, NewFaultRule};

/// The rules in force, oldest first. The first that fits a call breaks it.
///
/// The store counts how often a rule was used, so each one breaks as many calls as it should over all nodes; which rules fit
/// is decided here, by what this node knows of them.
pub struct FaultRules {
    shared_state: Arc<dyn SharedState>,
    rules: SharedConfigView<Arc<[FaultRule]>>,
}

/// Why a rule isn't in force.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddRuleError {
    #[error(transparent)]
    Wrong(#[from] FaultRuleError),
    #[error("there are {MOST_RULES} rules already; remove some")]
    TooMany,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl FaultRules {
    /// The rules of all nodes with this shared state.
    pub fn new(shared_state: Arc<dyn SharedState>) -> Self {
        Self { rules: SharedConfigView::new(&*shared_state, read_rules), shared_state }
    }

    /// Takes a rule. `operations` are those that are served.
    ///
    /// # Errors
    /// [`AddRuleError::Wrong`] names the field that is wrong.
    pub async fn add(&self, rule: NewFaultRule, operations: &[Operation]) -> Result<FaultRule, AddRuleError> {
        let operation = rule.operation.map(|name| known_name(operations, name));
        let rule = NewFaultRule { operation, ..rule };
        let e164 = rule.check(operations)?;
        // Numbers, texts and nothing else: writing them doesn't fail.
        let json = serde_json::to_string(&rule).unwrap_or_default();
        let add = ConfigChange::AddRule { program: rule.program.clone(), times: rule.times, rule: json };
        let id = self.shared_state.change_config(add).await?.ok_or(AddRuleError::TooMany)?;
        Ok(FaultRule::of(rule, e164, id, 0))
    }

    /// All rules, oldest first.
    pub fn all(&self) -> Vec<FaultRule> {
        self.rules.read(|rules| rules.to_vec())
    }

    /// Removes one rule; says whether it was there.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn remove(&self, id: u64) -> Result<bool, LedgerError> {
        Ok(self.shared_state.change_config(ConfigChange::RemoveRule(id)).await?.is_some())
    }

    /// Removes all rules, or those of one program.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn clear(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.shared_state.change_config(ConfigChange::ClearRules(program.map(str::to_owned))).await.map(drop)
    }

    /// The first rule that fits, counted as used. `number` is asked for only if a rule wants to know. A rule that can't be
    /// counted, because the store fails, breaks nothing. Waits only if a rule fits.
    pub async fn apply(&self, context: &CallContext, number: impl FnOnce() -> Option<E164>) -> Option<FaultRule> {
        self.apply_where(context, number, |_| true).await
    }

    /// As [`apply`](Self::apply), by rules with such an answer only.
    pub async fn apply_where(
        &self,
        context: &CallContext,
        number: impl FnOnce() -> Option<E164>,
        is_wanted: impl Fn(&FaultAnswer) -> bool,
    ) -> Option<FaultRule> {
        // Copied only if there are some, so that calls don't wait for each other while they look.
        let rules = self.rules.read(|rules| (!rules.is_empty()).then(|| Arc::clone(rules)))?;
        let number = rules.iter().any(|rule| rule.wants_number(context)).then(number).flatten();
        for rule in rules.iter().filter(|rule| is_wanted(&rule.answer) && rule.fits(context, number)) {
            match self.shared_state.change_config(ConfigChange::UseRule(rule.id)).await {
                Ok(Some(used)) => return Some(FaultRule { used: used.try_into().unwrap_or(u32::MAX), ..rule.clone() }),
                // Another call has used it up or removed it, and this one doesn't know yet.
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

/// Reads the rules that weren't known before; of the others only their count can have changed.
fn read_rules(config: &SharedConfig, known: &Arc<[FaultRule]>) -> Arc<[FaultRule]> {
    let read = |stored: &StoredRule| match known.binary_search_by_key(&stored.id, |rule| rule.id) {
        Ok(place) => Some(FaultRule { used: stored.used, ..known[place].clone() }),
        Err(_) => read_rule(stored),
    };
    config.rules.iter().filter_map(read).collect()
}

/// A rule of which this node doesn't understand a part breaks nothing.
fn read_rule(StoredRule { id, used, rule, .. }: &StoredRule) -> Option<FaultRule> {
    let read = || {
        let rule: NewFaultRule = serde_json::from_str(rule).map_err(|error| error.to_string())?;
        let e164 = rule.e164().map_err(|error| error.to_string())?;
        Ok(FaultRule::of(rule, e164, *id, *used))
    };
    let warn = |reason: &String| tracing::warn!(rule = id, reason, "a rule of another node can't be read");
    read().inspect_err(warn).ok()
}
