//! The seed: what a ledger holds, as JSON. Read whole, checked whole, then applied whole; or, if that is too much at once, chunk
//! by chunk.

mod check;
mod locate;
mod member_state;
mod parts;
mod reader;
mod source;
mod state;
mod text;
mod writer;

pub use member_state::{AccountIdState, AddressState, CoreState, EmailState, FlagsState, MemberState};
pub use reader::{ReadError, read_chunks};
pub use source::{SeedSource, SeedSourceError};
pub use state::{ItemState, PhoneState, ProgramState, State, TokenState, VerificationState};
pub use writer::StateWriter;

use thiserror::Error;

use self::check::Programs;
use super::{ItemId, ItemKind, Items, Part, PartKind, Program, ProgramDocument, ProgramId, SavePhone};
use crate::domain::{Companions, E164, MemberId, ProgramSettings, Verification, VerificationKey};

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
    pub document: ProgramDocument,
    pub security_tokens: Vec<TokenState>,
    pub verifications: Vec<(VerificationKey, Verification)>,
    pub members: Vec<MemberSeed>,
}

/// A member with all its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberSeed {
    pub member_id: MemberId,
    pub first_name: String,
    pub last_name: String,
    pub phones: Vec<PhoneSeed>,
    /// All the rest, each kind in its order.
    pub parts: Vec<Part>,
}

/// A number of a member. Items have the ids of the [document](ProgramSeed::document) or of the program that the member was checked
/// against.
#[derive(Clone, Debug, PartialEq)]
pub struct PhoneSeed {
    pub phone_number_type: ItemId,
    pub number: E164,
    pub extension: Option<String>,
    pub mobile_carrier: Option<ItemId>,
    pub is_valid: bool,
}

impl PhoneSeed {
    /// The number as a seed says it; `None` if its type isn't among these items.
    pub(super) fn state(&self, items: &Items) -> Option<PhoneState> {
        let reference = |kind, id| items.reference(kind, id).map(str::to_owned);
        Some(PhoneState {
            r#type: reference(ItemKind::PhoneNumberType, self.phone_number_type)?,
            number: match &self.extension {
                Some(extension) => format!("{};ext={extension}", self.number),
                None => self.number.to_string(),
            },
            carrier: self.mobile_carrier.and_then(|carrier| reference(ItemKind::MobileCarrier, carrier)),
            is_valid: self.is_valid,
        })
    }
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

/// What is wrong with something that was read: where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {reason}")]
pub struct SeedFault {
    /// The way from what was checked to what is wrong: `programs[0].members[2].phones[0].number`. Empty if it is the whole.
    pub path: String,
    pub reason: String,
}

impl SeedFault {
    fn new(reason: impl Into<String>) -> Self {
        Self { path: String::new(), reason: reason.into() }
    }

    /// Adds the step, or the steps, that lead to the place so far.
    fn within(self, steps: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { path: format!("{steps}{dot}{}", self.path), ..self }
    }
}

impl Seed {
    /// Checks what was read already.
    ///
    /// # Errors
    /// [`SeedFault`] for the first thing that is wrong.
    pub fn check(state: State) -> Result<Self, SeedFault> {
        let mut checks = Programs::with_members();
        let check = |state| Ok(checks.check(state)?.0);
        Ok(Self { programs: check::each("programs", state.programs, check)? })
    }

    /// Reads and checks a seed. A byte order mark in front of it is passed over.
    ///
    /// # Errors
    /// [`SeedError`] for the first thing that is wrong.
    pub fn parse(json: &str) -> Result<Self, SeedError> {
        let mut seed = Self { programs: Vec::new() };
        let read = reader::read_text(json, &mut |chunk| {
            seed.push(chunk);
            true
        });
        match read {
            Ok(()) => Ok(seed),
            Err(ReadError::Refused(error)) => Err(error),
            // Text at hand can be read, and is wanted.
            Err(error) => Err(SeedError { line: 1, path: String::new(), reason: error.to_string() }),
        }
    }
}

impl ProgramSeed {
    /// Checks one program.
    ///
    /// # Errors
    /// [`SeedFault`] for the first thing that is wrong.
    pub fn check(state: ProgramState) -> Result<Self, SeedFault> {
        Ok(Programs::with_members().check(state)?.0)
    }
}

impl MemberSeed {
    /// Checks a member against a program of the directory. What it gives is good for that
    /// [version](super::Directory::version).
    ///
    /// # Errors
    /// [`SeedFault`] for the first thing that is wrong.
    pub fn check(state: MemberState, program: &Program) -> Result<Self, SeedFault> {
        check::member(state, program)
    }

    /// What gives the member its numbers in a program with these settings.
    pub(super) fn saves(&self, program: ProgramId, settings: &ProgramSettings) -> impl Iterator<Item = SavePhone> {
        let may_be_shared = !settings.duplicate_phone_check.0;
        self.phones.iter().map(move |phone| SavePhone {
            program,
            member: self.member_id,
            phone_number_type: phone.phone_number_type,
            number: phone.number,
            extension: phone.extension.clone(),
            mobile_carrier: phone.mobile_carrier,
            is_valid: phone.is_valid,
            may_be_shared,
            version: 0, // not compared: the change that brings the member was
        })
    }
}

/// Whether other members of a program with these settings may have the same part.
pub fn may_be_shared(kind: PartKind, settings: &ProgramSettings) -> bool {
    match kind {
        PartKind::Email => !settings.duplicate_email_check.0,
        // No setting: imports know no exception (inferred).
        PartKind::AccountId => false,
        // They have no key.
        PartKind::Core | PartKind::Flags | PartKind::Address | PartKind::LoyaltyClub | PartKind::CustomField => true,
    }
}

impl TokenState {
    /// Checks one token.
    ///
    /// # Errors
    /// [`SeedFault`] for the first thing that is wrong.
    pub fn check(self) -> Result<Self, SeedFault> {
        check::token(self)
    }
}

impl ItemState {
    /// Checks one item, and trims its reference.
    ///
    /// # Errors
    /// [`SeedFault`] for the first thing that is wrong.
    pub fn check(self, kind: ItemKind) -> Result<Self, SeedFault> {
        check::item(kind, self)
    }

    /// Whether it is a custom field that takes this value, as it is kept.
    pub fn takes(&self, value: &serde_json::Value) -> bool {
        self.r#type.is_some_and(|field| field.accepts(value, &self.options))
    }
}

/// Checks the companions' accounts of one program. Whether other programs have their names is for the ledger to say.
///
/// # Errors
/// [`SeedFault`] for the first thing that is wrong.
pub fn check_companions(companions: &Companions) -> Result<(), SeedFault> {
    check::companions(companions, &mut check::Callers::new())
}

/// Checks settings that were read already.
///
/// # Errors
/// [`SeedFault`] for the first thing that is wrong.
pub fn check_settings(settings: &ProgramSettings) -> Result<(), SeedFault> {
    check::settings(settings)
}

#[cfg(test)]
mod tests;
