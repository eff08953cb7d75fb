//! A member as a seed says it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::PhoneState;
use crate::domain::program::UnknownRegion;
use crate::domain::{Address, AddressInput, Gender, MemberId};

/// A member with all its parts. What has its default isn't written, but for names and numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberState {
    #[schema(value_type = i32)]
    pub member_id: MemberId,
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "read_date")]
    #[schema(value_type = Option<String>, format = Date)]
    pub birthdate: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_employee: bool,
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_suspended: bool,
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_locked: bool,
    #[serde(default)]
    pub phones: Vec<PhoneState>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<EmailState>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<AddressState>,
    /// In the order in which they were added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub account_ids: Vec<AccountIdState>,
    /// External references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loyalty_clubs: Vec<String>,
    /// By external reference, as the type of each field has it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub custom_fields: BTreeMap<String, Value>,
}

/// Who a member is, with its names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreState {
    pub first_name: String,
    pub middle_name: Option<String>,
    pub last_name: String,
    pub suffix: Option<String>,
    pub nick_name: Option<String>,
    pub birthdate: Option<Date>,
    pub gender: Option<Gender>,
}

/// What the platform says of a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagsState {
    pub is_employee: bool,
    pub is_suspended: bool,
    pub is_locked: bool,
}

/// An e-mail address of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailState {
    /// External reference of an e-mail type.
    pub r#type: String,
    /// Up to 512 bytes.
    pub address: String,
    #[serde(default = "yes")]
    pub is_valid: bool,
}

/// A postal address of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressState {
    /// External reference of an address type.
    pub r#type: String,
    pub line_1: String,
    #[serde(default)]
    pub line_2: Option<String>,
    #[serde(default)]
    pub line_3: Option<String>,
    pub city: String,
    pub region: String,
    /// Where it isn't said, the region is looked up; `null` if it is unknown.
    #[serde(default)]
    pub region_abbreviation: Option<String>,
    pub postal_code: String,
    pub country: String,
    /// Where it isn't said, the country is looked up; `null` if it is unknown.
    #[serde(default)]
    pub country_abbreviation: Option<String>,
    #[serde(default = "yes")]
    pub is_valid: bool,
}

/// An account id of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountIdState {
    /// External reference of an account id type.
    pub r#type: String,
    /// Up to 512 bytes; compared exactly.
    pub id: String,
    #[serde(default)]
    pub is_inactive: bool,
    #[serde(default)]
    pub is_inactive_for_devices: bool,
}

impl AddressState {
    /// An address that was formatted.
    pub fn new(r#type: String, address: &Address, is_valid: bool) -> Self {
        let optional = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            r#type,
            line_1: address.line_1.clone(),
            line_2: optional(&address.line_2),
            line_3: optional(&address.line_3),
            city: address.city.clone(),
            region: address.region.clone(),
            region_abbreviation: optional(&address.region_abbreviation),
            postal_code: address.postal_code.clone(),
            country: address.country.clone(),
            country_abbreviation: optional(&address.country_abbreviation),
            is_valid,
        }
    }

    /// With names and abbreviations of its region and country, where the latter aren't said.
    #[must_use]
    pub fn looked_up(mut self) -> Self {
        let input = AddressInput { region: &self.region, country: &self.country, ..AddressInput::default() };
        let Ok(found) = Address::format(input, UnknownRegion::Keep) else { return self };
        if self.country_abbreviation.is_none() && !found.country_abbreviation.is_empty() {
            (self.country, self.country_abbreviation) = (found.country, Some(found.country_abbreviation));
        }
        if self.region_abbreviation.is_none() && !found.region_abbreviation.is_empty() {
            (self.region, self.region_abbreviation) = (found.region, Some(found.region_abbreviation));
        }
        self
    }
}

/// Reads a date, and doesn't quote what is none.
fn read_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let text = Option::<Cow<'_, str>>::deserialize(from)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom("expected a date, YYYY-MM-DD"))).transpose()
}

/// What holds unless told otherwise.
pub fn yes() -> bool {
    true
}

/// Whether a flag isn't set.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn is_not(flag: &bool) -> bool {
    !flag
}
