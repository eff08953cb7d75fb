//! What is done when a call was understood, and what is told of it.

use serde_json::{Value, json};

use super::api::{Asked, Credentials};
use super::error::ErrorCode;
use super::instance::{self, Login};
use super::pims_error::PimsError;
use crate::domain::phone_number::Region;
use crate::domain::pims::{Blocked, PimsAccount};
use crate::domain::{E164, Purpose};
use crate::ledger::Begun;
use crate::operations::Platform;
use crate::operations::pims::{
    Enrolled, PimsCaller, Trust, TrustNumber, enroll_device, find_trusted_number, send_number_code,
    send_trusted_number_code, trust_number,
};

/// For whom something is done.
#[derive(Clone, Copy, Debug)]
pub struct Who<'c> {
    pub instance: &'c str,
    /// Of the account that is logged in.
    pub login: Option<&'c str>,
    /// When the call began.
    pub begun: &'c Begun,
}

/// Does what is asked, and gives the result.
///
/// # Errors
/// [`PimsError`], with the exact error of the SDK's table.
pub async fn run(platform: &Platform, who: Who<'_>, asked: &Asked, region: Region) -> Result<Value, PimsError> {
    let Who { instance, login, begun } = who;
    match asked {
        Asked::Login(credentials) => return log_in(platform, instance, credentials).await,
        Asked::Logout => return log_out(platform, instance, login).await,
        _ => {}
    }
    let login = login.ok_or(ErrorCode::NeedBasicAuthentication)?; // 2301
    let caller = PimsCaller { login, begun };
    match asked {
        Asked::PhoneNumberCertification(number) => send_number_code(platform, caller, number.e164()).await?,
        Asked::EnrollmentCode => send_trusted_number_code(platform, caller, Purpose::PimsEnrollment).await?,
        Asked::ResetPin => send_trusted_number_code(platform, caller, Purpose::PimsPin).await?,
        Asked::ModifyPhoneNumber { code, number } => {
            trust_number(platform, caller, TrustNumber { trust: Trust::Modify, number, code }).await?;
        }
        Asked::AddPhoneNumber { code, number } => {
            trust_number(platform, caller, TrustNumber { trust: Trust::Add, number, code }).await?;
        }
        Asked::Enrollment { code } => {
            return Ok(json!({"status": enrollment_status(enroll_device(platform, caller, code).await?)}));
        }
        Asked::TrustedPhoneNumber => {
            let number = find_trusted_number(platform, caller).await?;
            return Ok(json!({"phoneNumber": number.map(|number| shown(number, region))}));
        }
        Asked::IsDeviceActivated => {
            return Ok(json!({"isDeviceActivated": account(platform, login)?.device_enrolled}));
        }
        Asked::IsAccountBlocked => {
            return Ok(json!({"isAccountBlocked": blocked(account(platform, login)?.blocked)}));
        }
        Asked::Username => return Ok(json!({"login": login})),
        Asked::Login(_) | Asked::Logout => {}
    }
    Ok(Value::Null)
}

async fn log_in(platform: &Platform, instance: &str, credentials: &Credentials) -> Result<Value, PimsError> {
    let login = credentials.login();
    let account = account(platform, login).map_err(|_| credentials.unknown())?;
    credentials.check(account.password.as_ref())?;
    instance::edit(&*platform.shared_state, instance, |instance| {
        instance.login = Login::Of(login.to_owned());
        Ok(())
    })
    .await?;
    Ok(Value::Null)
}

/// Nobody can log out who isn't logged in (our choice: the table has an error for it, and no page says when).
async fn log_out(platform: &Platform, instance: &str, login: Option<&str>) -> Result<Value, PimsError> {
    login.ok_or(ErrorCode::FailedToLogout)?;
    instance::edit(&*platform.shared_state, instance, |instance| {
        instance.login = Login::Nobody;
        Ok(())
    })
    .await?;
    Ok(Value::Null)
}

fn account(platform: &Platform, login: &str) -> Result<PimsAccount, ErrorCode> {
    let directory = platform.ledger.directory();
    let found = directory.find_pims_login(login).map(|(_, account)| account.clone());
    found.ok_or(ErrorCode::NeedBasicAuthentication)
}

/// As it is dialled in the region, else with its country calling code.
fn shown(number: E164, region: Region) -> String {
    region.national_digits(number).unwrap_or_else(|| number.to_string())
}

/// What the device was before (our reading: the pages list the words only).
fn enrollment_status(enrolled: Enrolled) -> &'static str {
    match enrolled {
        Enrolled::Already => "AlreadyEnrolled",
        Enrolled::Now => "NotEnrolled",
    }
}

/// The words of the reference; the tutorial has others.
fn blocked(blocked: Blocked) -> &'static str {
    match blocked {
        Blocked::NotBlocked => "NotBlocked",
        Blocked::PinBlocked => "PinBlocked",
        Blocked::AccountBlocked => "Unknown",
    }
}
