//! The .asmx endpoint: its pages by GET, its calls by POST.

mod action;
#[doc(hidden)]
pub mod bench;
mod contract;
mod encoding;
mod envelope;
mod fault;
mod media_type;
mod record;
mod save_account_phone;
mod version;
mod wsdl;
pub mod xml;

mod body;

use std::borrow::Cow;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, SERVER,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use self::body::Body;
pub use self::contract::{Contract, DEFAULT_NAMESPACE, action};
use self::contract::{Operation, Route};
use self::envelope::{Call, Trouble};
use self::fault::Fault;
use self::media_type::MediaType;
use self::version::Version;
use crate::ledger::LedgerError;
use crate::operations::Platform;

/// Where the service lives. The path is matched without regard to case, as IIS does.
pub const PATH: &str = "/Services/Sync.asmx";

/// What the endpoint works with.
pub struct Endpoint {
    pub platform: Platform,
    pub contract: Contract,
    /// The address written into the WSDL in place of the one that the caller used; without a path.
    pub public_url: Option<String>,
}

/// Answers whatever is sent to the service's path.
pub async fn serve(request: HttpRequest, payload: Payload, endpoint: Data<Endpoint>) -> HttpResponse {
    let mut response = match *request.method() {
        Method::POST => post(&request, payload, &endpoint).await,
        Method::GET => get(&request, &endpoint),
        _ => empty(StatusCode::METHOD_NOT_ALLOWED, "text/html; charset=utf-8"),
    };
    // `Cache-Control`, as IIS spells it, for clients that take the spelling seriously.
    response.head_mut().set_camel_case_headers(true);
    response
}

fn get(request: &HttpRequest, endpoint: &Endpoint) -> HttpResponse {
    // A name alone asks for the WSDL; `wsdl=` doesn't (ASP.NET).
    if !request.query_string().split('&').any(|name| name.eq_ignore_ascii_case("wsdl")) {
        return page(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "Here is a SOAP service. Ask for ?WSDL.\r\n");
    }
    let origin = match &endpoint.public_url {
        Some(url) => url.clone(),
        None => {
            let host = header(request.headers(), &HOST);
            format!("http://{}", host.as_deref().unwrap_or(request.app_config().host()))
        }
    };
    let address = format!("{origin}{}", request.path());
    page(StatusCode::OK, "text/xml; charset=utf-8", wsdl::wsdl(&endpoint.contract, &address))
}

async fn post(request: &HttpRequest, payload: Payload, endpoint: &Endpoint) -> HttpResponse {
    let Ok(body) = body::read(payload).await else {
        return empty(StatusCode::REQUEST_TIMEOUT, Version::Soap11.content_type());
    };
    match answer(request.headers(), &body, endpoint).await {
        Ok(answer) => answer,
        Err(trouble) => explain(&trouble),
    }
}

/// The decisions of ASP.NET in their order.
async fn answer(headers: &HeaderMap, body: &Body, endpoint: &Endpoint) -> Result<HttpResponse, Trouble> {
    let contract = &endpoint.contract;
    let content_type = header(headers, &CONTENT_TYPE);
    let media_type = MediaType(content_type.as_deref().unwrap_or_default());
    let soap_action = soap_action(headers).filter(|_| !media_type.is_of(Version::Soap12));
    let guess = if soap_action.is_some() { Version::Soap11 } else { Version::Soap12 };

    let named = match &soap_action {
        Some(value) => Some(action::by_soap_action(contract, value).map_err(|fault| Trouble::Fault(guess, fault))?),
        None => media_type.action().and_then(|value| action::by_parameter(contract, value)),
    };
    let bytes = match (body, named) {
        (Body::Whole(bytes), _) => bytes,
        (Body::TooLong, Some(_)) => return Err(Trouble::Fault(guess, Fault::too_long())),
        (Body::TooLong, None) => return Err(Trouble::Fault(guess, Fault::too_long_while_routing())),
    };
    let decoded = encoding::decode(bytes, media_type);
    let route = match named {
        Some(route) => route,
        None => {
            let value = media_type.action().map(action::url_decode);
            envelope::route_by_body(&decoded, value.as_deref(), guess, contract)?
        }
    };
    if !media_type.is_soap() {
        return Err(Trouble::UnsupportedMediaType(guess));
    }
    let call = envelope::read(&decoded, media_type, guess, contract, route)?;
    Ok(run(&endpoint.platform, route, call).await)
}

/// Runs the operation.
async fn run(platform: &Platform, route: Route<'_>, call: Call<'_, '_>) -> HttpResponse {
    let version = call.version;
    let result = match route.operation {
        Operation::SaveAccountPhone => save_account_phone::answer(platform, call).await,
    };
    match result {
        Ok(envelope) => page(StatusCode::OK, version.content_type(), envelope),
        Err(LedgerError::Busy | LedgerError::Unavailable(_)) => overloaded(),
    }
}

fn explain(trouble: &Trouble) -> HttpResponse {
    match trouble {
        Trouble::Fault(version, fault) => {
            let mut response = with_headers(StatusCode::INTERNAL_SERVER_ERROR, version.content_type(), PRIVATE);
            response.body(envelope::write_fault(*version, fault))
        }
        Trouble::IllFormed(version) => empty(StatusCode::BAD_REQUEST, version.content_type()),
        Trouble::UnsupportedMediaType(version) => empty(StatusCode::UNSUPPORTED_MEDIA_TYPE, version.content_type()),
    }
}

/// The queue is full: the caller should come back soon (our choice).
fn overloaded() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((RETRY_AFTER, "1"))
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body("Too many calls are waiting. Try again in a second.\r\n")
}

const PRIVATE: &str = "private";

fn page(status: StatusCode, content_type: &'static str, body: impl Into<String>) -> HttpResponse {
    with_headers(status, content_type, "private, max-age=0").body(body.into())
}

fn empty(status: StatusCode, content_type: &'static str) -> HttpResponse {
    with_headers(status, content_type, PRIVATE).finish()
}

/// The headers of ASP.NET and of IIS around it.
fn with_headers(status: StatusCode, content_type: &'static str, cache: &'static str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((SERVER, "Microsoft-IIS/10.0"))
        .insert_header((X_ASPNET_VERSION, "4.0.30319"))
        .insert_header((X_POWERED_BY, "ASP.NET"));
    response
}

const X_ASPNET_VERSION: HeaderName = HeaderName::from_static("x-aspnet-version");
const X_POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// The value of a header as text.
fn header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<Cow<'h, str>> {
    headers.get(name).map(text)
}

fn text(value: &HeaderValue) -> Cow<'_, str> {
    // Nearly all are ASCII, which is checked faster than UTF-8 is repaired.
    value.to_str().map_or_else(|_| String::from_utf8_lossy(value.as_bytes()), Cow::Borrowed)
}

/// The `SOAPAction`; several are joined with a comma, as .NET joins headers.
fn soap_action(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let mut values = headers.get_all(SOAP_ACTION).map(text);
    let first = values.next()?;
    Some(values.fold(first, |joined, value| format!("{joined},{value}").into()))
}
