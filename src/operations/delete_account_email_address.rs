//! DeleteAccountEmailAddress: removes a member's e-mail address of one type.

use super::caller::{check_call, item_of, member_of};
use super::parts::{Changing, change_parts};
use super::{Attempt, Platform};
use crate::contract::{DELETE_ACCOUNT_EMAIL_ADDRESS, Output, Request, TextField};
use crate::domain::ReturnCode;
use crate::ledger::{Begun, ItemKind, PartChange, PartKind};

const EMAIL_TYPE: TextField = DELETE_ACCOUNT_EMAIL_ADDRESS.request.text("EmailTypeExternalReference");

/// Removes the address. Where there is none, nothing changes, and that is 0 as well (our choice).
///
/// # Errors
/// Refused with 1, 2, 100–105, 307 or 311, or a failure of the ledger. Then nothing has changed.
pub async fn delete_account_email_address(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let refusal = ReturnCode::InvalidEmailType; // 307, behind 311
    let item = item_of(platform, program, call, (ItemKind::EmailType, EMAIL_TYPE), refusal).await?;
    let changes = vec![PartChange::Remove { kind: PartKind::Email, slot: item.external_reference.clone() }];
    let changing = Changing { program, member: member_of(call), changes, held: None };
    Ok(change_parts(platform, changing).await?.map(|()| (ReturnCode::Ok, Output::default()).into()))
}
