//! Alibaba Cloud's Chat App Message Service: a phone number moves to a space, after a code has proved whose it is.

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::calls::{Calls, Door, Operation};
use crate::operations::Platform;

/// Where the SDKs send all calls.
pub const PATH: &str = "/";

/// What the door works with.
pub struct Endpoint {
    pub platform: Platform,
    pub calls: Arc<Calls>,
}

/// All operations.
pub fn operations() -> impl Iterator<Item = Operation> {
    [
        "CreateChatappMigrationInitiate",
        "GetPhoneNumberVerificationStatus",
        "GetMigrationVerifyCode",
        "ChatappMigrationVerified",
        "ChatappMigrationRegister",
    ]
    .into_iter()
    .map(|name| Operation { door: Door::Cams, name })
}

/// Whether a request is for this door: it names an action.
pub fn is_asked(_request: &HttpRequest) -> bool {
    false
}

/// Answers a call.
#[allow(clippy::unused_async, reason = "the door is not hung yet")]
pub async fn serve(_request: HttpRequest, _payload: Payload, _endpoint: Data<Endpoint>) -> HttpResponse {
    HttpResponse::NotFound().finish()
}
