//! Failures on demand: counted rules, not dice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::Facts;
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
    e164: Option<E164>,
}

/// What happens to a call instead of, or beside, what would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultAnswer {
    /// The platform refuses with this code; nothing is stored.
    ReturnCode(u16),
    /// The call is answered as ever, but so much later. At most ten minutes.
    DelayMs(u64),
    /// The site answers with this status and an empty body; nothing is stored.
    HttpStatus(u16),
    /// An exception with this text out of the method, in ASP.NET's words; nothing is stored.
    SoapFault(String),
    /// The connection is closed without an answer.
    Disconnect(Disconnect),
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

/// More rules than anybody needs.
const MAX_RULES: usize = 1000;

/// The rules in force, oldest first. The first that fits a call breaks it.
#[derive(Debug, Default)]
pub struct FaultRules {
    rules: Mutex<Rules>,
    /// How many there are, so that calls needn't lock when there are none.
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct Rules {
    all: Vec<FaultRule>,
    last_id: u64,
}

impl FaultRules {
    /// Takes a rule. `operations` are the names of those that are served.
    ///
    /// # Errors
    /// [`FaultRuleError`] names the field that is wrong.
    pub fn add(&self, rule: NewFaultRule, operations: &[&str]) -> Result<FaultRule, FaultRuleError> {
        let e164 = check(&rule, operations)?;
        self.change(|rules| {
            if rules.all.len() == MAX_RULES {
                let reason = format!("there are {MAX_RULES} rules already; remove some");
                return Err(FaultRuleError { field: "", reason });
            }
            rules.last_id += 1;
            let NewFaultRule { program, operation, member_id, number, times, answer } = rule;
            let id = rules.last_id;
            let rule = FaultRule { id, program, operation, member_id, number, times, answer, used: 0, e164 };
            rules.all.push(rule.clone());
            Ok(rule)
        })
    }

    /// All rules, oldest first.
    pub fn all(&self) -> Vec<FaultRule> {
        self.lock().all.clone()
    }

    /// Removes one rule; says whether it was there.
    pub fn remove(&self, id: u64) -> bool {
        self.change(|rules| {
            let before = rules.all.len();
            rules.all.retain(|rule| rule.id != id);
            rules.all.len() < before
        })
    }

    /// Removes all rules, or those of one program.
    pub fn clear(&self, program: Option<&str>) {
        self.change(|rules| match program {
            Some(program) => rules.all.retain(|rule| rule.program.as_deref() != Some(program)),
            None => rules.all.clear(),
        });
    }

    /// The first rule that fits, counted as used. `number` is asked for only if a rule wants to know.
    pub fn apply(&self, facts: &Facts, number: impl FnOnce() -> Option<E164>) -> Option<FaultRule> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        self.change(|rules| {
            let mut number = Lazy::Unasked(number);
            let place = rules.all.iter().position(|rule| fits(rule, facts, &mut number))?;
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

/// A value that is made when it is first asked for.
enum Lazy<F> {
    Unasked(F),
    Known(Option<E164>),
    Asking,
}

impl<F: FnOnce() -> Option<E164>> Lazy<F> {
    fn get(&mut self) -> Option<E164> {
        *self = match std::mem::replace(self, Self::Asking) {
            Self::Unasked(ask) => Self::Known(ask()),
            known => known,
        };
        if let Self::Known(number) = self { *number } else { None }
    }
}

fn fits<F: FnOnce() -> Option<E164>>(rule: &FaultRule, facts: &Facts, number: &mut Lazy<F>) -> bool {
    let FaultRule { program, operation, member_id, .. } = rule;
    program.as_deref().is_none_or(|program| facts.program.as_deref() == Some(program))
        && operation.as_deref().is_none_or(|operation| facts.operation == Some(operation))
        && member_id.is_none_or(|member| facts.member_id == Some(member))
        && rule.e164.is_none_or(|wanted| number.get() == Some(wanted))
}

fn check(rule: &NewFaultRule, operations: &[&str]) -> Result<Option<E164>, FaultRuleError> {
    let wrong = |field, reason: &str| Err(FaultRuleError { field, reason: reason.to_owned() });
    if let Some(operation) = &rule.operation
        && !operations.contains(&operation.as_str())
    {
        let reason = format!("no such operation is served; there is {}", operations.join(", "));
        return Err(FaultRuleError { field: "operation", reason });
    }
    if !(1..=1_000_000).contains(&rule.times) {
        return wrong("times", "expected 1 to 1000000");
    }
    match &rule.answer {
        FaultAnswer::ReturnCode(code) if !(1..=9999).contains(code) => {
            wrong("answer.return_code", "expected 1 to 9999; 0 would say that the number was saved")
        }
        FaultAnswer::DelayMs(delay) if *delay > 600_000 => wrong("answer.delay_ms", "expected at most 600000"),
        FaultAnswer::HttpStatus(status) if !(200..=599).contains(status) => {
            wrong("answer.http_status", "expected 200 to 599")
        }
        FaultAnswer::SoapFault(text) if text.is_empty() || text.chars().count() > 1000 => {
            wrong("answer.soap_fault", "expected 1 to 1000 characters")
        }
        _ => match &rule.number {
            None => Ok(None),
            Some(number) => match PhoneNumber::parse(number, &ProgramSettings::default()) {
                Ok(number) => Ok(Some(number.e164())),
                Err(error) => wrong("number", &format!("{error}; give it as \"+15195550123\"")),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> NewFaultRule {
        serde_json::from_str(json).expect("a rule")
    }

    fn facts(program: &str, member: i32) -> Facts {
        Facts { operation: Some("SaveAccountPhone"), program: Some(program.into()), member_id: Some(member) }
    }

    #[test]
    fn a_rule_fits_what_it_names_and_is_gone_when_used_up() {
        let rules = FaultRules::default();
        let text =
            r#"{"program":"demo","member_id":1,"number":"+1 519 555 0123","times":2,"answer":{"return_code":1}}"#;
        let id = rules.add(rule(text), &["SaveAccountPhone"]).expect("a rule").id;
        let number = PhoneNumber::parse("15195550123", &ProgramSettings::default()).ok().map(|number| number.e164());
        assert_eq!(rules.apply(&facts("other", 1), || number), None);
        assert_eq!(rules.apply(&facts("demo", 2), || number), None);
        assert_eq!(rules.apply(&facts("demo", 1), || None), None);
        for used in [1, 2] {
            let applied = rules.apply(&facts("demo", 1), || number).map(|rule| (rule.id, rule.used));
            assert_eq!(applied, Some((id, used)));
        }
        assert_eq!((rules.apply(&facts("demo", 1), || number), rules.all()), (None, Vec::new()));
    }

    #[test]
    fn what_no_rule_can_be_is_refused_by_its_field() {
        for (json, field) in [
            (r#"{"operation":"SaveAccountPhon","answer":{"return_code":1}}"#, "operation"),
            (r#"{"times":0,"answer":{"return_code":1}}"#, "times"),
            (r#"{"answer":{"return_code":0}}"#, "answer.return_code"),
            (r#"{"answer":{"delay_ms":600001}}"#, "answer.delay_ms"),
            (r#"{"answer":{"http_status":199}}"#, "answer.http_status"),
            (r#"{"answer":{"soap_fault":""}}"#, "answer.soap_fault"),
            (r#"{"number":"12","answer":{"disconnect":true}}"#, "number"),
        ] {
            let error = FaultRules::default().add(rule(json), &["SaveAccountPhone"]);
            assert_eq!(error.map_err(|error| error.field), Err(field), "{json}");
        }
        assert!(serde_json::from_str::<NewFaultRule>(r#"{"answer":{"disconnect":false}}"#).is_err());
    }
}
