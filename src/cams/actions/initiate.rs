//! CreateChatappMigrationInitiate: a number sets out for a space.

use super::ActionError;
use super::parameters::{check_number, check_space, identity, is_digits, required};
use crate::cams::answer::Done;
use crate::cams::error::Refusal;
use crate::cams::parameters::Parameters;
use crate::ledger::CamsCaller;
use crate::operations::{Migration, Platform};

/// Begins a migration, or finds it begun: what was proved then stays proved (our choice).
pub async fn perform(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    parameters: &Parameters<'_>,
) -> Result<Done, ActionError> {
    let [space, country_code, mobile_number] = required(parameters, ["CustSpaceId", "CountryCode", "MobileNumber"])?;
    if !is_digits(&country_code, 3) || country_code.starts_with('0') {
        return Err(Refusal::Invalid("CountryCode").into());
    }
    if !is_digits(&mobile_number, 14) {
        return Err(Refusal::Invalid("MobileNumber").into());
    }
    let number = check_number(&format!("{country_code}{mobile_number}"), "MobileNumber", caller.program)?;
    let space = check_space(caller, &space)?;
    let migration = Migration { program: caller.program, space, number };
    migration.begin(platform).await?;
    let status = ("Status", "MIGRATING".to_owned());
    let data = identity(migration.number.e164()).into_iter().chain([status]).collect();
    Ok(Done { message: "SUCCESS", data: Some(data) })
}
