//! Who uses the Stellantis mobile SDK. All of it is configuration, kept in the program.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::defaults::{mobile, yes};
use super::phone_number::Region;
use super::{MemberId, Secret};

/// A customer's account, bound to a member: its trusted phone number is that member's number of one type (our choice).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PimsAccount {
    /// Unique over all programs: it decides the program of a call.
    #[schema(min_length = 1)]
    pub login: String,
    /// Without one, any password does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub password: Option<Secret>,
    #[schema(value_type = i32)]
    pub member_id: MemberId,
    /// External reference of the type of the trusted phone number.
    #[serde(default = "mobile")]
    pub phone_number_type: String,
    /// The region whose national numbers it uses, ISO 3166-1; default: that of the brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    pub region: Option<Region>,
    /// Whether its device is enrolled (`isDeviceActivated`).
    #[serde(default)]
    pub device_enrolled: bool,
    #[serde(default)]
    pub blocked: Blocked,
    /// Whether the component StrongAuthentication is there at all; error 2344 otherwise.
    #[serde(default = "yes")]
    pub strong_authentication: bool,
    /// Values of `X-Pims-Instance` that are logged in to this account without a login. Unique over all programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<String>,
}

/// What the strong authentication of an account is blocked by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    #[default]
    NotBlocked,
    /// Too many wrong PINs.
    PinBlocked,
    /// The account itself: `Unknown` to `isAccountBlocked`, whose documented values have no other word (our choice).
    AccountBlocked,
}
