//! ChatappMigrationVerified: the code comes back.

use super::Trouble;
use super::parameters::{check_number, check_space, identity, required};
use crate::cams::answer::Done;
use crate::cams::parameters::Parameters;
use crate::ledger::CamsCaller;
use crate::operations::{Migration, Platform};

/// Takes the code. Why one doesn't count stands in the log and not in the answer.
pub async fn perform(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    parameters: &Parameters<'_>,
) -> Result<Done, Trouble> {
    let [space, number, code] = required(parameters, ["CustSpaceId", "PhoneNumber", "VerifyCode"])?;
    let number = check_number(&number, "PhoneNumber", caller.program)?;
    let space = check_space(caller, &space)?;
    Migration { program: caller.program, space, number: &number }.prove(platform, &code).await?;
    Ok(Done { message: "SUCCESS", data: Some(identity(number.e164()).into()) })
}
