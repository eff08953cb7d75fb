//! A call by POST: the decisions of ASP.NET in their order.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Data;

use super::action;
use super::body::Body;
use super::encoding::{self, Decoded};
use super::endpoint::Endpoint;
use super::envelope::{self, Call, MessageError};
use super::fault::Fault;
use super::large_requests::{self, NoReader};
use super::media_type::MediaType;
use super::operation;
use super::refusal::explain;
use super::response::overloaded;
use super::url_decode::url_decode;
use super::version::Version;
use crate::calls::{self, Head};
use crate::contract::{Contract, Route};

/// All of a request that SOAP looks at.
#[derive(Debug)]
pub struct Message<'m> {
    /// `Content-Type`; a missing header is the empty one.
    pub content_type: Cow<'m, str>,
    /// `SOAPAction`, if the header is there.
    pub soap_action: Option<Cow<'m, str>>,
    pub body: Body,
}

impl<'m> Message<'m> {
    pub fn new(headers: &'m HeaderMap, body: Body) -> Self {
        const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");
        let content_type = headers.get(CONTENT_TYPE).map(text).unwrap_or_default();
        // Several are joined with a comma, as .NET joins headers.
        let soap_action = headers.get_all(SOAP_ACTION).map(text).collect::<Vec<_>>();
        Self { content_type, soap_action: join(soap_action), body }
    }

    /// Whether it is one for the [thread for large requests](large_requests).
    fn is_long(&self) -> bool {
        matches!(&self.body, Body::Whole(bytes) if bytes.len() > large_requests::LONG)
    }

    /// As the journal keeps it, with the head that it came with.
    pub fn noted(&self, head: Head) -> calls::Message {
        let Body::Whole(bytes) = &self.body else { return calls::Message { head, ..calls::Message::default() } };
        let beginning = &bytes[..bytes.len().min(calls::MAX_KEPT)];
        let text = encoding::decode(beginning, MediaType(&self.content_type)).text.into_owned();
        calls::Message { is_whole: text.as_bytes() == &bytes[..], head, text }
    }

    fn into_owned(self) -> Message<'static> {
        Message {
            content_type: self.content_type.into_owned().into(),
            soap_action: self.soap_action.map(|value| value.into_owned().into()),
            body: self.body,
        }
    }
}

/// `None` for none.
fn join(mut values: Vec<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    if values.len() > 1 { Some(values.join(",").into()) } else { values.pop() }
}

/// Nearly all headers are ASCII, which is checked faster than UTF-8 is repaired.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    value.to_str().map_or_else(|_| String::from_utf8_lossy(value.as_bytes()), Cow::Borrowed)
}

/// Answers a call, and notes what is understood of it.
pub async fn answer(message: Message<'_>, endpoint: &Data<Endpoint>, noted: &mut calls::Call) -> HttpResponse {
    if message.is_long() {
        return answer_long(message.into_owned(), endpoint, noted).await;
    }
    let routed = match route(&message, &endpoint.contract) {
        Ok(routed) => routed,
        Err(error) => return explain(&error, noted),
    };
    match routed.read(&endpoint.contract) {
        Ok(call) => run(endpoint, call, noted).await,
        Err(error) => explain(&error, noted),
    }
}

async fn answer_long(message: Message<'static>, endpoint: &Data<Endpoint>, noted: &mut calls::Call) -> HttpResponse {
    let contract = Data::clone(endpoint);
    let reading = large_requests::read(move || {
        let routed = route(&message, &contract.contract)?;
        Ok(routed.read(&contract.contract)?.into_owned())
    });
    match reading.await {
        Ok(Ok(call)) => run(endpoint, call, noted).await,
        Ok(Err(error)) => explain(&error, noted),
        Err(NoReader) => overloaded(),
    }
}

/// A message whose operation is known.
#[derive(Debug)]
pub struct Routed<'m, 'c> {
    decoded: Decoded<'m>,
    media_type: MediaType<'m>,
    guess: Version,
    route: Route<'c>,
}

/// Finds the operation: by `SOAPAction`, by the media type's `action`, or by the Body.
///
/// # Errors
/// [`MessageError`], the first that ASP.NET would report.
pub fn route<'m, 'c>(message: &'m Message<'_>, contract: &'c Contract) -> Result<Routed<'m, 'c>, MessageError> {
    let media_type = MediaType(&message.content_type);
    let soap_action = message.soap_action.as_deref().filter(|_| !media_type.is_of(Version::Soap12));
    let guess = if soap_action.is_some() { Version::Soap11 } else { Version::Soap12 };
    let named = match soap_action {
        Some(value) => {
            Some(action::by_soap_action(contract, value).map_err(|fault| MessageError::Fault(guess, fault))?)
        }
        None => media_type.action().and_then(|value| action::by_parameter(contract, value)),
    };
    let bytes = match (&message.body, named) {
        (Body::Whole(bytes), _) => bytes,
        (Body::TooLong, Some(_)) => return Err(MessageError::Fault(guess, Fault::too_long())),
        (Body::TooLong, None) => return Err(MessageError::Fault(guess, Fault::too_long_while_routing())),
    };
    let decoded = encoding::decode(bytes, media_type);
    let route = match named {
        Some(route) => route,
        None => {
            let value = media_type.action().map(url_decode);
            envelope::route_by_body(&decoded, value.as_deref(), guess, contract)?
        }
    };
    Ok(Routed { decoded, media_type, guess, route })
}

impl Routed<'_, '_> {
    /// Reads the call.
    ///
    /// # Errors
    /// [`MessageError`], the first that ASP.NET would report.
    pub fn read<'a>(&'a self, contract: &'a Contract) -> Result<Call<'a>, MessageError> {
        if !self.media_type.is_soap() {
            return Err(MessageError::UnsupportedMediaType(self.guess));
        }
        envelope::read(&self.decoded, self.media_type, self.guess, contract, self.route)
    }
}

async fn run(endpoint: &Endpoint, call: Call<'_>, noted: &mut calls::Call) -> HttpResponse {
    operation::answer(&endpoint.platform, &endpoint.calls, call, noted).await
}
