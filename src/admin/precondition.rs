//! `If-None-Match: *`: makes what isn't there, and never replaces what is (RFC 9110, 13.1.2).

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::IF_NONE_MATCH;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

use super::problem::Problem;

/// Whether a PUT may replace what is there. It may unless `If-None-Match` is `*`: of the tags that the header may name instead, none
/// matches, as nothing here has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayReplace(pub bool);

impl MayReplace {
    /// Lets a PUT go on.
    ///
    /// # Errors
    /// 412 if something is there that may not be replaced; `what` names it.
    pub fn check(self, is_there: bool, what: impl FnOnce() -> String) -> Result<(), Problem> {
        match is_there && !self.0 {
            true => Err(already_there(&what())),
            false => Ok(()),
        }
    }
}

/// 412.
pub fn already_there(what: &str) -> Problem {
    let detail = format!("there is {what} already, and If-None-Match: * asks not to replace it");
    Problem::new(StatusCode::PRECONDITION_FAILED, detail)
}

impl FromRequest for MayReplace {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let is_any = request.headers().get_all(IF_NONE_MATCH).any(|value| value.as_bytes().trim_ascii() == b"*");
        ready(Ok(Self(!is_any)))
    }
}
