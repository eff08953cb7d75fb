//! DeleteAccountId: removes an account id of a member.

use super::caller::{check_call, member_of};
use super::parts::{Changing, change_parts};
use super::{Attempt, Platform};
use crate::contract::{DELETE_ACCOUNT_ID, Output, Request, TextField};
use crate::domain::ReturnCode;
use crate::ledger::{Begun, PartChange, PartKind};

const ACCOUNT_ID: TextField = DELETE_ACCOUNT_ID.request.text("AccountId");

/// The member hasn't the id afterwards. One that isn't the member's changes nothing, and that is 0 as well (our choice: no code is
/// listed).
///
/// # Errors
/// Refused with 1, 2, 100–105 or 311, or a failure of the ledger. Then nothing has changed.
pub async fn delete_account_id(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let slot = call.text(ACCOUNT_ID).trim().to_owned();
    let changes = vec![PartChange::Remove { kind: PartKind::AccountId, slot }];
    let changing = Changing { program, member: member_of(call), changes, held: None };
    Ok(change_parts(platform, changing).await?.map(|()| (ReturnCode::Ok, Output::default()).into()))
}
