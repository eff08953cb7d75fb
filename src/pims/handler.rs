//! The API itself: what comes by HTTP and is a call of the facade, and what isn't.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName};
use actix_web::http::{Method as HttpMethod, StatusCode};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::call::Call;
use super::error::{ErrorCode, Failure};
use super::message::{Message, TransactionId};
use super::method::Method;
use super::pims_error::{NoCall, PimsError, overloaded};
use super::request::Request;
use super::subscription::{self, event_stream};
use super::{Endpoint, PATH};
use crate::body::{BodyError, receive};
use crate::calls::{self, Answer, Api, Head, hang_up};
use crate::domain::Reason;
use crate::ledger::Begun;

/// The largest body: a call has a hundredth of it.
const MAX_BODY: usize = 64 << 10;
/// The longest name of an instance, in bytes.
const MAX_NAME: usize = 200;
const INSTANCE: HeaderName = HeaderName::from_static("x-pims-instance");

/// Answers whatever is sent to a path below the API's.
pub async fn serve(request: HttpRequest, payload: Payload, endpoint: Data<Endpoint>) -> HttpResponse {
    let path = request.path().strip_prefix(PATH).and_then(|path| path.strip_prefix('/'));
    let Some(method) = path.and_then(Method::at) else {
        let advice = "There are /pims/initialize, release, get, set, subscribe and unsubscribe.";
        return NoCall::new(StatusCode::NOT_FOUND, advice).response();
    };
    if *request.method() != HttpMethod::POST {
        return NoCall::new(StatusCode::METHOD_NOT_ALLOWED, "Calls come by POST.").response();
    }
    let ledger = &endpoint.platform.ledger;
    let mut noted = calls::Call::begin(Api::Pims, endpoint.platform.clock.now(), Begun::now(&ledger.directory()));
    let (instance, body, asked) = match arrive(&request, payload).await {
        Ok(arrived) => arrived,
        Err(no_call) => {
            noted.context.operation = method.operation();
            noted.outcome.because(Reason::of(format_args!("{}", no_call.advice())));
            let message = message(&endpoint, &request, &[]);
            return endpoint.calls.finish(&**ledger, noted, message, no_call.response()).await;
        }
    };
    let noted_request = message(&endpoint, &request, &body);
    let call = Call::new(&endpoint, method, (&instance, &asked), noted);
    match method {
        Method::Subscribe => answer_with_stream(call, noted_request).await,
        _ => answer(call, noted_request).await,
    }
}

/// Who calls, and what: as it was sent, and as it was read.
async fn arrive(request: &HttpRequest, payload: Payload) -> Result<(String, Bytes, Request), NoCall> {
    check_media_type(request.headers())?;
    let instance = instance_name(request.headers())?;
    let body = receive(request.headers(), &mut payload.into_inner(), MAX_BODY).await.map_err(|error| match error {
        BodyError::TooLong => {
            NoCall::new(StatusCode::PAYLOAD_TOO_LARGE, format!("A call has at most {MAX_BODY} bytes."))
        }
        BodyError::TooSlow => NoCall::new(StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive."),
        BodyError::NoMemory => NoCall::busy(),
        BodyError::Broken => NoCall::new(StatusCode::BAD_REQUEST, "The body ended before its end."),
    })?;
    let call = Request::parse(&body).map_err(|reason| {
        let right = r#"{"api": "pims.authentication.smscode", "parameters": {}}"#;
        let advice = format!("The body is to be a JSON object such as {right}. This one is none: {reason}.");
        NoCall::new(StatusCode::BAD_REQUEST, advice)
    })?;
    Ok((instance, body, call))
}

fn check_media_type(headers: &HeaderMap) -> Result<(), NoCall> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(NoCall::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send the call with Content-Type: application/json."))
}

/// The name that the app's process has chosen for itself.
fn instance_name(headers: &HeaderMap) -> Result<String, NoCall> {
    let mut names = headers.get_all(INSTANCE).map(|value| std::str::from_utf8(value.as_bytes()).map(str::trim));
    match (names.next(), names.next()) {
        (Some(Ok(name)), None) if !name.is_empty() && name.len() <= MAX_NAME => Ok(name.to_owned()),
        _ => {
            let advice = "Name the process that calls in one header X-Pims-Instance: any text of at most 200 bytes.";
            Err(NoCall::new(StatusCode::BAD_REQUEST, advice))
        }
    }
}

/// As the journal keeps it, which masks what gives access when it shows the call.
fn message(endpoint: &Endpoint, request: &HttpRequest, body: &[u8]) -> calls::Message {
    if !endpoint.calls.journal.is_on() {
        return calls::Message::default();
    }
    let beginning = &body[..body.len().min(calls::MAX_KEPT)];
    let text = String::from_utf8_lossy(beginning).into_owned();
    calls::Message { head: Head::of(request), text, is_whole: false }
}

/// Does what is asked. A subscription is answered elsewhere, since it goes on.
///
/// # Errors
/// [`PimsError`].
async fn answer_once(call: &mut Call<'_>) -> Result<Value, PimsError> {
    match call.method {
        Method::Initialize => call.initialize().await,
        Method::Release => call.release().await,
        Method::Get | Method::Set => call.get_or_set().await,
        Method::Subscribe | Method::Unsubscribe => subscription::unsubscribe(call).await,
    }
}

async fn answer(mut call: Call<'_>, request: calls::Message) -> HttpResponse {
    let outcome = answer_once(&mut call).await;
    let response = match settle(&mut call, outcome) {
        Settled::Told(outcome) => {
            let message = Message::of(&TransactionId::random(), &outcome, call.settings.labels).json();
            let mut response = HttpResponse::Ok();
            response.content_type("application/json").insert_header((CACHE_CONTROL, "no-store")).body(message)
        }
        Settled::Instead(response) => response,
    };
    finish(call, request, response).await
}

/// A subscription is noted when it has begun, or come to nothing.
async fn answer_with_stream(mut call: Call<'_>, request: calls::Message) -> HttpResponse {
    let id = TransactionId::random();
    let outcome = match subscription::subscribe(&mut call, &id).await {
        Ok(subscriber) if !call.hangs_up => {
            call.noted.outcome.return_code = Some(0);
            let acknowledgement = Message::acknowledgement(&id).json();
            let answer = Answer { http_status: Some(200), request, response: acknowledgement.as_bytes() };
            let Endpoint { platform, calls, .. } = call.endpoint;
            return match calls.end(&*platform.ledger, call.noted, answer).await {
                true => subscription::stream(subscriber, &id),
                false => hang_up(),
            };
        }
        Ok(_) => Ok(Value::Null),
        Err(error) => Err(error),
    };
    let response = match settle(&mut call, outcome) {
        Settled::Told(outcome) => event_stream().body(Message::of(&id, &outcome, call.settings.labels).sent_event()),
        Settled::Instead(response) => response,
    };
    finish(call, request, response).await
}

async fn finish(call: Call<'_>, request: calls::Message, response: HttpResponse) -> HttpResponse {
    let response = if call.hangs_up { hang_up() } else { response };
    let Endpoint { platform, calls, .. } = call.endpoint;
    calls.finish(&*platform.ledger, call.noted, request, response).await
}

/// How a call is answered.
enum Settled {
    /// The callback is told.
    Told(Result<Value, Failure>),
    /// Nothing is said to the callback.
    Instead(HttpResponse),
}

/// Decides how a call is answered. The one place where a failure is logged.
fn settle(call: &mut Call<'_>, outcome: Result<Value, PimsError>) -> Settled {
    let outcome = match outcome {
        Ok(result) => Ok(result),
        Err(PimsError::Failed(failure)) => Err(failure),
        Err(PimsError::Broken(reason, why)) => {
            let (request, operation) = (call.noted.request_id, call.noted.context.operation);
            tracing::error!(%request, operation, %reason, "answered with error 2204");
            Err(Failure { why: Some(why), ..ErrorCode::ServerError.into() })
        }
        Err(PimsError::Busy) => {
            call.noted.outcome.because("the ledger's queue is full, or too many subscriptions are open");
            return Settled::Instead(overloaded());
        }
        Err(PimsError::Status(status)) => return Settled::Instead(HttpResponse::new(status)),
        Err(PimsError::HangUp) => return Settled::Instead(hang_up()),
    };
    let code = outcome.as_ref().err().map_or(0, |failure| failure.code.number());
    if let Err(Failure { why: Some(why), .. }) = &outcome {
        call.noted.outcome.because(why.clone());
    }
    call.noted.outcome.return_code = Some(code);
    Settled::Told(outcome)
}
