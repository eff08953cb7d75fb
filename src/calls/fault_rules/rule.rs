//! What a rule is, which calls it fits, and which rules can't be.

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::calls::{Door, Facts, Operation};
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
    pub answer: FaultAnswer,
    /// How many calls it has broken.
    pub used: u32,
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) e164: Option<E164>,
}

/// What happens to a call instead of, or beside, what would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultAnswer {
    /// The platform refuses with this code; nothing is stored. Sync has return codes, PIMS has error codes.
    ReturnCode(u16),
    /// CAMS refuses with this `Code`; nothing is stored.
    Code(String),
    /// The call is answered as ever, but so much later. At most ten minutes.
    DelayMs(u64),
    /// The site answers with this status and an empty body; nothing is stored.
    HttpStatus(u16),
    /// An exception with this text out of the method, in ASP.NET's words; nothing is stored.
    SoapFault(String),
    /// The connection is closed without an answer.
    Disconnect(Disconnect),
}

impl FaultAnswer {
    /// Whether calls by this door can be answered so; a rule leaves other calls alone.
    pub fn is_for(&self, door: Door) -> bool {
        match self {
            Self::ReturnCode(code) => match door {
                Door::Sync => true,
                Door::Cams => false,
                // All of the SDK's errors are there.
                Door::Pims => (2000..3000).contains(code),
            },
            Self::Code(_) => door == Door::Cams,
            Self::SoapFault(_) => door == Door::Sync,
            Self::DelayMs(_) | Self::HttpStatus(_) | Self::Disconnect(_) => true,
        }
    }
}

/// When a connection is closed. `true` means before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disconnect {
    /// Nothing is stored.
    Before,
    /// The save is stored, and nobody told.
    After,
}

impl<'de> Deserialize<'de> for Disconnect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct When;

        impl Visitor<'_> for When {
            type Value = Disconnect;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, \"before\" or \"after\"")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Disconnect, E> {
                if value { Ok(Disconnect::Before) } else { Err(E::invalid_value(de::Unexpected::Bool(value), &self)) }
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Disconnect, E> {
                match value {
                    "before" => Ok(Disconnect::Before),
                    "after" => Ok(Disconnect::After),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }

        deserializer.deserialize_any(When)
    }
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
    /// Gives the number that the rule names, if it does. `operations` are the names of those that are served.
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
                return wrong("answer", "this operation can't answer so");
            }
        }
        if !(1..=1_000_000).contains(&self.times) {
            return wrong("times", "expected 1 to 1000000");
        }
        match &self.answer {
            FaultAnswer::ReturnCode(code) if !(1..=9999).contains(code) => {
                wrong("answer.return_code", "expected 1 to 9999; 0 would say that the number was saved")
            }
            FaultAnswer::Code(code) if code.is_empty() || code.len() > 100 || !code.is_ascii() => {
                wrong("answer.code", "expected a code of CAMS, such as System.LimitControl")
            }
            FaultAnswer::DelayMs(delay) if *delay > 600_000 => wrong("answer.delay_ms", "expected at most 600000"),
            FaultAnswer::HttpStatus(status) if !(200..=599).contains(status) => {
                wrong("answer.http_status", "expected 200 to 599")
            }
            FaultAnswer::SoapFault(text) if text.is_empty() || text.chars().count() > 1000 => {
                wrong("answer.soap_fault", "expected 1 to 1000 characters")
            }
            _ => self.e164(),
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
