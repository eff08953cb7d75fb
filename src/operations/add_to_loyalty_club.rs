//! AddToLoyaltyClub: a member joins a club.

use super::caller::{check_call, item_of, member_of};
use super::parts::{Changing, change_parts};
use super::{Attempt, Platform};
use crate::contract::{ADD_TO_LOYALTY_CLUB, Output, Request, TextField};
use crate::domain::ReturnCode;
use crate::ledger::{Begun, ItemKind, Part, PartChange};

const CLUB: TextField = ADD_TO_LOYALTY_CLUB.request.text("LoyaltyClubExternalReference");

/// The member is in the club afterwards; who was in it already stays (documented). That a club takes no manual assignment binds the
/// application only (documented).
///
/// # Errors
/// Refused with 1, 2, 100–105, 311 or 1700, or a failure of the ledger. Then nothing has changed.
pub async fn add_to_loyalty_club(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let refusal = ReturnCode::InvalidLoyaltyClub; // 1700, behind 311
    let club = item_of(platform, program, call, (ItemKind::LoyaltyClub, CLUB), refusal).await?;
    let changes = vec![PartChange::put(Part::loyalty_club(&club.external_reference))];
    let changing = Changing { program, member: member_of(call), changes, held: None };
    Ok(change_parts(platform, changing).await?.map(|()| (ReturnCode::Ok, Output::default()).into()))
}
