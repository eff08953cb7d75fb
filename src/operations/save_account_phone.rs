//! SaveAccountPhone: saves a member's phone number of one type.

use std::borrow::Cow;

use super::caller::check_token;
use super::save_number::{NumberToSave, save_number};
use super::{OperationError, Platform};
use crate::domain::program::MissingElements;
use crate::domain::{ExternalReference, MemberId, PhoneNumber, ReturnCode, phone_number};
use crate::ledger::{Begun, ItemId, Program, Written};

/// A call, with missing, empty and given fields kept apart. Fields as documented (`Sync_SaveAccountPhone.htm`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaveAccountPhone<'a> {
    pub security_token: Option<Cow<'a, str>>,
    pub member_id: Option<i32>,
    pub phone_number_type: Option<Cow<'a, str>>,
    pub phone_number: Option<Cow<'a, str>>,
    pub mobile_carrier: Option<Cow<'a, str>>,
    /// 0 is false, anything else true (documented).
    pub is_valid: Option<i32>,
}

/// Saves the number and gives it back in the program's format.
///
/// The checks come in the order of the list below (our choice; the documentation lists codes, not an order).
///
/// # Errors
/// Refused with 1, 2, 5, 100–105, 308, 311, 315 or 316, or a failure of the ledger. Then nothing has changed.
pub async fn save_account_phone(
    platform: &Platform,
    begun: &Begun,
    call: &SaveAccountPhone<'_>,
) -> Result<String, OperationError> {
    loop {
        // Tokens, types or settings may change meanwhile, which is rare: then all is checked anew.
        if let Some(saved) = save_if_current(platform, begun, call).await? {
            return Ok(saved);
        }
    }
}

async fn save_if_current(
    platform: &Platform,
    begun: &Begun,
    call: &SaveAccountPhone<'_>,
) -> Result<Option<String>, OperationError> {
    let directory = platform.ledger.directory();
    let (program, permissions) = check_token(&directory, &platform.clock, call.security_token.as_deref())?; // 100, 102–105
    begun.check(&*platform.ledger, &directory, Some(program.id)).await?;
    permissions.check_method("SaveAccountPhone")?; // 101
    let fields = check_required_fields(program, call)?; // 2
    let references = match check_references(program, &fields) {
        Ok(references) => references, // 308, 316, 1 or 5 …
        Err(refusal) => return Err(after_member(platform, program, fields.member, refusal).await), // … behind 311
    };
    let save = NumberToSave {
        member: fields.member,
        phone_number_type: references.phone_number_type,
        number: &references.number,
        mobile_carrier: references.mobile_carrier,
        is_valid: fields.is_valid,
    };
    match save_number(platform, program, save).await? {
        Written::NoSuchMember => Err(ReturnCode::InvalidInternalMemberId.into()), // 311
        Written::HeldByAnotherMember => Err(ReturnCode::DuplicatePhoneNumber.into()), // 315
        Written::Done => Ok(Some(references.number.format(program.settings.saved_phone_format()))),
        Written::Outdated | Written::Full => Ok(None),
    }
}

/// A call with everything that is required.
struct Fields<'a> {
    member: MemberId,
    phone_number_type: ExternalReference<'a>,
    phone_number: &'a str,
    mobile_carrier: Option<ExternalReference<'a>>,
    is_valid: bool,
}

/// Type and number may not be blank, and a number has at least one digit. A missing int is 0 (ASP.NET), unless the program
/// is strict about missing elements.
fn check_required_fields<'a>(program: &Program, call: &'a SaveAccountPhone<'_>) -> Result<Fields<'a>, ReturnCode> {
    let is_strict = program.settings.missing_elements == MissingElements::Strict;
    if is_strict && has_missing_element(call) {
        return Err(ReturnCode::RequiredFieldMissing);
    }
    let required = |field: &'a Option<Cow<'_, str>>| {
        field.as_deref().and_then(ExternalReference::parse).ok_or(ReturnCode::RequiredFieldMissing)
    };
    let phone_number_type = required(&call.phone_number_type)?;
    let phone_number = call.phone_number.as_deref().unwrap_or_default();
    if !phone_number::has_digit(phone_number) {
        return Err(ReturnCode::RequiredFieldMissing);
    }
    Ok(Fields {
        member: MemberId(call.member_id.unwrap_or_default()),
        phone_number_type,
        phone_number,
        mobile_carrier: call.mobile_carrier.as_deref().and_then(ExternalReference::parse),
        is_valid: call.is_valid.unwrap_or_default() != 0,
    })
}

fn has_missing_element(call: &SaveAccountPhone<'_>) -> bool {
    let texts = [&call.security_token, &call.phone_number_type, &call.phone_number, &call.mobile_carrier];
    let ints = [call.member_id, call.is_valid];
    texts.into_iter().any(Option::is_none) || ints.into_iter().any(|int| int.is_none())
}

/// What the call's texts stand for in the program.
struct References {
    phone_number_type: ItemId,
    mobile_carrier: Option<ItemId>,
    number: PhoneNumber,
}

/// Type, then carrier, then number.
fn check_references(program: &Program, fields: &Fields<'_>) -> Result<References, ReturnCode> {
    let phone_number_type =
        program.phone_number_type(fields.phone_number_type).ok_or(ReturnCode::InvalidPhoneNumberType)?; // 308
    let mobile_carrier = fields
        .mobile_carrier
        .map(|carrier| program.mobile_carrier(carrier).ok_or(ReturnCode::InvalidMobileCarrier)) // 316
        .transpose()?;
    let number = PhoneNumber::parse(fields.phone_number, &program.settings)
        .map_err(|_| ReturnCode::from(program.settings.unparsable_phone))?; // 1 or 5
    Ok(References { phone_number_type, mobile_carrier, number })
}

/// The member is looked up by the save itself, which is one way to the ledger and not two. A refusal that comes behind it
/// in the list asks for the member first.
async fn after_member(platform: &Platform, program: &Program, member: MemberId, refusal: ReturnCode) -> OperationError {
    match platform.ledger.has_member(program.id, member).await {
        Ok(true) => refusal.into(),
        Ok(false) => ReturnCode::InvalidInternalMemberId.into(),
        Err(error) => error.into(),
    }
}
