//! Codes by text message.

use super::trusted_number::present_number;
use super::{PimsCaller, PimsRefusal, required};
use crate::domain::pims::PimsAccount;
use crate::domain::program::CodeSettings;
use crate::domain::verification::CodeRefusal;
use crate::domain::{E164, Purpose, VerificationKey};
use crate::ledger::Program;
use crate::operations::{Claim, Platform, claim_code, send_code};

/// A code that was typed in: as text, or as an integer that has lost its zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedCode {
    Text(String),
    Integer(u64),
}

impl TypedCode {
    /// As many digits as a code has; more, if more were typed.
    fn digits(&self, settings: &CodeSettings) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(integer) => format!("{integer:0width$}", width = usize::from(settings.digits)),
        }
    }
}

/// Sends a code to a number that the account says is its own. Says nothing of who holds it.
///
/// # Errors
/// [`PimsRefusal`]: not logged in, too many codes, or a failure of the ledger.
pub async fn send_number_code(platform: &Platform, caller: PimsCaller<'_>, number: E164) -> Result<(), PimsRefusal> {
    let directory = platform.ledger.directory();
    let (program, account) = caller.find(platform, &directory).await?;
    send(platform, program, account, Purpose::PimsPhoneNumber, number).await
}

/// Sends a code to the account's trusted number (documented for enrolment and for the PIN).
///
/// # Errors
/// [`PimsRefusal`]: not logged in, no phone number, too many codes, misconfigured, or a failure of the ledger.
pub async fn send_trusted_number_code(
    platform: &Platform,
    caller: PimsCaller<'_>,
    purpose: Purpose,
) -> Result<(), PimsRefusal> {
    let directory = platform.ledger.directory();
    let (program, account) = caller.find(platform, &directory).await?;
    let number = required(present_number(platform, program, account).await?)?;
    send(platform, program, account, purpose, number).await
}

/// Takes a code of the account for one purpose; whoever can't use it gives it back.
pub(super) async fn claim(
    platform: &Platform,
    program: &Program,
    key: &VerificationKey,
    typed: &TypedCode,
) -> Result<Claim, PimsRefusal> {
    let typed = typed.digits(&program.settings.verification_codes);
    claim_code(platform, program, key, &typed).await?.map_err(|refusal| match refusal {
        CodeRefusal::Wrong => PimsRefusal::WrongCode,
        CodeRefusal::Spent => PimsRefusal::SpentCode,
    })
}

async fn send(
    platform: &Platform,
    program: &Program,
    account: &PimsAccount,
    purpose: Purpose,
    number: E164,
) -> Result<(), PimsRefusal> {
    count(platform, program, account).await?;
    let key = VerificationKey { purpose, account: account.login.clone(), number };
    Ok(send_code(platform, program, &key, "sms", |code| format!("Your code is {code}.")).await?)
}

/// Counts a code, if the program has a quota. The count is kept among the sessions of callers: it is shared by all nodes, and
/// ends with a reset; with SQLite also with the process.
async fn count(platform: &Platform, program: &Program, account: &PimsAccount) -> Result<(), PimsRefusal> {
    let quota = program.settings.pims.sms_quota;
    if quota == 0 {
        return Ok(());
    }
    let name = format!("pims-codes:{}:{}", program.name, account.login);
    loop {
        let found = platform.shared_state.find_session(&name).await?;
        let sent: u32 = found.as_deref().and_then(|count| count.parse().ok()).unwrap_or_default();
        if sent >= quota {
            return Err(PimsRefusal::TooManyCodes);
        }
        if platform.shared_state.set_session(&name, found.as_deref(), Some((sent + 1).to_string())).await? {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_gets_its_zeros_back() {
        let settings = CodeSettings::default();
        for (typed, expected) in [
            (TypedCode::Integer(1234), "001234"),
            (TypedCode::Integer(0), "000000"),
            (TypedCode::Integer(12_345_678), "12345678"),
            (TypedCode::Text("1234".into()), "1234"),
        ] {
            assert_eq!(typed.digits(&settings), expected);
        }
    }
}
