//! Why a call came to nothing, and how that is answered.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue, RETRY_AFTER};

use super::error::{ErrorCode, Failure};
use crate::domain::program::PimsErrorList;
use crate::ledger::LedgerError;
use crate::operations::pims::PimsRefusal;

/// Why a call came to nothing.
#[derive(Debug)]
pub enum Trouble {
    /// The callback is told.
    Failed(Failure),
    /// What a rule makes of the call, in place of a message.
    OnPurpose(HttpResponse),
    /// Something is wrong on our side, and the log says what.
    Broken(String),
    /// Another try may do.
    Busy,
}

impl Trouble {
    /// As an API with these documented errors answers it.
    pub fn within(self, documented: &[u16], list: PimsErrorList) -> Self {
        match self {
            Self::Failed(failure) => Self::Failed(failure.within(documented, list)),
            other => other,
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<ErrorCode> for Trouble {
    fn from(code: ErrorCode) -> Self {
        Self::Failed(code.into())
    }
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Busy => Self::Busy,
            LedgerError::Unavailable(reason) => Self::Broken(reason),
        }
    }
}

impl From<PimsRefusal> for Trouble {
    fn from(refusal: PimsRefusal) -> Self {
        let code = match refusal {
            PimsRefusal::NotLoggedIn => ErrorCode::NeedBasicAuthentication,
            PimsRefusal::AccountBlocked => ErrorCode::InweboAccountBlocked,
            PimsRefusal::DeviceNotEnrolled => ErrorCode::InweboDeviceUnknown,
            PimsRefusal::PinBlocked | PimsRefusal::TooManyCodes => ErrorCode::InweboForbidden,
            PimsRefusal::NoPhoneNumber => ErrorCode::NoPhoneNumber,
            PimsRefusal::WrongCode => ErrorCode::SmsCodeInvalid,
            PimsRefusal::SpentCode => ErrorCode::SmsCodeExpired,
            PimsRefusal::NumberRegistered => ErrorCode::PhoneNumberRegistered,
            PimsRefusal::Misconfigured(_) => return Self::Broken(refusal.to_string()),
            PimsRefusal::Ledger(error) => return error.into(),
        };
        code.into()
    }
}

/// An answer that carries no message: what was sent could not have left the facade of an SDK.
pub fn refuse(status: StatusCode, why: &str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(format!("{why}\r\n"))
}

/// 405.
pub fn refuse_method() -> HttpResponse {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "Calls come by POST.");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    response
}

/// 503: the caller should come back soon.
pub fn overloaded(why: &str) -> HttpResponse {
    let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, why);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
