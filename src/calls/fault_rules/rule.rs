//! What a rule is, which calls it fits, and which rules can't be.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::FaultAnswerSchema;
use super::answer::FaultAnswer;
use crate::calls::{CallContext, Operation};
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

/// The longest number of a rule, in bytes: a rule is copied under a lock that calls need.
const LONGEST_NUMBER: usize = 1000;

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
            if !self.answer.is_for(operation.api) {
                let reason = format!("{name} is an operation of {}", FaultAnswer::of(operation.api));
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
        if number.len() > LONGEST_NUMBER {
            let reason = format!("expected at most {LONGEST_NUMBER} bytes");
            return Err(FaultRuleError { field: "number", reason });
        }
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

    /// Whether it is about such a call, with that number.
    pub(super) fn fits(&self, context: &CallContext, number: Option<E164>) -> bool {
        self.fits_but_for_number(context) && self.e164.is_none_or(|wanted| number == Some(wanted))
    }

    /// Whether it depends on the number of such a call.
    pub(super) fn wants_number(&self, context: &CallContext) -> bool {
        self.e164.is_some() && self.fits_but_for_number(context)
    }

    fn fits_but_for_number(&self, context: &CallContext) -> bool {
        let Self { program, operation, member_id, .. } = self;
        self.answer.is_for(context.api)
            && program.as_deref().is_none_or(|program| context.program.as_deref() == Some(program))
            && operation.as_deref().is_none_or(|operation| context.operation == Some(operation))
            && member_id.is_none_or(|member| context.member_id == Some(member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::assert_linear;

    #[test]
    fn a_number_may_have_invisible_marks_but_not_any_number_of_them() {
        for (marks, is_taken) in [(0, true), (100, true), (1000, false)] {
            let number = Some("+15195550123".to_owned() + &"\u{200B}".repeat(marks));
            let answer = FaultAnswer::DelayMs(1);
            let rule = NewFaultRule { program: None, operation: None, member_id: None, number, times: 1, answer };
            assert_eq!(rule.check(&[]).is_ok(), is_taken, "{marks}");
        }
    }

    #[test]
    fn work_on_hostile_rules_is_linear() {
        let check = |number: Option<&str>, operation: Option<&str>, answer| {
            let (number, operation) = (number.map(str::to_owned), operation.map(str::to_owned));
            drop(NewFaultRule { program: None, operation, member_id: None, number, times: 1, answer }.check(&[]));
        };
        let delay = || FaultAnswer::DelayMs(1);
        let code = |code: &str, message: Option<&str>| FaultAnswer::Code {
            code: code.to_owned(),
            message: message.map(str::to_owned),
        };
        assert_linear(&[
            ("a number", &|text| check(Some(text), None, delay())),
            ("a number behind its plus", &|text| check(Some(&format!("+1{text}")), None, delay())),
            ("an operation", &|text| check(None, Some(text), delay())),
            ("a code", &|text| check(None, None, code(text, None))),
            ("a message", &|text| check(None, None, code("A.b", Some(text)))),
            ("a SOAP fault", &|text| check(None, None, FaultAnswer::SoapFault(text.to_owned()))),
        ]);
    }
}
