//! Calls in flight, whatever their route: their connection is told from the first step to the last byte of the answer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_http::{ConnectionType, Request, Response};
use actix_service::Service;
use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};

use super::admission;
use super::connection_state::{ConnectionState, Stage};
use crate::calls::HangUp;
use crate::soap::Endpoint;

/// Hands a request to the application, and tells the connection of the call, so that neither a slow handler nor a streamed
/// answer is taken for a client that doesn't go on, and a slow client never for a slow handler. No route can be forgotten,
/// because all requests come through here.
pub fn answer<S>(
    mut request: Request,
    application: &S,
    endpoint: &Endpoint,
) -> impl Future<Output = Result<Response<Held>, Error>> + use<S>
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    let call = InFlight(request.conn_data::<ConnectionState>().cloned());
    let is_head = request.head().method == Method::HEAD;
    if let Some(state) = &call.0 {
        state.begin_call(request.payload());
    }
    let refusal = admission::refusal(&request.head().headers, endpoint);
    let response = match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(application.call(request)),
    };
    async move {
        let response = match response {
            Err(refusal) => refusal,
            Ok(response) => response.await?.into(),
        };
        Ok(call.hold(if is_head { without_stream(response) } else { response }))
    }
}

/// An answer to HEAD. actix-http leaves out a body whose length it knows, but not one that is streamed.
fn without_stream(response: HttpResponse) -> HttpResponse {
    match response.body().size() {
        BodySize::Stream => response.map_body(|_, _| BoxBody::new(body::None::new())),
        BodySize::None | BodySize::Sized(_) => response,
    }
}

/// A call, for as long as this lives. Without a connection, as in tests of routes, it tells nobody.
struct InFlight(Option<ConnectionState>);

impl InFlight {
    /// Keeps the call until its answer is sent, or breaks the connection off if that is what the answer says.
    fn hold(self, response: HttpResponse) -> Response<Held> {
        let mut response = Response::from(response);
        if let Some(state) = &self.0 {
            state.enter(Stage::Answer);
            if response.extensions().contains::<HangUp>() {
                state.hang_up();
            }
            if state.had_long_head() {
                response.head_mut().set_connection_type(ConnectionType::Close);
            }
        }
        response.map_body(|_, body| Held { body, _call: self })
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(state) = &self.0 {
            state.enter(Stage::Idle);
        }
    }
}

/// An answer on its way: the call lasts as long.
pub struct Held {
    body: BoxBody,
    _call: InFlight,
}

impl MessageBody for Held {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

#[cfg(test)]
mod tests;
