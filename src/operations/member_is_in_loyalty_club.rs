//! MemberIsInLoyaltyClub: whether a member is in a club.

use super::caller::{check_call, item_of, member_of, no_member};
use super::{Attempt, Platform};
use crate::contract::{IntField, MEMBER_IS_IN_LOYALTY_CLUB, Output, Request, TextField};
use crate::domain::ReturnCode;
use crate::ledger::{Begun, ItemKind, PartKind};

const CLUB: TextField = MEMBER_IS_IN_LOYALTY_CLUB.request.text("LoyaltyClubExternalReference");
const IS_IN: IntField = MEMBER_IS_IN_LOYALTY_CLUB.response.int("MemberIsInLoyaltyClub");

/// 1 or 0.
///
/// # Errors
/// Refused with 1, 2, 100–105, 311 or 1700, or a failure of the ledger.
pub async fn member_is_in_loyalty_club(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let refusal = ReturnCode::InvalidLoyaltyClub; // 1700, behind 311
    let club = item_of(platform, program, call, (ItemKind::LoyaltyClub, CLUB), refusal).await?;
    let found = platform.ledger.find_parts(program.id, member_of(call), &[PartKind::LoyaltyClub]).await?;
    let found = found.ok_or_else(|| no_member(program, member_of(call)))?; // 311
    let is_in = found.parts.iter().any(|part| part.slot == club.external_reference);
    Ok(Some((ReturnCode::Ok, Output::default().int(IS_IN, is_in.into())).into()))
}
