//! A program: one client organisation's database on the real platform, to which everything belongs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ReturnCode;
use super::phone_number::{Format, Region};

/// How a program treats numbers and calls. What the platform documents as a mode of an instance, or leaves open, is a
/// setting here; every field has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProgramSettings {
    /// Documented (W1970): Legacy or International.
    pub phone_mode: PhoneMode,
    /// The region whose numbers need no country calling code, in legacy mode. ISO 3166-1, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    pub default_region: Option<Region>,
    /// Whether a number may be held by one member only (inferred to be a setting of the platform).
    pub duplicate_phone_check: DuplicatePhoneCheck,
    /// How `SavedPhoneNumber` looks; default: international in international mode, national in legacy mode (our choice).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_phone_format: Option<Format>,
    /// How much of a number is checked (our choice).
    pub phone_check: PhoneCheck,
    /// What an unreadable number answers (our choice; no code is documented).
    pub unparsable_phone: UnparsablePhone,
    /// What a missing element is.
    pub missing_elements: MissingElements,
}

impl ProgramSettings {
    /// The format of `SavedPhoneNumber`.
    pub fn saved_phone_format(&self) -> Format {
        self.saved_phone_format.unwrap_or(match self.phone_mode {
            PhoneMode::International => Format::International,
            PhoneMode::Legacy => Format::National,
        })
    }

    /// What is wrong with the settings as a whole, as the field and what it should be.
    pub fn contradiction(&self) -> Option<(&'static str, &'static str)> {
        match (self.phone_mode, self.default_region) {
            (PhoneMode::Legacy, None) => {
                Some(("default_region", "phone_mode legacy needs a default_region, two letters such as \"US\""))
            }
            (PhoneMode::International, Some(_)) => {
                Some(("default_region", "default_region belongs to phone_mode legacy"))
            }
            _ => None,
        }
    }
}

/// How numbers are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhoneMode {
    /// The country calling code is always part of the number.
    #[default]
    International,
    /// A number without `+` is one of the default region first.
    Legacy,
}

/// Whether duplicates are refused; on unless switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct DuplicatePhoneCheck(pub bool);

impl Default for DuplicatePhoneCheck {
    fn default() -> Self {
        Self(true)
    }
}

/// How much of a number is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhoneCheck {
    /// Its length fits the plan, so that fictional numbers pass.
    #[default]
    Possible,
    /// It is assigned in the plan.
    Valid,
}

/// The return code for a number that can't be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u16", into = "u16")]
pub enum UnparsablePhone {
    #[default]
    UndefinedError,
    InvalidParameters,
}

impl From<UnparsablePhone> for ReturnCode {
    fn from(setting: UnparsablePhone) -> Self {
        match setting {
            UnparsablePhone::UndefinedError => Self::UndefinedError,
            UnparsablePhone::InvalidParameters => Self::InvalidParameters,
        }
    }
}

impl From<UnparsablePhone> for u16 {
    fn from(setting: UnparsablePhone) -> Self {
        ReturnCode::from(setting).number()
    }
}

impl TryFrom<u16> for UnparsablePhone {
    type Error = &'static str;

    fn try_from(code: u16) -> Result<Self, Self::Error> {
        match code {
            1 => Ok(Self::UndefinedError),
            5 => Ok(Self::InvalidParameters),
            _ => Err("unparsable_phone is 1 (Undefined Error) or 5 (Invalid Parameter(s))"),
        }
    }
}

/// What becomes of an element that isn't there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingElements {
    /// A missing string is null, a missing int is 0 (ASP.NET).
    #[default]
    Lenient,
    /// Any missing element is return code 2 (documented, W472: every parameter has to be sent).
    Strict,
}
