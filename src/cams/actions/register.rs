//! ChatappMigrationRegister: the number arrives in the space.

use super::ActionError;
use super::parameters::{migration, required};
use crate::cams::answer::Done;
use crate::cams::parameters::Parameters;
use crate::ledger::CamsCaller;
use crate::operations::Platform;

/// Saves a number that was proved on the space's member. The answer has no `Data` (documented).
pub async fn perform(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    parameters: &Parameters<'_>,
) -> Result<Done, ActionError> {
    let [space, number] = required(parameters, ["CustSpaceId", "PhoneNumber"])?;
    migration(caller, &space, &number)?.register(platform).await?;
    Ok(Done { message: "SUCCESS", data: None })
}
