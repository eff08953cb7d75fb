//! GetPhoneNumberVerificationStatus: whether a number needs a code yet.

use super::ActionError;
use super::parameters::{identity, migration, required};
use crate::cams::answer::Done;
use crate::cams::parameters::Parameters;
use crate::ledger::CamsCaller;
use crate::operations::{Platform, Proof};

/// Tells how far the proof is. The answer is documented with the message `None`.
pub async fn perform(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    parameters: &Parameters<'_>,
) -> Result<Done, ActionError> {
    let [space, number] = required(parameters, ["CustSpaceId", "PhoneNumber"])?;
    let migration = migration(caller, &space, &number)?;
    let status = match migration.proof(platform).await? {
        Proof::None => "NOT_VERIFIED",
        Proof::Good => "VERIFIED",
        Proof::Expired => "EXPIRED",
    };
    let status = ("CodeVerificationStatus", status.to_owned());
    Ok(Done { message: "None", data: Some(identity(migration.number.e164()).into_iter().chain([status]).collect()) })
}
