//! SaveAccountEmail: saves a member's e-mail address of one type.

use super::caller::{check_call, member_of, refuse_behind_member};
use super::parts::{Changing, change_parts};
use super::{Attempt, Platform};
use crate::contract::{IntField, Output, Request, SAVE_ACCOUNT_EMAIL, TextField};
use crate::domain::{EmailAddress, ReturnCode};
use crate::ledger::seed::{EmailState, may_be_shared};
use crate::ledger::{Begun, ItemKind, Part, PartChange, PartKind, Program};

const EMAIL_TYPE: TextField = SAVE_ACCOUNT_EMAIL.request.text("EmailTypeExternalReference");
const EMAIL_ADDRESS: TextField = SAVE_ACCOUNT_EMAIL.request.text("EmailAddress");
/// 0 is false, anything else true (documented).
const IS_VALID: IntField = SAVE_ACCOUNT_EMAIL.request.int("IsValid");
const SAVED_EMAIL_ADDRESS: TextField = SAVE_ACCOUNT_EMAIL.response.text("SavedEmailAddress");

/// Saves the address and gives it back as it is saved.
///
/// # Errors
/// Refused with 1, 2, 5, 100–105, 307, 311 or 314, or a failure of the ledger. Then nothing has changed.
pub async fn save_account_email(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let email = match check(program, call) {
        Ok(email) => email, // 307, 1 or 5 …
        Err(refusal) => return Err(refuse_behind_member(platform, program, member_of(call), refusal).await), // … behind 311
    };
    let may_be_shared = may_be_shared(PartKind::Email, &program.settings);
    let changing = Changing {
        program,
        member: member_of(call),
        changes: vec![PartChange::Put { part: Part::email(&email), may_be_shared }],
        held: ReturnCode::DuplicateEmailAddress, // 314
    };
    let output = || Output::default().text(SAVED_EMAIL_ADDRESS, email.address);
    Ok(change_parts(platform, changing).await?.map(|()| (ReturnCode::Ok, output())))
}

/// Type, then address.
fn check(program: &Program, call: &Request<'_>) -> Result<EmailState, ReturnCode> {
    let items = &program.items;
    let item = items.find(ItemKind::EmailType, call.text(EMAIL_TYPE)).ok_or(ReturnCode::InvalidEmailType)?; // 307
    let address: Option<EmailAddress> = call.text(EMAIL_ADDRESS).parse().ok();
    let address = address.filter(|address| address.as_str().encode_utf16().count() <= EmailAddress::LONGEST);
    Ok(EmailState {
        r#type: items.reference(ItemKind::EmailType, item).unwrap_or_default().to_owned(),
        address: address.ok_or(ReturnCode::from(program.settings.invalid_value))?.to_string(), // 1 or 5
        is_valid: call.int(IS_VALID) != 0,
    })
}
