//! SaveAccountId: adds an account id to a member, or changes its type and flags.

use super::caller::{check_call, is_set, item_of, member_of, refuse_behind_member};
use super::parts::{Changing, Held, change_parts};
use super::{Attempt, Platform, Refusal};
use crate::contract::{IntField, Output, Request, SAVE_ACCOUNT_ID, TextField};
use crate::domain::ReturnCode;
use crate::domain::text::fits;
use crate::ledger::seed::AccountIdState;
use crate::ledger::{Begun, ItemKind, Part, PartChange, PartKind};

const ID_TYPE: TextField = SAVE_ACCOUNT_ID.request.text("AccountIdTypeExternalReference");
const ACCOUNT_ID: TextField = SAVE_ACCOUNT_ID.request.text("AccountId");
const IS_INACTIVE: IntField = SAVE_ACCOUNT_ID.request.int("IsInactive");
const IS_INACTIVE_FOR_DEVICES: IntField = SAVE_ACCOUNT_ID.request.int("IsInactiveForDevices");

/// Account ids have at most so many UTF-16 units (documented, W1815).
const LONGEST_ID: usize = 60;

/// The member has the id afterwards. Its own one keeps its place; a new one comes behind the others (our choice).
///
/// # Errors
/// Refused with 1, 2, 5, 100–105, 311, 318 or 319, or a failure of the ledger. Then nothing has changed.
pub async fn save_account_id(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let member = member_of(call);
    let refusal = ReturnCode::InvalidAccountIdType; // 319, behind 311
    let item = item_of(platform, program, call, (ItemKind::AccountIdType, ID_TYPE), refusal).await?;
    let id = call.text(ACCOUNT_ID).trim();
    if !fits(id, LONGEST_ID) {
        let why = "AccountId is longer than 60 characters, or has some that XML doesn't";
        let refusal = Refusal::because(program.settings.invalid_value.into(), why); // 1 or 5, behind 311
        return Err(refuse_behind_member(platform, program, member, refusal).await);
    }
    let part = Part::account_id(&AccountIdState {
        r#type: item.external_reference.clone(),
        id: id.to_owned(),
        is_inactive: is_set(call.int(IS_INACTIVE)),
        is_inactive_for_devices: is_set(call.int(IS_INACTIVE_FOR_DEVICES)),
    });
    let changes = vec![PartChange::Put { part, may_be_shared: false }];
    let held = Held { code: ReturnCode::DuplicateAccountId, kind: PartKind::AccountId, value: id }; // 318
    let changing = Changing { program, member, changes, held: Some(held) };
    Ok(change_parts(platform, changing).await?.map(|()| (ReturnCode::Ok, Output::default()).into()))
}
