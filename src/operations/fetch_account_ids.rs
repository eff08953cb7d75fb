//! FetchAccountIds: all account ids of a member.

use super::caller::{check_call, member_of, no_member};
use super::parts::unreadable;
use super::{Attempt, Platform};
use crate::contract::{DS_ACCOUNT_IDS, DataSetField, FETCH_ACCOUNT_IDS, IntField, Output, Request, TextField};
use crate::domain::ReturnCode;
use crate::ledger::seed::AccountIdState;
use crate::ledger::{Begun, Part, PartKind};

const ACCOUNT_IDS: DataSetField = FETCH_ACCOUNT_IDS.response.data_set("AccountIds");
const ACCOUNT_ID: TextField = DS_ACCOUNT_IDS.table.text("AccountId");
const ID_TYPE: TextField = DS_ACCOUNT_IDS.table.text("AccountIdTypeExternalReference");
const IS_INACTIVE: IntField = DS_ACCOUNT_IDS.table.int("IsInactive");
const IS_INACTIVE_FOR_DEVICES: IntField = DS_ACCOUNT_IDS.table.int("IsInactiveForDevices");

/// All ids, inactive ones too, in the order in which they were added (our choice).
///
/// # Errors
/// Refused with 1, 2, 100–105 or 311, or a failure of the ledger.
pub async fn fetch_account_ids(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let found = platform.ledger.find_parts(program.id, member_of(call), &[PartKind::AccountId]).await?;
    let found = found.ok_or_else(|| no_member(program, member_of(call)))?; // 311
    let ids = found.parts.iter().map(Part::read::<AccountIdState>);
    let rows = ids.map(|id| id.map(row)).collect::<Result<_, _>>().map_err(unreadable)?;
    Ok(Some((ReturnCode::Ok, Output::default().rows(ACCOUNT_IDS, rows)).into()))
}

fn row(id: AccountIdState) -> Output {
    Output::default()
        .text(ACCOUNT_ID, id.id)
        .text(ID_TYPE, id.r#type)
        .int(IS_INACTIVE, id.is_inactive.into())
        .int(IS_INACTIVE_FOR_DEVICES, id.is_inactive_for_devices.into())
}
