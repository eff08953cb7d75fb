//! What a rule is, which calls it fits, and which rules can't be.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::FaultAnswerSchema;
use super::answer::FaultAnswer;
use crate::calls::{Facts, Operation};
use crate::domain::{E164, PhoneNumber, ProgramSettings};

/// A rule that breaks the calls it fits. What it doesn't name fits all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFaultRule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_id: Option<i32>,
    /// A phone number with its country calling code, in any spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// How many calls it breaks; then it is gone.
    #[serde(default = "once")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub times: u32,
    #[schema(value_type = FaultAnswerSchema)]
    pub answer: FaultAnswer,
}

fn once() -> u32 {
    1
}

/// A rule in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FaultRule {
    pub id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub times: u32,
    #[schema(value_type = FaultAnswerSchema)]
    pub answer: FaultAnswer,
    /// How many calls it has broken.
    pub used: u32,
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) e164: Option<E164>,
}

/// Why a rule isn't taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {reason}")]
pub struct FaultRuleError {
    /// `answer.return_code`
    pub field: &'static str,
    pub reason: String,
}

impl NewFaultRule {
    /// Gives the number that the rule names, if it does. `operations` are those that are served.
    ///
    /// # Errors
    /// [`FaultRuleError`] names the field that is wrong.
    pub(super) fn check(&self, operations: &[Operation]) -> Result<Option<E164>, FaultRuleError> {
        let wrong = |field, reason: &str| Err(FaultRuleError { field, reason: reason.to_owned() });
        if let Some(name) = &self.operation {
            let Some(operation) = operations.iter().find(|operation| operation.name == name) else {
                let names: Vec<_> = operations.iter().map(|operation| operation.name).collect();
                let reason = format!("no such operation is served; there is {}", names.join(", "));
                return Err(FaultRuleError { field: "operation", reason });
            };
            if !self.answer.is_for(operation.door) {
                let reason = format!("{name} is an operation of {}", FaultAnswer::of(operation.door));
                return Err(FaultRuleError { field: "answer", reason });
            }
        }
        if !(1..=1_000_000).contains(&self.times) {
            return wrong("times", "expected 1 to 1000000");
        }
        if self.answer.is_unknown_error(operations) {
            return wrong("answer.return_code", "the table of PIMS has no such error");
        }
        match self.answer.defect() {
            Some((field, reason)) => wrong(field, reason),
            None => self.e164(),
        }
    }

    /// The number that the rule names, if it does.
    ///
    /// # Errors
    /// [`FaultRuleError`] if no number can be read.
    pub(super) fn e164(&self) -> Result<Option<E164>, FaultRuleError> {
        let Some(number) = &self.number else { return Ok(None) };
        match PhoneNumber::parse(number, &ProgramSettings::default()) {
            Ok(number) => Ok(Some(number.e164())),
            Err(error) => {
                let reason = format!("{error}; give it as \"+15195550123\"");
                Err(FaultRuleError { field: "number", reason })
            }
        }
    }
}

impl FaultRule {
    /// The rule as it is in force.
    pub(super) fn of(new: NewFaultRule, e164: Option<E164>, id: u64, used: u32) -> Self {
        let NewFaultRule { program, operation, member_id, number, times, answer } = new;
        Self { id, program, operation, member_id, number, times, answer, used, e164 }
    }

    /// Whether it is about such a call.
    pub(super) fn fits(&self, facts: &Facts, number: &mut Number<impl FnOnce() -> Option<E164>>) -> bool {
        let Self { program, operation, member_id, e164, .. } = self;
        self.answer.is_for(facts.door)
            && program.as_deref().is_none_or(|program| facts.program.as_deref() == Some(program))
            && operation.as_deref().is_none_or(|operation| facts.operation == Some(operation))
            && member_id.is_none_or(|member| facts.member_id == Some(member))
            && e164.is_none_or(|wanted| number.get() == Some(wanted))
    }
}

/// The number of a call, which is read when a rule first wants to know it.
pub(super) struct Number<F> {
    ask: Option<F>,
    known: Option<E164>,
}

impl<F: FnOnce() -> Option<E164>> Number<F> {
    pub fn new(ask: F) -> Self {
        Self { ask: Some(ask), known: None }
    }

    fn get(&mut self) -> Option<E164> {
        if let Some(ask) = self.ask.take() {
            self.known = ask();
        }
        self.known
    }
}
