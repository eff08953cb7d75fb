//! The device of an account.

use super::codes::{TypedCode, claim};
use super::trusted_number::{present_number, use_up};
use super::{PimsCaller, PimsRefusal, required};
use crate::domain::pims::Blocked;
use crate::domain::{Purpose, VerificationKey};
use crate::ledger::{Change, Changed, Edit};
use crate::operations::Platform;

/// What the device was when its enrolment was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    Already,
    Now,
}

/// Enrols the account's device, after a code that was sent to the trusted number has come back.
///
/// # Errors
/// [`PimsRefusal`]; then the device is what it was. Whatever the account is blocked by, this is
/// [`PinBlocked`](PimsRefusal::PinBlocked): the SDK's tutorial has one error for both while a device is enrolled.
pub async fn enroll_device(
    platform: &Platform,
    caller: PimsCaller<'_>,
    code: &TypedCode,
) -> Result<Enrolled, PimsRefusal> {
    let directory = platform.ledger.directory();
    let (program, account) = caller.find(platform, &directory).await?;
    if account.blocked != Blocked::NotBlocked {
        return Err(PimsRefusal::PinBlocked);
    }
    let number = required(present_number(platform, program, account).await?)?;
    let key = VerificationKey { purpose: Purpose::PimsEnrollment, account: account.login.clone(), number };
    let claim = claim(platform, program, &key, code).await?;
    if account.device_enrolled {
        use_up(claim, platform, program).await;
        return Ok(Enrolled::Already);
    }
    match mark_as_enrolled(platform, caller).await {
        Ok(()) => {
            use_up(claim, platform, program).await;
            Ok(Enrolled::Now)
        }
        Err(error) => {
            drop(claim.give_back(platform, program).await);
            Err(error)
        }
    }
}

async fn mark_as_enrolled(platform: &Platform, caller: PimsCaller<'_>) -> Result<(), PimsRefusal> {
    loop {
        let directory = platform.ledger.directory();
        let (program, _) = caller.find(platform, &directory).await?;
        let mut companions = program.companions.clone();
        for account in companions.pims_accounts.iter_mut().filter(|account| account.login == caller.login) {
            account.device_enrolled = true;
        }
        let change = Change::EditProgram(program.id, Edit::PutCompanions(companions));
        match platform.ledger.change(directory.version(), change).await? {
            Changed::Outdated | Changed::NotFound => {}
            _ => return Ok(()),
        }
    }
}
