//! Fault injection: counted rules, nothing by chance.

mod answer;
mod fields;
mod local;
mod rule;
mod shared;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use thiserror::Error;

use super::{CallContext, Operation};
use crate::domain::E164;
use crate::ledger::{LedgerError, SharedState};
pub use answer::{Disconnect, FaultAnswer};
pub use fields::FaultAnswerSchema;
use local::LocalRules;
pub use rule::{FaultRule, FaultRuleError, NewFaultRule};
use shared::SharedRules;

/// More rules than anybody needs.
const MAX_RULES: usize = 1000;

/// The rules in force, oldest first. The first that fits a call breaks it.
pub struct FaultRules(Place);

/// Where they are kept.
enum Place {
    Local(LocalRules),
    Shared(SharedRules),
}

/// Why a rule isn't in force.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddRuleError {
    #[error(transparent)]
    Wrong(#[from] FaultRuleError),
    #[error("there are {MAX_RULES} rules already; remove some")]
    TooMany,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl FaultRules {
    /// Rules that are shared by all nodes with this shared state; without it, rules of this process.
    pub fn new(shared_state: Option<Arc<dyn SharedState>>) -> Self {
        Self(match shared_state {
            Some(shared_state) => Place::Shared(SharedRules::new(shared_state)),
            None => Place::Local(LocalRules::default()),
        })
    }

    /// Takes a rule. `operations` are those that are served.
    ///
    /// # Errors
    /// [`AddRuleError::Wrong`] names the field that is wrong.
    pub async fn add(&self, rule: NewFaultRule, operations: &[Operation]) -> Result<FaultRule, AddRuleError> {
        let e164 = rule.check(operations)?;
        let added = match &self.0 {
            Place::Local(rules) => rules.add(rule, e164),
            Place::Shared(rules) => rules.add(rule, e164).await?,
        };
        added.ok_or(AddRuleError::TooMany)
    }

    /// All rules, oldest first.
    pub fn all(&self) -> Vec<FaultRule> {
        match &self.0 {
            Place::Local(rules) => rules.all(),
            Place::Shared(rules) => rules.all(),
        }
    }

    /// Removes one rule; says whether it was there.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the rules.
    pub async fn remove(&self, id: u64) -> Result<bool, LedgerError> {
        match &self.0 {
            Place::Local(rules) => Ok(rules.remove(id)),
            Place::Shared(rules) => rules.remove(id).await,
        }
    }

    /// Removes all rules, or those of one program.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the rules.
    pub async fn clear(&self, program: Option<&str>) -> Result<(), LedgerError> {
        match &self.0 {
            Place::Local(rules) => {
                rules.clear(program);
                Ok(())
            }
            Place::Shared(rules) => rules.clear(program).await,
        }
    }

    /// The first rule that fits, counted as used. `number` is asked for only if a rule wants to know. A rule that can't be
    /// counted, because the store fails, breaks nothing. Waits only if nodes share the rules and one of them fits.
    pub async fn apply(&self, context: &CallContext, number: impl FnOnce() -> Option<E164>) -> Option<FaultRule> {
        match &self.0 {
            Place::Local(rules) => rules.apply(context, number),
            Place::Shared(rules) => rules.apply(context, number).await,
        }
    }
}
