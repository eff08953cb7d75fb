//! What can come between a person and a page.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::page::{Frame, send};
use crate::admin::problem::Problem;
use crate::ledger::LedgerError;

/// Why there is no page.
#[derive(Debug)]
pub enum PageError {
    /// There is no such program, member or entry.
    NoSuch(&'static str),
    Ledger(LedgerError),
    /// The form or the address can't be read.
    Unreadable(String),
    /// What was asked for can't be done.
    Problem(Problem),
    Template,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuch(what) => write!(f, "There is no such {what}, or no longer."),
            Self::Ledger(LedgerError::Busy) => {
                f.write_str("The ledger is busy. Nothing changed; try again in a moment.")
            }
            Self::Ledger(LedgerError::Unavailable(reason)) => write!(f, "The ledger can't do its work: {reason}"),
            Self::Ledger(error @ (LedgerError::Full | LedgerError::Replaced)) => error.fmt(f),
            Self::Unreadable(reason) => write!(f, "This can't be read: {reason}"),
            Self::Problem(problem) => write!(f, "Nothing was changed: {}.", problem.detail()),
            Self::Template => f.write_str("The page can't be made."),
        }
    }
}

#[derive(Template)]
#[template(path = "console/error.html")]
struct TroublePage {
    frame: Frame,
    reason: String,
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NoSuch(_) => StatusCode::NOT_FOUND,
            Self::Ledger(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Problem(problem) => problem.status_code(),
            Self::Template => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let page = TroublePage { frame: Frame::bare(), reason: self.to_string() };
        send(self.status_code(), &page).unwrap_or_else(|_| HttpResponse::new(self.status_code()))
    }
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<LedgerError> for PageError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<askama::Error> for PageError {
    fn from(_: askama::Error) -> Self {
        Self::Template
    }
}
