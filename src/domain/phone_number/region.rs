//! What programs say of numbers: the region in which they are read, and the format in which they are shown.

use rlibphonenumber::PHONE_NUMBER_UTIL;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A region of the numbering plans: ISO 3166-1, two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(pub(super) rlibphonenumber::Region);

impl TryFrom<String> for Region {
    type Error = String;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        rlibphonenumber::Region::from_code(&code)
            .ok()
            .filter(|region| PHONE_NUMBER_UTIL.get_supported_regions().any(|known| known == *region))
            .map(Self)
            .ok_or_else(|| format!("{code:?} is no region with a numbering plan; give two letters such as \"US\""))
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0.to_string()
    }
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `+1 519-555-0123`
    International,
    /// `(519) 555-0123`
    National,
    /// `+15195550123`
    E164,
    /// `15195550123`
    Digits,
}
