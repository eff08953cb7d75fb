//! The ten kinds of write, and what each leaves in the ledger.

use std::collections::HashMap;

use serde_json::json;
use sync_asmx::contract::{
    ADD_TO_LOYALTY_CLUB, REMOVE_TO_LOYALTY_CLUB, SAVE_ACCOUNT_ADDRESS, SAVE_ACCOUNT_CORE, SAVE_ACCOUNT_CUSTOM_FIELDS,
};
use sync_asmx::ledger::seed::{AccountIdState, AddressState, CoreState};
use sync_asmx::ledger::{EmailState, Part};

use crate::harness::Envelope;
use crate::many_members::{self, CLUBS, EMAIL_TYPES, TYPES};
use crate::seeded_random::SeededRandom;

/// Few enough that members are often after a value that another one holds.
const NUMBERS: usize = 300;

/// What a member has, by kind and slot, such as `email PRIMARY`; `None` where something was removed.
pub type Stored = HashMap<String, Option<String>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    SavePhone,
    SaveEmail,
    RemoveEmail,
    SaveCore,
    SaveAddress,
    SaveId,
    RemoveId,
    SaveFields,
    AddToClub,
    RemoveFromClub,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::SavePhone,
        Self::SaveEmail,
        Self::RemoveEmail,
        Self::SaveCore,
        Self::SaveAddress,
        Self::SaveId,
        Self::RemoveId,
        Self::SaveFields,
        Self::AddToClub,
        Self::RemoveFromClub,
    ];

    /// What it is answered with, if not with 0.
    pub fn refusal(self) -> Option<i32> {
        match self {
            Self::SavePhone => Some(315),
            Self::SaveEmail => Some(314),
            Self::SaveId => Some(318),
            _ => None,
        }
    }
}

/// A call, and what the member has afterwards if it is answered with 0.
pub struct Write {
    pub kind: Kind,
    pub call: Envelope,
    pub leaves: Stored,
}

/// Any write of a member.
pub fn random(member: usize, random: &mut SeededRandom) -> Write {
    let kind = Kind::ALL[random.index(Kind::ALL.len())];
    let number = many_members::number(random.index(NUMBERS));
    let (call, leaves) = make(kind, member, number, random);
    Write { kind, call, leaves: leaves.into_iter().collect() }
}

/// What a number leaves.
pub fn phone(phone_number_type: &str, number: u64) -> (String, Option<String>) {
    (format!("phone {phone_number_type}"), Some(number.to_string()))
}

fn put(part: Part) -> (String, Option<String>) {
    (format!("{} {}", part.kind.name(), part.slot), Some(part.value))
}

fn make(
    kind: Kind,
    member: usize,
    number: u64,
    random: &mut SeededRandom,
) -> (Envelope, Vec<(String, Option<String>)>) {
    let id = &*member.to_string();
    let text = &*number.to_string();
    let email_type = EMAIL_TYPES[random.index(EMAIL_TYPES.len())];
    let club = CLUBS[random.index(CLUBS.len())];
    match kind {
        Kind::SavePhone => {
            let phone_number_type = TYPES[random.index(TYPES.len())];
            (many_members::save(member, phone_number_type, number), vec![phone(phone_number_type, number)])
        }
        Kind::SaveEmail => {
            let (r#type, address) = (email_type.to_owned(), format!("{number}@example.com"));
            let email = EmailState { r#type, address, is_valid: true };
            (many_members::save_email(member, email_type, number), vec![put(Part::email(&email))])
        }
        Kind::RemoveEmail => {
            (many_members::remove_email(member, email_type), vec![(format!("email {email_type}"), None)])
        }
        Kind::SaveCore => {
            let values = ["TEST-TOKEN", id, text, "", "Lovelace", "", "", "", ""];
            let core = CoreState { first_name: text.to_owned(), last_name: "Lovelace".into(), ..CoreState::default() };
            (Envelope::of(&SAVE_ACCOUNT_CORE, values), vec![put(Part::core(&core))])
        }
        Kind::SaveAddress => {
            let values = ["TEST-TOKEN", id, "HOME", text, "", "", "Kitchener", "Ontario", "N2H 4A2", "Canada", "1"];
            let address = json!({"type": "HOME", "line_1": text, "city": "Kitchener", "region": "Ontario",
                "region_abbreviation": "ON", "postal_code": "N2H 4A2", "country": "Canada", "country_abbreviation": "CA"});
            let address: AddressState = serde_json::from_value(address).expect("an address");
            (Envelope::of(&SAVE_ACCOUNT_ADDRESS, values), vec![put(Part::address(&address))])
        }
        Kind::SaveId => {
            let state = AccountIdState {
                r#type: "CARD".into(),
                id: text.to_owned(),
                is_inactive: false,
                is_inactive_for_devices: false,
            };
            (many_members::save_id(member, number), vec![put(Part::account_id(&state))])
        }
        Kind::RemoveId => (many_members::remove_id(member, number), vec![(format!("account_id {number}"), None)]),
        // Two at once, and both or none are there afterwards.
        Kind::SaveFields => {
            let lucky = random.index(1000);
            let call = Envelope::of(&SAVE_ACCOUNT_CUSTOM_FIELDS, ["TEST-TOKEN", id, ""]);
            let motto = put(Part::custom_field("MOTTO", &text.into()));
            let cleared = (format!("custom_field {}", "LUCKY"), None);
            let (value, lucky) = match lucky {
                0..200 => (String::new(), cleared),
                _ => (lucky.to_string(), put(Part::custom_field("LUCKY", &lucky.into()))),
            };
            (call.with_pairs(&[("LUCKY", &value), ("MOTTO", text)]), vec![lucky, motto])
        }
        Kind::AddToClub => {
            (Envelope::of(&ADD_TO_LOYALTY_CLUB, ["TEST-TOKEN", club, id]), vec![put(Part::loyalty_club(club))])
        }
        Kind::RemoveFromClub => (
            Envelope::of(&REMOVE_TO_LOYALTY_CLUB, ["TEST-TOKEN", club, id]),
            vec![(format!("loyalty_club {club}"), None)],
        ),
    }
}
