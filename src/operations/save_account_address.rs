//! SaveAccountAddress: saves a member's address of one type.

use super::caller::{check_call, is_set, item_of, member_of, refuse_behind_member};
use super::parts::{Changing, change_parts};
use super::{Attempt, Platform, Refusal};
use crate::contract::{IntField, Output, Request, SAVE_ACCOUNT_ADDRESS, TextField};
use crate::domain::program::UnknownRegion;
use crate::domain::{Address, AddressError, AddressInput, Reason, ReturnCode};
use crate::ledger::seed::AddressState;
use crate::ledger::{Begun, ItemKind, Part, PartChange, Program};

const ADDRESS_TYPE: TextField = SAVE_ACCOUNT_ADDRESS.request.text("AddressTypeExternalReference");
const LINE_1: TextField = SAVE_ACCOUNT_ADDRESS.request.text("AddressLine1");
const LINE_2: TextField = SAVE_ACCOUNT_ADDRESS.request.text("AddressLine2");
const LINE_3: TextField = SAVE_ACCOUNT_ADDRESS.request.text("AddressLine3");
const CITY: TextField = SAVE_ACCOUNT_ADDRESS.request.text("City");
const REGION: TextField = SAVE_ACCOUNT_ADDRESS.request.text("Region");
const POSTAL_CODE: TextField = SAVE_ACCOUNT_ADDRESS.request.text("PostalCode");
const COUNTRY: TextField = SAVE_ACCOUNT_ADDRESS.request.text("Country");
const IS_VALID: IntField = SAVE_ACCOUNT_ADDRESS.request.int("IsValid");

const SAVED_LINE_1: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedAddressLine1");
const SAVED_LINE_2: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedAddressLine2");
const SAVED_LINE_3: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedAddressLine3");
const SAVED_CITY: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedCity");
const SAVED_REGION: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedRegion");
const SAVED_REGION_ABBREVIATION: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedRegionAbbrev");
const SAVED_POSTAL_CODE: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedPostalCode");
const SAVED_COUNTRY: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedCountry");
const SAVED_COUNTRY_ABBREVIATION: TextField = SAVE_ACCOUNT_ADDRESS.response.text("SavedCountryAbbrev");

/// Replaces the address of that type as a whole, and gives it back as it is saved.
///
/// # Errors
/// Refused with 1, 2, 5, 100–105, 309 or 311, or a failure of the ledger. Then nothing has changed.
pub async fn save_account_address(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let member = member_of(call);
    let refusal = ReturnCode::InvalidAddressType; // 309, behind 311
    let item = item_of(platform, program, call, (ItemKind::AddressType, ADDRESS_TYPE), refusal).await?;
    let address = match format(program, call) {
        Ok(address) => address,
        Err(refusal) => return Err(refuse_behind_member(platform, program, member, refusal).await), // 1 or 5, behind 311
    };
    let state = AddressState::new(item.external_reference.clone(), &address, is_set(call.int(IS_VALID)));
    let changes = vec![PartChange::put(Part::address(&state))];
    let changing = Changing { program, member, changes, held: None };
    Ok(change_parts(platform, changing).await?.map(|()| (ReturnCode::Ok, output(address)).into()))
}

fn format(program: &Program, call: &Request<'_>) -> Result<Address, Refusal> {
    let input = AddressInput {
        line_1: call.text(LINE_1),
        line_2: call.text(LINE_2),
        line_3: call.text(LINE_3),
        city: call.text(CITY),
        region: call.text(REGION),
        postal_code: call.text(POSTAL_CODE),
        country: call.text(COUNTRY),
    };
    let settings = &program.settings;
    Address::format(input, settings.unknown_region).map_err(|error| {
        let code = match (error, settings.unknown_region) {
            (AddressError::UnknownCountry | AddressError::UnknownRegion, UnknownRegion::Refuse(code)) => code.into(),
            _ => settings.invalid_value.into(),
        };
        Refusal::because(code, Reason::of(format_args!("{error}")))
    })
}

fn output(address: Address) -> Output {
    Output::default()
        .text(SAVED_LINE_1, address.line_1)
        .text(SAVED_LINE_2, address.line_2)
        .text(SAVED_LINE_3, address.line_3)
        .text(SAVED_CITY, address.city)
        .text(SAVED_REGION, address.region)
        .text(SAVED_REGION_ABBREVIATION, address.region_abbreviation)
        .text(SAVED_POSTAL_CODE, address.postal_code)
        .text(SAVED_COUNTRY, address.country)
        .text(SAVED_COUNTRY_ABBREVIATION, address.country_abbreviation)
}
