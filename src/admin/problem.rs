//! What went wrong, as RFC 9457 has it. Every error of the control plane has this form.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::calls::AddRuleError;
use crate::ledger::{LedgerError, SeedFault};

/// The media type of problem documents.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says which kind of problem it is.
    #[schema(value_type = String)]
    r#type: &'static str,
    /// The words of the status.
    #[schema(value_type = String)]
    title: &'static str,
    #[schema(value_type = u16, minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, and what would be right.
    detail: String,
    /// Where in the JSON that was sent: `members[2].phones[0].number`. Or the name of the parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self { r#type: "about:blank", title, status: status.as_u16(), detail: detail.into(), field: None }
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// It can't be done as things are.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// What was sent can be read, but not done. An empty field means all of it.
    pub fn wrong(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail).at(field)
    }

    /// What was sent can't be read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Another try may do.
    pub fn busy(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// The field that is wrong, if it is one.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Names the field that is wrong.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into()).filter(|field| !field.is_empty());
        self
    }

    /// Whether it can't be done as things are.
    pub fn is_conflict(&self) -> bool {
        self.status == StatusCode::CONFLICT.as_u16()
    }

    /// What was wrong with a value, or in its way, and where; `None` if it is something else.
    pub fn refusal(&self) -> Option<String> {
        let is_refusal = self.is_conflict() || self.status == StatusCode::UNPROCESSABLE_ENTITY.as_u16();
        is_refusal.then(|| match &self.field {
            Some(field) => format!("{field}: {}", self.detail),
            None => self.detail.clone(),
        })
    }

    /// What is wrong, and what would be right.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{} {field}: {}", self.status, self.detail),
            None => write!(f, "{} {}", self.status, self.detail),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CONTENT_TYPE, MEDIA_TYPE));
        match self.status_code() {
            StatusCode::SERVICE_UNAVAILABLE => drop(response.insert_header((RETRY_AFTER, "1"))),
            StatusCode::TOO_MANY_REQUESTS => drop(response.insert_header((RETRY_AFTER, "60"))),
            _ => {}
        }
        response.json(self)
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        if let LedgerError::Unavailable(reason) = &error {
            tracing::error!(reason, "the control plane can't reach the ledger");
            return Self::busy("the ledger is unavailable; the log says why");
        }
        Self::busy("the ledger has too much to do; try again")
    }
}

impl From<AddRuleError> for Problem {
    fn from(error: AddRuleError) -> Self {
        match error {
            AddRuleError::Wrong(error) => Self::wrong(error.field, error.reason),
            AddRuleError::TooMany => Self::conflict(error.to_string()),
            AddRuleError::Ledger(error) => error.into(),
        }
    }
}

impl From<SeedFault> for Problem {
    fn from(fault: SeedFault) -> Self {
        Self::wrong(fault.path, fault.reason)
    }
}
