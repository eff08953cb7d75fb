//! The rows of loyalty clubs.

use super::{CODE, MEMBER, TOKEN, int, record, row, text};
use crate::contract::operation::{Operation, Served};

pub static ADD_TO_LOYALTY_CLUB: Operation = Operation {
    name: "AddToLoyaltyClub",
    parameter: "preqSyncAddToLoyaltyClub",
    request: record(
        "reqSyncAddToLoyaltyClub",
        &[TOKEN, text("LoyaltyClubExternalReference").required().option("club"), MEMBER],
    ),
    response: record("respAddToLoyaltyClub", &[CODE]),
    codes: &[1700],
    page: "Sync_AddToLoyaltyClub.htm",
    ..row(Served::AddToLoyaltyClub)
};

/// The page calls it RemoveTo throughout, but for its own file name.
pub static REMOVE_TO_LOYALTY_CLUB: Operation = Operation {
    name: "RemoveToLoyaltyClub",
    aliases: &["RemoveFromLoyaltyClub"],
    parameter: "preqSyncRemoveToLoyaltyClub",
    request: record(
        "reqSyncRemoveToLoyaltyClub",
        &[TOKEN, text("LoyaltyClubExternalReference").required().option("club"), MEMBER],
    ),
    response: record("respRemoveToLoyaltyClub", &[CODE]),
    codes: &[1700],
    page: "Sync_RemoveFromLoyaltyClub.htm",
    served: Served::RemoveToLoyaltyClub,
};

pub static MEMBER_IS_IN_LOYALTY_CLUB: Operation = Operation {
    name: "MemberIsInLoyaltyClub",
    parameter: "preqSyncMemberIsInLoyaltyClub",
    request: record(
        "reqSyncMemberIsInLoyaltyClub",
        &[TOKEN, text("LoyaltyClubExternalReference").required().option("club"), MEMBER],
    ),
    response: record("respMemberIsInLoyaltyClub", &[CODE, int("MemberIsInLoyaltyClub")]),
    codes: &[1700],
    page: "Sync_MemberIsInLoyaltyClub.htm",
    ..row(Served::MemberIsInLoyaltyClub)
};
