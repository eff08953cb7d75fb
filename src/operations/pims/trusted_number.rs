//! The trusted phone number: the number of one type that the account's member has.

use super::codes::{TypedCode, claim};
use super::{PimsCaller, PimsRefusal, check_usable, number_type, required};
use crate::domain::pims::PimsAccount;
use crate::domain::{E164, PhoneNumber, Purpose, Reason, VerificationKey};
use crate::ledger::{Program, Written};
use crate::operations::save_number::holder_of_number;
use crate::operations::{Claim, NumberToSave, Platform, save_number};

/// A number to be trusted from now on.
#[derive(Clone, Copy, Debug)]
pub struct TrustNumber<'a> {
    pub trust: Trust,
    pub number: &'a PhoneNumber,
    pub code: &'a TypedCode,
}

/// How a number comes to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// As the first one of the account.
    Add,
    /// In place of another one.
    Modify,
}

/// The account's trusted number, if it has one.
///
/// # Errors
/// [`PimsRefusal`]: not logged in, misconfigured, or a failure of the ledger.
pub async fn find_trusted_number(platform: &Platform, caller: PimsCaller<'_>) -> Result<Option<E164>, PimsRefusal> {
    let directory = platform.ledger.directory();
    let (program, account) = caller.find(platform, &directory).await?;
    present_number(platform, program, account).await
}

/// Makes a number the account's trusted one, after its code has proved that it is the account's.
///
/// # Errors
/// [`PimsRefusal`]; then nothing has changed.
pub async fn trust_number(
    platform: &Platform,
    caller: PimsCaller<'_>,
    asked: TrustNumber<'_>,
) -> Result<(), PimsRefusal> {
    // Accounts, types or settings may change meanwhile, which is rare: then all is checked anew.
    while !trust_if_current(platform, caller, asked).await? {}
    Ok(())
}

async fn trust_if_current(
    platform: &Platform,
    caller: PimsCaller<'_>,
    asked: TrustNumber<'_>,
) -> Result<bool, PimsRefusal> {
    let TrustNumber { trust, number, code } = asked;
    let directory = platform.ledger.directory();
    let (program, account) = caller.find(platform, &directory).await?; // 2301
    let present = match trust {
        Trust::Modify => {
            check_usable(account)?; // 2310, 2312, 2317
            Some(required(present_number(platform, program, account).await?)?) // 2307
        }
        Trust::Add => none(present_number(platform, program, account).await?)?, // 2390
    };
    let key =
        VerificationKey { purpose: Purpose::PimsPhoneNumber, account: account.login.clone(), number: number.e164() };
    let claim = claim(platform, program, &key, code).await?; // 2305, 2306
    if present == Some(number.e164()) {
        use_up(claim, platform, program).await;
        return Ok(true);
    }
    match save(platform, program, account, number).await {
        Ok(Written::Done) => {
            use_up(claim, platform, program).await;
            Ok(true)
        }
        Ok(saved) => {
            claim.give_back(platform, program).await?;
            match saved {
                Written::HeldByAnotherMember => {
                    let holder = holder_of_number(platform, program, number.e164()).await;
                    Err(PimsRefusal::NumberRegistered(holder)) // 2390
                }
                Written::NoSuchMember => Err(PimsRefusal::Misconfigured("the program has no such member_id")), // 2204
                Written::Done | Written::Outdated | Written::Full => Ok(false),
            }
        }
        Err(error) => {
            // As far as anybody can tell, nothing came of it. The failure that counts is the first one.
            drop(claim.give_back(platform, program).await);
            Err(error)
        }
    }
}

/// The number that the account has now.
pub(super) async fn present_number(
    platform: &Platform,
    program: &Program,
    account: &PimsAccount,
) -> Result<Option<E164>, PimsRefusal> {
    let phone_number_type = number_type(program, account)?;
    Ok(platform.ledger.find_phone(program.id, account.member_id, phone_number_type).await?)
}

fn none(present: Option<E164>) -> Result<Option<E164>, PimsRefusal> {
    match present {
        Some(number) => {
            let why = Reason::of(format_args!("the account has a trusted number already, {number}"));
            Err(PimsRefusal::NumberRegistered(why))
        }
        None => Ok(None),
    }
}

async fn save(
    platform: &Platform,
    program: &Program,
    account: &PimsAccount,
    number: &PhoneNumber,
) -> Result<Written, PimsRefusal> {
    let save = NumberToSave {
        member: account.member_id,
        phone_number_type: number_type(program, account)?,
        number,
        mobile_carrier: None,
        is_valid: true,
    };
    Ok(save_number(platform, program, save).await?)
}

/// A code that has served is forgotten. If that fails it stays marked as used, which is as good.
pub(super) async fn use_up(claim: Claim, platform: &Platform, program: &Program) {
    drop(claim.forget(platform, program).await);
}
