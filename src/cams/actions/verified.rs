//! ChatappMigrationVerified: the code comes back.

use super::ActionError;
use super::parameters::{identity, migration, required};
use crate::cams::answer::Done;
use crate::cams::parameters::Parameters;
use crate::ledger::CamsCaller;
use crate::operations::Platform;

/// Takes the code. Why one doesn't count stands in the log and not in the answer.
pub async fn perform(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    parameters: &Parameters<'_>,
) -> Result<Done, ActionError> {
    let [space, number, code] = required(parameters, ["CustSpaceId", "PhoneNumber", "VerifyCode"])?;
    let migration = migration(caller, &space, &number)?;
    migration.prove(platform, &code).await?;
    Ok(Done { message: "SUCCESS", data: Some(identity(migration.number.e164()).into()) })
}
