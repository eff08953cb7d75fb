//! What a rule makes of a call, and which calls can be answered so.

use std::ops::RangeInclusive;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::fields::AnswerFields;
use crate::calls::{Api, Operation};
use crate::steps;

/// What happens to a call instead of, or beside, what would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AnswerFields", into = "AnswerFields")]
pub enum FaultAnswer {
    /// The platform refuses with this code; nothing is stored. 2000 to 2399 are error codes of PIMS, all others return codes of
    /// Sync.
    ReturnCode(u16),
    /// CAMS refuses with this `Code`, such as `System.LimitControl`; nothing is stored.
    Code {
        code: String,
        /// In place of the words that the code has.
        message: Option<String>,
    },
    /// The call is answered as ever, but so much later. At most ten minutes.
    DelayMs(u64),
    /// The site answers with this status and an empty body; nothing is stored.
    HttpStatus(u16),
    /// An exception with this text out of the method, in ASP.NET's words; nothing is stored.
    SoapFault(String),
    /// The connection is closed without an answer.
    Disconnect(Disconnect),
}

/// Where the table of PIMS has its error codes, 2000 to 2390 (documented). No return code of Sync is among them.
const PIMS_CODES: RangeInclusive<u16> = 2000..=2399;

impl FaultAnswer {
    /// Whether calls through this API can be answered so; a rule leaves other calls alone.
    pub fn is_for(&self, api: Api) -> bool {
        match self {
            Self::ReturnCode(code) if PIMS_CODES.contains(code) => api == Api::Pims,
            Self::ReturnCode(_) | Self::SoapFault(_) => api == Api::Sync,
            Self::Code { .. } => api == Api::Cams,
            Self::DelayMs(_) | Self::HttpStatus(_) | Self::Disconnect(_) => true,
        }
    }

    /// Whether it is an error of PIMS that its table doesn't have.
    pub(super) fn is_unknown_error(&self, operations: &[Operation]) -> bool {
        let is_listed = |code| operations.iter().any(|operation| operation.errors.contains(code));
        matches!(self, Self::ReturnCode(code) if PIMS_CODES.contains(code) && !is_listed(code))
    }

    /// An API with all that its calls can be answered, for people.
    pub(super) fn of(api: Api) -> String {
        let own = match api {
            Api::Sync => "return_code (but 2000 to 2399, which are of PIMS), soap_fault",
            Api::Cams => "code",
            Api::Pims => "return_code (2000 to 2399)",
        };
        format!("{}, which can answer {own}, delay_ms, http_status or disconnect", api.title())
    }

    /// What no answer can be: the field, and what it should be.
    pub(super) fn defect(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ReturnCode(code) if !(1..=9999).contains(code) => {
                Some(("answer.return_code", "expected 1 to 9999; 0 would say that the number was saved"))
            }
            Self::Code { code, .. } if !is_code(code) => {
                Some(("answer.code", "expected a code of CAMS, such as System.LimitControl: letters and dots"))
            }
            Self::Code { message: Some(message), .. } if !has_length(message) => {
                Some(("answer.message", "expected 1 to 1000 characters"))
            }
            Self::DelayMs(delay) if *delay > 600_000 => Some(("answer.delay_ms", "expected at most 600000")),
            Self::HttpStatus(status) if !(200..=599).contains(status) => {
                Some(("answer.http_status", "expected 200 to 599"))
            }
            Self::SoapFault(text) if !has_length(text) => Some(("answer.soap_fault", "expected 1 to 1000 characters")),
            _ => None,
        }
    }
}

/// 1 to 1000 characters.
fn has_length(text: &str) -> bool {
    (1..=1000).contains(&steps::each(text.chars()).count())
}

/// Letters and dots, as all documented codes have them (inferred), those of other services such as `isv.Foo` too.
fn is_code(code: &str) -> bool {
    (1..=100).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'.')
        && code.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// When a connection is closed. `true` means before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disconnect {
    /// Nothing is stored.
    Before,
    /// The save is stored, and nobody told.
    After,
}

impl<'de> Deserialize<'de> for Disconnect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct When;

        impl Visitor<'_> for When {
            type Value = Disconnect;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, \"before\" or \"after\"")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Disconnect, E> {
                if value { Ok(Disconnect::Before) } else { Err(E::invalid_value(de::Unexpected::Bool(value), &self)) }
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Disconnect, E> {
                match value {
                    "before" => Ok(Disconnect::Before),
                    "after" => Ok(Disconnect::After),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }

        deserializer.deserialize_any(When)
    }
}
