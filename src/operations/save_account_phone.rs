//! SaveAccountPhone: saves a member's phone number of one type.

use super::caller::{check_call, member_of, no_item, no_member, refuse_behind_member};
use super::save_number::{NumberToSave, holder_of_number, save_number};
use super::{Answered, Attempt, Platform, Refusal};
use crate::contract::{IntField, Output, Request, SAVE_ACCOUNT_PHONE, TextField};
use crate::domain::{ExternalReference, PhoneNumber, Reason, ReturnCode, phone_number};
use crate::ledger::{Begun, ItemId, ItemKind, Program, Written};

const PHONE_NUMBER_TYPE: TextField = SAVE_ACCOUNT_PHONE.request.text("PhoneNumberTypeExternalReference");
const PHONE_NUMBER: TextField = SAVE_ACCOUNT_PHONE.request.text("PhoneNumber");
const MOBILE_CARRIER: TextField = SAVE_ACCOUNT_PHONE.request.text("MobileCarrierExternalReference");
/// 0 is false, anything else true (documented).
const IS_VALID: IntField = SAVE_ACCOUNT_PHONE.request.int("IsValid");
const SAVED_PHONE_NUMBER: TextField = SAVE_ACCOUNT_PHONE.response.text("SavedPhoneNumber");

/// Saves the number and gives it back in the program's format.
///
/// The checks come in the order of the list below (our choice; the documentation lists codes, not an order).
///
/// # Errors
/// Refused with 1, 2, 5, 100–105, 308, 311, 315 or 316, or a failure of the ledger. Then nothing has changed.
pub async fn save_account_phone(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    if !phone_number::has_digit(call.text(PHONE_NUMBER)) {
        return Err(Refusal::because(ReturnCode::RequiredFieldMissing, "PhoneNumber has no digit").into()); // 2
    }
    let member = member_of(call);
    let references = match check_references(program, call) {
        Ok(references) => references, // 308, 316, 1 or 5 …
        Err(refusal) => return Err(refuse_behind_member(platform, program, member, refusal).await), // … behind 311
    };
    let save = NumberToSave {
        member,
        phone_number_type: references.phone_number_type,
        number: &references.number,
        mobile_carrier: references.mobile_carrier,
        is_valid: call.int(IS_VALID) != 0,
    };
    match save_number(platform, program, save).await? {
        Written::NoSuchMember => Err(no_member(program, member).into()), // 311
        Written::HeldByAnotherMember => {
            let why = why_held(platform, program, call, &references.number).await;
            Err(Refusal::because(ReturnCode::DuplicatePhoneNumber, why).into()) // 315
        }
        Written::Done => {
            let saved = references.number.format(program.settings.saved_phone_format());
            let output = Output::default().text(SAVED_PHONE_NUMBER, saved);
            let why = references.number.how_read(call.text(PHONE_NUMBER), &program.settings).map(Reason::Read);
            Ok(Some(Answered { code: ReturnCode::Ok, output, why }))
        }
        Written::Outdated | Written::Full => Ok(None),
    }
}

/// Who holds the number, and how it was read if that is open.
async fn why_held(platform: &Platform, program: &Program, call: &Request<'_>, number: &PhoneNumber) -> Reason {
    let holder = holder_of_number(platform, program, number.e164()).await;
    match number.how_read(call.text(PHONE_NUMBER), &program.settings) {
        Some(reading) => Reason::of(format_args!("{holder}; it was {reading}")),
        None => holder,
    }
}

/// What the call's texts stand for in the program.
struct References {
    phone_number_type: ItemId,
    mobile_carrier: Option<ItemId>,
    number: PhoneNumber,
}

/// Type, then carrier, then number.
fn check_references(program: &Program, call: &Request<'_>) -> Result<References, Refusal> {
    let find =
        |kind, text: &str, refusal| program.items.find(kind, text).ok_or_else(|| no_item(program, kind, text, refusal));
    let (number_type, carrier) = (call.text(PHONE_NUMBER_TYPE), ExternalReference::parse(call.text(MOBILE_CARRIER)));
    let phone_number_type = find(ItemKind::PhoneNumberType, number_type, ReturnCode::InvalidPhoneNumberType)?; // 308
    let mobile_carrier = carrier
        .map(|carrier| find(ItemKind::MobileCarrier, carrier.as_str(), ReturnCode::InvalidMobileCarrier)) // 316
        .transpose()?;
    let (text, settings) = (call.text(PHONE_NUMBER), &program.settings);
    let number = PhoneNumber::parse(text, settings).map_err(|error| {
        let why = Reason::Said(error.explain(text, settings).into());
        Refusal::because(settings.unparsable_phone.into(), why) // 1 or 5
    })?;
    Ok(References { phone_number_type, mobile_carrier, number })
}
