//! What accounts of the mobile SDK do: they prove that a number is theirs, and trust it. An account goes by its login.

mod codes;
mod device;
mod trusted_number;

use thiserror::Error;

use crate::domain::pims::{Blocked, PimsAccount};
use crate::domain::{E164, Reason};
use crate::ledger::{Begun, Directory, ItemId, ItemKind, LedgerError, Program};
use crate::operations::Platform;
pub use codes::{TypedCode, send_number_code, send_trusted_number_code};
pub use device::{Enrolled, enroll_device};
pub use trusted_number::{Trust, TrustNumber, find_trusted_number, trust_number};

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PimsRefusal {
    #[error("nobody is logged in")]
    NotLoggedIn,
    #[error("the account is blocked")]
    AccountBlocked,
    #[error("the PIN is blocked")]
    PinBlocked,
    #[error("the device is not enrolled")]
    DeviceNotEnrolled,
    #[error("the account has no phone number")]
    NoPhoneNumber,
    /// Never sent, sent to another number or for another purpose, or mistyped.
    #[error("the code isn't the one that was sent to this number for this purpose, or none was")]
    WrongCode,
    /// Its time is over or its tries are used up.
    #[error("the code's time is over, its tries are used up, or it has counted already")]
    SpentCode,
    /// The account has a number already, or another member holds this one.
    #[error("{0}")]
    NumberRegistered(Reason),
    #[error("the account was sent as many codes as it may be")]
    TooManyCodes,
    /// What the account names isn't there.
    #[error("the account is not well configured: {0}")]
    Misconfigured(&'static str),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct PimsCaller<'c> {
    /// Of the account that is logged in.
    pub login: &'c str,
    /// When the call began.
    pub begun: &'c Begun,
}

impl PimsCaller<'_> {
    /// The account, and the program that it decides.
    async fn find<'d>(
        self,
        platform: &Platform,
        directory: &'d Directory,
    ) -> Result<(&'d Program, &'d PimsAccount), PimsRefusal> {
        let (program, account) = directory.find_pims_login(self.login).ok_or(PimsRefusal::NotLoggedIn)?;
        self.begun.check(&*platform.ledger, directory, Some(program.id)).await?;
        Ok((program, account))
    }
}

/// The type of the account's trusted number.
fn number_type(program: &Program, account: &PimsAccount) -> Result<ItemId, PimsRefusal> {
    let found = program.items.find(ItemKind::PhoneNumberType, &account.phone_number_type);
    found.ok_or(PimsRefusal::Misconfigured("the program has no such phone_number_type"))
}

/// Whether the strong authentication of the account is in order: it isn't blocked, its device is enrolled, its PIN isn't blocked.
fn check_usable(account: &PimsAccount) -> Result<(), PimsRefusal> {
    match account.blocked {
        Blocked::AccountBlocked => Err(PimsRefusal::AccountBlocked),
        _ if !account.device_enrolled => Err(PimsRefusal::DeviceNotEnrolled),
        Blocked::PinBlocked => Err(PimsRefusal::PinBlocked),
        Blocked::NotBlocked => Ok(()),
    }
}

/// The number, if there is one.
fn required(number: Option<E164>) -> Result<E164, PimsRefusal> {
    number.ok_or(PimsRefusal::NoPhoneNumber)
}
