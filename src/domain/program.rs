//! A program: one client organisation's database on the real platform, to which everything belongs.

mod unknown_region;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ReturnCode;
use super::phone_number::{Format, Region};
pub use unknown_region::UnknownRegion;

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
    pub duplicate_phone_check: DuplicateCheck,
    /// Whether an e-mail address may be held by one member only (inferred: calls of `ContactStatus` count the accounts that share one).
    pub duplicate_email_check: DuplicateCheck,
    /// How `SavedPhoneNumber` looks; default: international in international mode, national in legacy mode (our choice).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_phone_format: Option<Format>,
    /// How much of a number is checked (our choice).
    pub phone_check: PhoneCheck,
    /// What an unreadable number answers (our choice; no code is documented).
    pub unparsable_phone: InvalidValueCode,
    /// What any other value answers that can't be, such as an e-mail address without a domain (our choice: 1 is on every page, 5 is
    /// what W472 describes).
    pub invalid_value: InvalidValueCode,
    /// What a country or region answers that isn't in the table of them (our choice; nothing is documented).
    pub unknown_region: UnknownRegion,
    /// What a missing element is.
    pub missing_elements: MissingElements,
    /// The codes that companions send to numbers.
    pub verification_codes: CodeSettings,
    /// What is left open for CAMS.
    pub cams: CamsSettings,
    /// What is left open for PIMS.
    pub pims: PimsSettings,
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
        let CodeSettings { digits, life_seconds, tries } = self.verification_codes;
        if !(4..=8).contains(&digits) || life_seconds == 0 || tries == 0 {
            return Some(("verification_codes", "expected 4 to 8 digits, and at least 1 second and 1 try"));
        }
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
pub struct DuplicateCheck(pub bool);

impl Default for DuplicateCheck {
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

/// The return code for a value that can't be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u16", into = "u16")]
#[repr(u16)]
pub enum InvalidValueCode {
    #[default]
    UndefinedError = 1,
    InvalidParameters = 5,
}

impl From<InvalidValueCode> for ReturnCode {
    fn from(setting: InvalidValueCode) -> Self {
        match setting {
            InvalidValueCode::UndefinedError => Self::UndefinedError,
            InvalidValueCode::InvalidParameters => Self::InvalidParameters,
        }
    }
}

impl From<InvalidValueCode> for u16 {
    fn from(setting: InvalidValueCode) -> Self {
        ReturnCode::from(setting).number()
    }
}

impl TryFrom<u16> for InvalidValueCode {
    type Error = &'static str;

    fn try_from(code: u16) -> Result<Self, Self::Error> {
        match code {
            1 => Ok(Self::UndefinedError),
            5 => Ok(Self::InvalidParameters),
            _ => Err("expected 1 (Undefined Error) or 5 (Invalid Parameter(s))"),
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

/// The codes that companions send to numbers. No vendor documents any of it; all is our choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CodeSettings {
    #[schema(minimum = 4, maximum = 8)]
    pub digits: u8,
    /// How long a code counts, by the emulator's clock.
    #[schema(minimum = 1, maximum = 4_294_967_295_i64)]
    pub life_seconds: u32,
    /// After so many wrong ones, the right one is refused as well.
    #[schema(minimum = 1, maximum = 4_294_967_295_i64)]
    pub tries: u32,
}

impl Default for CodeSettings {
    fn default() -> Self {
        Self { digits: 6, life_seconds: 600, tries: 5 }
    }
}

/// What the documentation of CAMS leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CamsSettings {
    /// Calls a second that an account may make of each action (documented: 10). 0 counts nothing.
    #[schema(maximum = 4_294_967_295_i64)]
    pub calls_per_second: u32,
    /// The HTTP status of business refusals: 400 (default), or 200 with the same `Code`.
    pub refusal_status: CamsRefusalStatus,
    /// What the time of a request is compared with.
    pub request_time: CamsRequestTime,
}

impl Default for CamsSettings {
    fn default() -> Self {
        Self {
            calls_per_second: 10,
            refusal_status: CamsRefusalStatus::default(),
            request_time: CamsRequestTime::default(),
        }
    }
}

/// The HTTP status of business refusals of CAMS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u16", into = "u16")]
#[repr(u16)]
pub enum CamsRefusalStatus {
    #[default]
    BadRequest = 400,
    Ok = 200,
}

impl From<CamsRefusalStatus> for u16 {
    fn from(status: CamsRefusalStatus) -> Self {
        status as u16
    }
}

impl TryFrom<u16> for CamsRefusalStatus {
    type Error = &'static str;

    fn try_from(status: u16) -> Result<Self, Self::Error> {
        match status {
            400 => Ok(Self::BadRequest),
            200 => Ok(Self::Ok),
            _ => Err("refusal_status is 400 or 200"),
        }
    }
}

/// What the time of a signed request is compared with: it may be 15 minutes away, not more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CamsRequestTime {
    /// The machine's clock or the emulator's: an SDK, which goes by the machine's, can be used while the emulator's is held or
    /// advanced.
    #[default]
    Either,
    /// The emulator's clock alone.
    Emulator,
}

/// What the documentation of PIMS leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PimsSettings {
    /// Which errors an API answers.
    pub error_list: PimsErrorList,
    /// How the label of an error names a parameter or component.
    pub labels: PimsLabels,
    /// How many codes an account may be sent in all; 0 is no limit. Beyond it the account gets error 2317.
    #[schema(maximum = 4_294_967_295_i64)]
    pub sms_quota: u32,
}

/// Which errors an API of PIMS answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PimsErrorList {
    /// Those that are documented for it; another one becomes the nearest of them.
    #[default]
    Operation,
    /// The exact one out of the SDK's whole table.
    Sdk,
}

/// How labels of errors name a parameter or component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PimsLabels {
    /// `Missing smsCode parameter`
    #[default]
    Filled,
    /// `Missing [PARAMETER] parameter`, as the table is printed.
    Printed,
}
