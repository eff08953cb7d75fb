//! FetchAccountAddress: a member's address of one type.

use super::caller::{check_call, item_of, member_of, no_member};
use super::parts::unreadable;
use super::{Attempt, Platform};
use crate::contract::{FETCH_ACCOUNT_ADDRESS, IntField, Output, Request, TextField};
use crate::domain::ReturnCode;
use crate::ledger::seed::AddressState;
use crate::ledger::{Begun, ItemKind, Part, PartKind};

const ADDRESS_TYPE: TextField = FETCH_ACCOUNT_ADDRESS.request.text("AddressTypeExternalReference");
const FETCHED_TYPE: TextField = FETCH_ACCOUNT_ADDRESS.response.text("AddressTypeExternalReference");
const LINE_1: TextField = FETCH_ACCOUNT_ADDRESS.response.text("AddressLine1");
const LINE_2: TextField = FETCH_ACCOUNT_ADDRESS.response.text("AddressLine2");
const LINE_3: TextField = FETCH_ACCOUNT_ADDRESS.response.text("AddressLine3");
const CITY: TextField = FETCH_ACCOUNT_ADDRESS.response.text("City");
const REGION: TextField = FETCH_ACCOUNT_ADDRESS.response.text("Region");
const REGION_ABBREVIATION: TextField = FETCH_ACCOUNT_ADDRESS.response.text("RegionAbbrev");
const POSTAL_CODE: TextField = FETCH_ACCOUNT_ADDRESS.response.text("PostalCode");
const COUNTRY: TextField = FETCH_ACCOUNT_ADDRESS.response.text("Country");
const COUNTRY_ABBREVIATION: TextField = FETCH_ACCOUNT_ADDRESS.response.text("CountryAbbrev");
const IS_VALID: IntField = FETCH_ACCOUNT_ADDRESS.response.int("IsValid");

/// The address; where there is none, 0 with the type and all else empty (our choice).
///
/// # Errors
/// Refused with 1, 2, 100–105, 309 or 311, or a failure of the ledger.
pub async fn fetch_account_address(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let refusal = ReturnCode::InvalidAddressType; // 309, behind 311
    let item = item_of(platform, program, call, (ItemKind::AddressType, ADDRESS_TYPE), refusal).await?;
    let found = platform.ledger.find_parts(program.id, member_of(call), &[PartKind::Address]).await?;
    let found = found.ok_or_else(|| no_member(program, member_of(call)))?; // 311
    let output = Output::default().text(FETCHED_TYPE, item.external_reference.clone());
    let part = found.parts.iter().find(|part| part.slot == item.external_reference);
    let Some(address) = part.map(Part::read::<AddressState>).transpose().map_err(unreadable)? else {
        return Ok(Some((ReturnCode::Ok, output).into()));
    };
    let output = output
        .text(LINE_1, address.line_1)
        .text(LINE_2, address.line_2.unwrap_or_default())
        .text(LINE_3, address.line_3.unwrap_or_default())
        .text(CITY, address.city)
        .text(REGION, address.region)
        .text(REGION_ABBREVIATION, address.region_abbreviation.unwrap_or_default())
        .text(POSTAL_CODE, address.postal_code)
        .text(COUNTRY, address.country)
        .text(COUNTRY_ABBREVIATION, address.country_abbreviation.unwrap_or_default())
        .int(IS_VALID, address.is_valid.into());
    Ok(Some((ReturnCode::Ok, output).into()))
}
