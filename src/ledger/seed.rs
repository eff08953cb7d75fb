//! The seed: what a ledger holds, as JSON. Read whole, checked whole, then applied whole.

mod check;
mod locate;

use jiff::Timestamp;
use serde::Deserialize;
use thiserror::Error;

use crate::domain::{E164, MemberId, ProgramSettings, SecurityToken};

/// The ledger that users meet first, and that README and tests speak of.
pub const DEFAULT: &str = include_str!("../../fixtures/seed.json");

/// A seed that was checked: references lead somewhere, numbers are E.164, nothing is there twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Seed {
    pub programs: Vec<ProgramSeed>,
}

/// One program of a seed.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramSeed {
    pub name: String,
    pub settings: ProgramSettings,
    pub security_tokens: Vec<TokenSeed>,
    pub phone_number_types: Vec<ItemSeed>,
    pub mobile_carriers: Vec<ItemSeed>,
    pub members: Vec<MemberSeed>,
}

/// A security token. Without `methods` it permits nothing.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSeed {
    pub token: SecurityToken,
    pub methods: Vec<String>,
    #[serde(default)]
    pub suspended: bool,
    #[serde(default)]
    pub template: bool,
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A phone number type or a mobile carrier.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemSeed {
    pub external_reference: String,
    pub name: String,
}

/// A member with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberSeed {
    pub member_id: MemberId,
    pub first_name: String,
    pub last_name: String,
    pub phones: Vec<PhoneSeed>,
}

/// A number of a member. Types and carriers go by their place in the seed's lists, counted from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct PhoneSeed {
    pub phone_number_type: u16,
    pub number: E164,
    pub extension: Option<String>,
    pub mobile_carrier: Option<u16>,
    pub is_valid: bool,
}

/// Why a seed is refused: where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, {path}: {reason}")]
pub struct SeedError {
    /// Counted from 1.
    pub line: usize,
    /// `programs[0].members[2].phones[0].number`
    pub path: String,
    pub reason: String,
}

impl Seed {
    /// Reads and checks a seed.
    ///
    /// # Errors
    /// [`SeedError`] for the first thing that is wrong.
    pub fn parse(json: &str) -> Result<Self, SeedError> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let file: check::SeedFile = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| SeedError {
            line: error.inner().line(),
            path: error.path().to_string(),
            reason: without_place(error.inner()),
        })?;
        deserializer.end().map_err(|error| SeedError {
            line: error.line(),
            path: "behind the end".into(),
            reason: without_place(&error),
        })?;
        check::check(file).map_err(|fault| SeedError {
            line: locate::line_of(json, &fault.path),
            path: locate::display(&fault.path),
            reason: fault.reason,
        })
    }
}

/// The message of a JSON error without its " at line 1 column 2": the line is told in front.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(reason, _)| reason.to_owned())
}

#[cfg(test)]
mod tests;
