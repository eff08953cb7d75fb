//! The five actions with which a number moves to a space. Each reads its parameters, and asks the platform.

mod initiate;
mod parameters;
mod register;
mod status;
mod verified;
mod verify_code;

use super::answer::Done;
use super::error::Refusal;
use super::parameters::Parameters;
use crate::domain::{E164, PhoneNumber, ProgramSettings};
use crate::ledger::{CamsCaller, LedgerError};
use crate::operations::{MigrationError, MigrationRefusal, Platform};

/// What is asked for; in the order in which a migration asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    CreateChatappMigrationInitiate,
    GetPhoneNumberVerificationStatus,
    GetMigrationVerifyCode,
    ChatappMigrationVerified,
    ChatappMigrationRegister,
}

impl Action {
    pub const ALL: [Self; 5] = [
        Self::CreateChatappMigrationInitiate,
        Self::GetPhoneNumberVerificationStatus,
        Self::GetMigrationVerifyCode,
        Self::ChatappMigrationVerified,
        Self::ChatappMigrationRegister,
    ];

    /// As it goes over the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateChatappMigrationInitiate => "CreateChatappMigrationInitiate",
            Self::GetPhoneNumberVerificationStatus => "GetPhoneNumberVerificationStatus",
            Self::GetMigrationVerifyCode => "GetMigrationVerifyCode",
            Self::ChatappMigrationVerified => "ChatappMigrationVerified",
            Self::ChatappMigrationRegister => "ChatappMigrationRegister",
        }
    }

    /// The action of that name, up to the letter.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// Does what is asked, on behalf of a caller who may.
    ///
    /// # Errors
    /// [`ActionError`]; then nothing has changed.
    pub async fn perform(
        self,
        platform: &Platform,
        caller: &CamsCaller<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<Done, ActionError> {
        match self {
            Self::CreateChatappMigrationInitiate => initiate::perform(platform, caller, parameters).await,
            Self::GetPhoneNumberVerificationStatus => status::perform(platform, caller, parameters).await,
            Self::GetMigrationVerifyCode => verify_code::perform(platform, caller, parameters).await,
            Self::ChatappMigrationVerified => verified::perform(platform, caller, parameters).await,
            Self::ChatappMigrationRegister => register::perform(platform, caller, parameters).await,
        }
    }
}

/// The number that a call is about, as far as it can be read: for rules that name one.
pub fn number(parameters: &Parameters<'_>) -> Option<E164> {
    let digits = match parameters.first("PhoneNumber") {
        Some(number) => number.into_owned(),
        None => parameters.first("CountryCode")?.into_owned() + &parameters.first("MobileNumber")?,
    };
    Some(PhoneNumber::parse(&format!("+{digits}"), &ProgramSettings::default()).ok()?.e164())
}

/// Why an action did nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum ActionError {
    Refused(Refusal),
    /// Keys, spaces or settings have changed meanwhile: all has to be looked up anew.
    Outdated,
    Failed(LedgerError),
}

impl From<Refusal> for ActionError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<LedgerError> for ActionError {
    fn from(error: LedgerError) -> Self {
        Self::Failed(error)
    }
}

impl From<MigrationError> for ActionError {
    fn from(error: MigrationError) -> Self {
        let refusal = match error {
            MigrationError::Outdated => return Self::Outdated,
            MigrationError::Ledger(error) => return Self::Failed(error),
            MigrationError::Refused(refusal) => refusal,
        };
        Self::Refused(match refusal {
            MigrationRefusal::NotTheirs(whose) => Refusal::NotTheirs(whose),
            MigrationRefusal::NotBegun => Refusal::NotMigrating("the number hasn't set out for this space"),
            MigrationRefusal::NotProved => {
                Refusal::NotMigrating("nobody has proved to own the number, or too long ago")
            }
            MigrationRefusal::WrongCode(why) => Refusal::WrongCode(why),
            MigrationRefusal::NoSuchMember => Refusal::SpaceWithoutMember,
        })
    }
}
