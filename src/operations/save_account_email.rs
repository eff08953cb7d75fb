//! SaveAccountEmail: saves a member's e-mail address of one type.

use super::caller::{check_call, is_set, item_of, member_of, quoted, refuse_behind_member};
use super::parts::{Changing, Held, change_parts};
use super::{Attempt, Platform, Refusal};
use crate::contract::{IntField, Output, Request, SAVE_ACCOUNT_EMAIL, TextField};
use crate::domain::text::fits;
use crate::domain::{EmailAddress, Reason, ReturnCode};
use crate::ledger::seed::{EmailState, may_be_shared};
use crate::ledger::{Begun, ItemKind, Part, PartChange, PartKind};

const EMAIL_TYPE: TextField = SAVE_ACCOUNT_EMAIL.request.text("EmailTypeExternalReference");
const EMAIL_ADDRESS: TextField = SAVE_ACCOUNT_EMAIL.request.text("EmailAddress");
const IS_VALID: IntField = SAVE_ACCOUNT_EMAIL.request.int("IsValid");
const SAVED_EMAIL_ADDRESS: TextField = SAVE_ACCOUNT_EMAIL.response.text("SavedEmailAddress");

/// Saves the address and gives it back as it is saved.
///
/// # Errors
/// Refused with 1, 2, 5, 100–105, 307, 311 or 314, or a failure of the ledger. Then nothing has changed.
pub async fn save_account_email(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let refusal = ReturnCode::InvalidEmailType; // 307, behind 311
    let item = item_of(platform, program, call, (ItemKind::EmailType, EMAIL_TYPE), refusal).await?;
    let address: Option<EmailAddress> = call.text(EMAIL_ADDRESS).parse().ok();
    let Some(address) = address.filter(|address| fits(address.as_str(), EmailAddress::LONGEST)) else {
        let why = Reason::of(format_args!("{} is no e-mail address", quoted(call.text(EMAIL_ADDRESS))));
        let refusal = Refusal::because(program.settings.invalid_value.into(), why); // 1 or 5, behind 311
        return Err(refuse_behind_member(platform, program, member_of(call), refusal).await);
    };
    let email = EmailState {
        r#type: item.external_reference.clone(),
        address: address.to_string(),
        is_valid: is_set(call.int(IS_VALID)),
    };
    let may_be_shared = may_be_shared(PartKind::Email, &program.settings);
    let held = Held { code: ReturnCode::DuplicateEmailAddress, kind: PartKind::Email, value: &email.address }; // 314
    let changes = vec![PartChange::Put { part: Part::email(&email), may_be_shared }];
    let changing = Changing { program, member: member_of(call), changes, held: Some(held) };
    let done = change_parts(platform, changing).await?;
    Ok(done.map(|()| (ReturnCode::Ok, Output::default().text(SAVED_EMAIL_ADDRESS, email.address)).into()))
}
