//! A number moves to a space: it sets out, its owner proves to have it, it arrives on the space's member.

use jiff::Timestamp;
use thiserror::Error;

use super::proofs::replace_proof;
use super::save_number::holder_of_number;
use super::verification::send_code;
use super::{NumberToSave, Platform, save_number};
use crate::domain::cams::CamsSpace;
use crate::domain::verification::CodeRefusal;
use crate::domain::{PhoneNumber, Purpose, Reason, Verification, VerificationKey};
use crate::ledger::{ItemKind, LedgerError, Program, Revision, Written};

/// A number on its way to a space.
#[derive(Clone, Debug)]
pub struct Migration<'a> {
    pub program: &'a Program,
    pub space: &'a CamsSpace,
    pub number: PhoneNumber,
}

/// How far the proof of ownership is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    None,
    Good,
    Expired,
}

/// Why a migration doesn't go on.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum MigrationError {
    #[error("refused: {0:?}")]
    Refused(MigrationRefusal),
    /// Others have changed the program or the proof meanwhile: all has to be looked up anew.
    #[error("what the step was derived from has changed")]
    Outdated,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The platform's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationRefusal {
    /// The number is another space's, or another member's: whose.
    NotTheirs(Reason),
    /// The number hasn't set out for this space.
    NotBegun,
    /// Nobody has proved to own it, or too long ago.
    NotProved,
    /// The code doesn't count; `None` if there is none.
    WrongCode(Option<CodeRefusal>),
    /// The space's member or type of number isn't there.
    NoSuchMember,
}

impl From<MigrationRefusal> for MigrationError {
    fn from(refusal: MigrationRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Migration<'_> {
    /// The number sets out. Where it has already, nothing changes.
    ///
    /// # Errors
    /// [`MigrationError`]; then nothing has changed.
    pub async fn begin(&self, platform: &Platform) -> Result<(), MigrationError> {
        self.check_holder(platform).await?;
        if platform.ledger.find_verification(self.program.id, &self.key()).await?.is_some() {
            return Ok(());
        }
        self.check_others(platform).await?;
        self.replace(platform, None, Verification::default()).await
    }

    /// How far the proof is.
    ///
    /// # Errors
    /// [`MigrationError`].
    pub async fn proof(&self, platform: &Platform) -> Result<Proof, MigrationError> {
        let (verification, _) = self.find(platform).await?;
        Ok(proof(&verification, platform.clock.now()))
    }

    /// Sends a code to the number, by text or by a call.
    ///
    /// # Errors
    /// [`MigrationError`]; then no code was sent.
    pub async fn send_code(
        &self,
        platform: &Platform,
        channel: &str,
        text: impl Fn(&str) -> String,
    ) -> Result<(), MigrationError> {
        self.find(platform).await?;
        Ok(send_code(platform, self.program, &self.key(), channel, text).await?)
    }

    /// Takes a code as proof, once: code and proof change together. Typed in again while the proof is good, the same code is
    /// good as well and changes nothing (our choice).
    ///
    /// # Errors
    /// [`MigrationError`]; then the number isn't proved by this. A wrong code is counted.
    pub async fn prove(&self, platform: &Platform, typed: &str) -> Result<(), MigrationError> {
        let now = platform.clock.now();
        let (verification, revision) = self.find(platform).await?;
        let Some(code) = &verification.code else { return Err(MigrationRefusal::WrongCode(None).into()) };
        if code.used_at.is_some() && code.is(typed) && proof(&verification, now) == Proof::Good {
            return Ok(());
        }
        let (code, checked) = code.tried(typed, &self.program.settings.verification_codes, now);
        if checked != Err(CodeRefusal::Spent) {
            let verified_at = if checked.is_ok() { Some(now) } else { verification.verified_at };
            self.replace(platform, Some(revision), Verification { code: Some(code), verified_at }).await?;
        }
        checked.map_err(|why| MigrationRefusal::WrongCode(Some(why)).into())
    }

    /// The number arrives: it is saved on the space's member. Again, it changes nothing.
    ///
    /// # Errors
    /// [`MigrationError`]; then nothing was saved.
    pub async fn register(&self, platform: &Platform) -> Result<(), MigrationError> {
        let (verification, _) = self.find(platform).await?;
        if proof(&verification, platform.clock.now()) != Proof::Good {
            return Err(MigrationRefusal::NotProved.into());
        }
        let items = &self.program.items;
        let Some(phone_number_type) = items.find(ItemKind::PhoneNumberType, &self.space.phone_number_type) else {
            return Err(MigrationRefusal::NoSuchMember.into());
        };
        let save = NumberToSave {
            member: self.space.member_id,
            phone_number_type,
            number: &self.number,
            mobile_carrier: None,
            is_valid: true,
        };
        match save_number(platform, self.program, save).await? {
            Written::Done => Ok(()),
            Written::HeldByAnotherMember => {
                let holder = holder_of_number(platform, self.program, self.number.e164()).await;
                Err(MigrationRefusal::NotTheirs(holder).into())
            }
            Written::NoSuchMember => Err(MigrationRefusal::NoSuchMember.into()),
            Written::Outdated | Written::Full => Err(MigrationError::Outdated),
        }
    }

    /// The proof under way. A number that hasn't set out for this space may be on its way to another one, or be there.
    async fn find(&self, platform: &Platform) -> Result<(Verification, Revision), MigrationError> {
        if let Some(found) = platform.ledger.find_verification(self.program.id, &self.key()).await? {
            return Ok(found);
        }
        self.check_holder(platform).await?;
        self.check_others(platform).await?;
        Err(MigrationRefusal::NotBegun.into())
    }

    /// A number that a member of another space holds is that space's, unless members may share numbers.
    async fn check_holder(&self, platform: &Platform) -> Result<(), MigrationError> {
        if !self.program.settings.duplicate_phone_check.0 {
            return Ok(());
        }
        let holder = platform.ledger.find_holder(self.program.id, self.number.e164()).await?;
        let mut spaces = self.program.companions.cams_accounts.iter().flat_map(|account| &account.spaces);
        let Some(holder) = holder.filter(|holder| *holder != self.space.member_id) else { return Ok(()) };
        match spaces.find(|space| space.member_id == holder) {
            Some(CamsSpace { cust_space_id, .. }) => {
                let why = format_args!("member {} of space {cust_space_id} holds {}", holder.0, self.number.e164());
                Err(MigrationRefusal::NotTheirs(Reason::of(why)).into())
            }
            None => Ok(()),
        }
    }

    /// A number is on its way to one space at a time. Of two that set out for at once both may go on; the save then has one winner.
    async fn check_others(&self, platform: &Platform) -> Result<(), MigrationError> {
        let number = self.number.e164();
        let spaces = platform.ledger.accounts_of(self.program.id, Purpose::CamsMigration, number).await?;
        match spaces.iter().find(|space| **space != self.space.cust_space_id) {
            Some(space) => {
                let why = Reason::of(format_args!("{number} is on its way to space {space}"));
                Err(MigrationRefusal::NotTheirs(why).into())
            }
            None => Ok(()),
        }
    }

    async fn replace(
        &self,
        platform: &Platform,
        from: Option<Revision>,
        to: Verification,
    ) -> Result<(), MigrationError> {
        match replace_proof(platform, self.program, &self.key(), from, to).await? {
            true => Ok(()),
            false => Err(MigrationError::Outdated),
        }
    }

    fn key(&self) -> VerificationKey {
        VerificationKey {
            purpose: Purpose::CamsMigration,
            account: self.space.cust_space_id.clone(),
            number: self.number.e164(),
        }
    }
}

fn proof(verification: &Verification, now: Timestamp) -> Proof {
    match verification.verified_at {
        None => Proof::None,
        Some(_) if verification.is_good(now) => Proof::Good,
        Some(_) => Proof::Expired,
    }
}
