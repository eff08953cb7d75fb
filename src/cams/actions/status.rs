//! GetPhoneNumberVerificationStatus: whether a number needs a code yet.

use super::Trouble;
use super::parameters::{check_number, check_space, identity, required};
use crate::cams::answer::Done;
use crate::cams::parameters::Parameters;
use crate::ledger::CamsCaller;
use crate::operations::{Migration, Platform, Proof};

/// Tells how far the proof is. The answer is documented with the message `None`.
pub async fn perform(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    parameters: &Parameters<'_>,
) -> Result<Done, Trouble> {
    let [space, number] = required(parameters, ["CustSpaceId", "PhoneNumber"])?;
    let number = check_number(&number, "PhoneNumber", caller.program)?;
    let space = check_space(caller, &space)?;
    let proof = Migration { program: caller.program, space, number: &number }.proof(platform).await?;
    let status = match proof {
        Proof::None => "NOT_VERIFIED",
        Proof::Good => "VERIFIED",
        Proof::Expired => "EXPIRED",
    };
    let status = ("CodeVerificationStatus", status.to_owned());
    Ok(Done { message: "None", data: Some(identity(number.e164()).into_iter().chain([status]).collect()) })
}
