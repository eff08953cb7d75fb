//! Alibaba Cloud's Chat App Message Service: a phone number moves to a space, after a code has proved whose it is.

mod call;
mod request;

mod actions;
mod admission;
mod authenticate;
mod signature;

mod answer;
mod error;

mod encode;
mod parameters;
#[cfg(test)]
mod tests;

#[doc(hidden)]
pub mod bench;

use std::sync::Arc;

use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use self::actions::Action;
use self::answer::Reply;
use self::error::Refusal;
use self::request::Request;
pub use self::request::is_call as is_asked;
use crate::body::{BodyError, receive};
use crate::calls::{Api, Call, Calls, Head, MAX_KEPT, Message, Operation};
use crate::domain::program::CamsRefusalStatus;
use crate::ledger::Begun;
use crate::operations::Platform;

/// Where the SDKs send all calls.
pub const PATH: &str = "/";
/// The longest form that is read, in bytes. An ordinary one has a few hundred.
const LONGEST_BODY: usize = 64 << 10;

/// What the API works with.
pub struct Endpoint {
    pub platform: Platform,
    pub calls: Arc<Calls>,
}

/// All operations.
pub fn operations() -> impl Iterator<Item = Operation> {
    Action::ALL.into_iter().map(|action| Operation { api: Api::Cams, name: action.name(), aliases: &[], errors: &[] })
}

/// Answers a call.
pub async fn serve(http: HttpRequest, payload: Payload, endpoint: Data<Endpoint>) -> HttpResponse {
    let Endpoint { platform, calls } = &**endpoint;
    let mut call = Call::begin(Api::Cams, platform.clock.now(), Begun::now(&platform.ledger.directory()));
    let body = receive(http.headers(), &mut payload.into_inner(), LONGEST_BODY).await;
    let (body, error) = body.map_or_else(|error| (Bytes::new(), Some(error)), |body| (body, None));
    let request = Request::new(&http, &body);
    let noted = if calls.journal.is_on() { note(&http, &body) } else { Message::default() };
    let response = match error {
        Some(error) => without_body(&request, error, &mut call),
        None => call::answer(platform, calls, &request, &mut call).await,
    };
    calls.finish(&*platform.ledger, call, noted, response).await
}

/// A call as the journal keeps it. It can't be sent again, because it was signed for once.
fn note(http: &HttpRequest, body: &[u8]) -> Message {
    let text = String::from_utf8_lossy(&body[..body.len().min(MAX_KEPT)]).into_owned();
    Message { head: Head::of(http), text, is_whole: false }
}

/// Nothing more is read from a connection with a body that can't be had.
fn without_body(request: &Request<'_>, error: BodyError, call: &mut Call) -> HttpResponse {
    let refusal = Refusal::Body(error);
    call.outcome.fault = Some(refusal.code().into_owned());
    call.outcome.why = refusal.why();
    let mut response = Reply::to(request, call.request_id).refused("", &refusal, CamsRefusalStatus::BadRequest);
    response.head_mut().set_connection_type(actix_http::ConnectionType::Close);
    response
}
