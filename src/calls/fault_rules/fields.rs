//! An answer of a rule as JSON has it: an object with one of its kinds, some with more members.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Disconnect, FaultAnswer};

/// All members that an answer may have.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    return_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    soap_fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect: Option<Disconnect>,
}

/// What happens to a call instead of, or beside, what would: one of these. Only described so: what comes is read as all members,
/// so that an error names the one that is wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = FaultAnswer)]
#[serde(untagged)]
pub enum FaultAnswerSchema {
    ReturnCode {
        /// The platform refuses with this code; nothing is stored. 2000 to 2399 are error codes of PIMS, all others return codes of
        /// Sync.
        #[schema(minimum = 1, maximum = 9999)]
        return_code: u16,
    },
    Code {
        /// CAMS refuses with this `Code`, such as `System.LimitControl`; nothing is stored. Letters and dots.
        #[schema(max_length = 100, pattern = "^[A-Za-z.]*[A-Za-z][A-Za-z.]*$")]
        code: String,
        /// In place of the words that the code has.
        #[schema(min_length = 1, max_length = 1000)]
        message: Option<String>,
    },
    DelayMs {
        /// The call is answered as ever, but so much later.
        #[schema(maximum = 600_000)]
        delay_ms: u64,
    },
    HttpStatus {
        /// The site answers with this status and an empty body; nothing is stored.
        #[schema(minimum = 200, maximum = 599)]
        http_status: u16,
    },
    SoapFault {
        /// An exception with this text out of the method, in ASP.NET's words; nothing is stored.
        #[schema(min_length = 1, max_length = 1000)]
        soap_fault: String,
    },
    Disconnect {
        /// The connection is closed without an answer.
        disconnect: Disconnect,
    },
}

impl TryFrom<AnswerFields> for FaultAnswer {
    type Error = &'static str;

    fn try_from(fields: AnswerFields) -> Result<Self, Self::Error> {
        let AnswerFields { return_code, code, message, delay_ms, http_status, soap_fault, disconnect } = fields;
        if code.is_none() && message.is_some() {
            return Err("a message belongs to a code");
        }
        let mut kinds = [
            return_code.map(Self::ReturnCode),
            code.map(|code| Self::Code { code, message }),
            delay_ms.map(Self::DelayMs),
            http_status.map(Self::HttpStatus),
            soap_fault.map(Self::SoapFault),
            disconnect.map(Self::Disconnect),
        ]
        .into_iter()
        .flatten();
        match (kinds.next(), kinds.next()) {
            (Some(answer), None) => Ok(answer),
            _ => Err("expected one of return_code, code, delay_ms, http_status, soap_fault and disconnect"),
        }
    }
}

impl From<FaultAnswer> for AnswerFields {
    fn from(answer: FaultAnswer) -> Self {
        let none = Self::default();
        match answer {
            FaultAnswer::ReturnCode(code) => Self { return_code: Some(code), ..none },
            FaultAnswer::Code { code, message } => Self { code: Some(code), message, ..none },
            FaultAnswer::DelayMs(delay) => Self { delay_ms: Some(delay), ..none },
            FaultAnswer::HttpStatus(status) => Self { http_status: Some(status), ..none },
            FaultAnswer::SoapFault(text) => Self { soap_fault: Some(text), ..none },
            FaultAnswer::Disconnect(when) => Self { disconnect: Some(when), ..none },
        }
    }
}
