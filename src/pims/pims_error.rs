//! Why a call came to nothing, and how that is answered.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER};

use super::error::{ErrorCode, Failure};
use crate::domain::Reason;
use crate::domain::program::PimsErrorList;
use crate::ledger::LedgerError;
use crate::operations::pims::PimsRefusal;

/// Why a call came to nothing.
#[derive(Debug)]
pub enum PimsError {
    /// The callback is told.
    Failed(Failure),
    /// A rule has this status answered, in place of a message.
    Status(StatusCode),
    /// A rule has the connection closed, in place of a message.
    HangUp,
    /// Something is wrong on our side, and the log says what; the journal, what may be told.
    Broken(String, Reason),
    /// Another try may do.
    Busy,
}

impl PimsError {
    /// As an API with these documented errors answers it.
    pub fn within(self, documented: &[u16], list: PimsErrorList) -> Self {
        match self {
            Self::Failed(failure) => Self::Failed(failure.within(documented, list)),
            other => other,
        }
    }
}

impl From<Failure> for PimsError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<ErrorCode> for PimsError {
    fn from(code: ErrorCode) -> Self {
        Self::Failed(code.into())
    }
}

impl From<LedgerError> for PimsError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Busy => Self::Busy,
            // Too many codes under way: forbidden, as beyond the quota (our choice).
            LedgerError::Full => ErrorCode::InweboForbidden.into(),
            LedgerError::Replaced => Self::HangUp,
            LedgerError::Unavailable(reason) => Self::Broken(reason, "the ledger failed; the log says why".into()),
        }
    }
}

impl From<PimsRefusal> for PimsError {
    fn from(refusal: PimsRefusal) -> Self {
        let why = Reason::of(format_args!("{refusal}"));
        let code = match refusal {
            PimsRefusal::NotLoggedIn => ErrorCode::NeedBasicAuthentication,
            PimsRefusal::AccountBlocked => ErrorCode::InweboAccountBlocked,
            PimsRefusal::DeviceNotEnrolled => ErrorCode::InweboDeviceUnknown,
            PimsRefusal::PinBlocked | PimsRefusal::TooManyCodes => ErrorCode::InweboForbidden,
            PimsRefusal::NoPhoneNumber => ErrorCode::NoPhoneNumber,
            PimsRefusal::WrongCode => ErrorCode::SmsCodeInvalid,
            PimsRefusal::SpentCode => ErrorCode::SmsCodeExpired,
            PimsRefusal::NumberRegistered(_) => ErrorCode::PhoneNumberRegistered,
            PimsRefusal::Misconfigured(_) => return Self::Broken(why.to_string(), why),
            PimsRefusal::Ledger(error) => return error.into(),
        };
        Failure { why: Some(why), ..code.into() }.into()
    }
}

/// An answer that carries no message: what was sent could not have left the facade of an SDK.
#[derive(Debug)]
pub struct NoCall {
    status: StatusCode,
    advice: String,
}

impl NoCall {
    /// A status, and what to do about it.
    pub fn new(status: StatusCode, advice: impl Into<String>) -> Self {
        Self { status, advice: advice.into() }
    }

    /// What to do about it.
    pub fn advice(&self) -> &str {
        &self.advice
    }

    /// The caller should come back soon.
    pub fn busy() -> Self {
        let advice = "Too many calls are waiting, or too many subscriptions open. Try again in a second.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, advice)
    }

    /// The answer: plain text.
    pub fn response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response.insert_header((ALLOW, "POST"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, "1"));
        }
        response.content_type("text/plain; charset=utf-8").body(format!("{}\r\n", self.advice))
    }
}

/// 503: the caller should come back soon.
pub fn overloaded() -> HttpResponse {
    NoCall::busy().response()
}
