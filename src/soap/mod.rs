//! The .asmx endpoint: its pages by GET, its calls by POST.

mod action;
mod call;
mod encoding;
mod encoding_names;
mod endpoint;
mod envelope;
mod fault;
mod fault_injection;
mod media_type;
mod operation;
mod record;
mod refusal;
mod version;
mod write;
pub mod xml;

mod disco;
mod error_page;
mod help_page;
mod wsdl;

mod authority;
mod body;
mod large_requests;
mod path;
mod query;
mod response;
mod site;
mod url_decode;

#[doc(hidden)]
pub mod bench;

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

pub use self::authority::{normalise_authority, parse_scheme};
use self::body::Body;
pub use self::body::MAX_UPLOAD;
use self::call::Message;
pub use self::endpoint::Endpoint;
pub use self::help_page::{SCRIPT_PATH, script};
use self::path::Place;
pub use self::path::{PATH, ServicePath};
use self::query::Query;
use self::response::{HTML, PLAIN, empty, error, html, options, page};
pub use self::site::{Site, is_authority};
pub use self::version::Version;
pub use self::write::write_request;
use crate::body::BodyError;
use crate::calls::{self, Api, Call};
use crate::contract;
pub use crate::contract::{Contract, DEFAULT_NAMESPACE, action};
use crate::ledger::Begun;
use crate::operations::Platform;

/// The longest query, in bytes without its `?`: the default of IIS's request filtering (`maxQueryString`).
const MAX_QUERY: usize = 2048;

/// Answers whatever is sent to a path of the service. Nothing of the body is read before path and query are accepted.
pub async fn serve(
    path: ServicePath<'_>,
    request: &HttpRequest,
    payload: Payload,
    endpoint: Data<Endpoint>,
) -> HttpResponse {
    if request.query_string().len() > MAX_QUERY {
        // 404.15: request filtering comes before ASP.NET.
        let is_head = request.method() == Method::HEAD;
        let mut response = if is_head { empty(StatusCode::NOT_FOUND, HTML) } else { error_page::not_found() };
        endpoint.site.add_iis_headers(&mut response);
        return response;
    }
    let refusal = match path.place {
        Place::Service => StatusCode::METHOD_NOT_ALLOWED,
        // No factory of ASP.NET takes a path below the service's, by whatever method.
        Place::Below => StatusCode::INTERNAL_SERVER_ERROR,
        Place::Refused => StatusCode::BAD_REQUEST,
    };
    let mut response = match (request.method(), path.place) {
        (&Method::HEAD, _) => empty(refusal, HTML),
        (&Method::OPTIONS, Place::Service | Place::Below) => options(),
        (&Method::POST, Place::Service) => post(request, payload, &endpoint).await,
        (&Method::GET, Place::Service) => get(&path, request, &endpoint),
        _ => error_page::runtime_error(refusal),
    };
    endpoint.site.dress(&mut response);
    response
}

/// Answers what is sent to any other path.
pub fn not_found(endpoint: &Endpoint) -> HttpResponse {
    let mut response = error_page::not_found();
    endpoint.site.dress(&mut response);
    response
}

async fn post(request: &HttpRequest, payload: Payload, endpoint: &Data<Endpoint>) -> HttpResponse {
    let call = begin(endpoint);
    match body::read(request.headers(), payload).await {
        Ok(body) => answer(Message::new(request.headers(), body), endpoint, call).await,
        Err(error) => {
            let response = match error {
                BodyError::TooSlow => empty(StatusCode::REQUEST_TIMEOUT, Version::Soap11.content_type()),
                BodyError::Broken | BodyError::TooLong => {
                    empty(StatusCode::BAD_REQUEST, Version::Soap11.content_type())
                }
                BodyError::NoMemory => response::overloaded(),
            };
            endpoint.calls.finish(&*endpoint.platform.ledger, call, calls::Message::default(), response).await
        }
    }
}

async fn answer(message: Message<'_>, endpoint: &Data<Endpoint>, mut call: Call) -> HttpResponse {
    let noted = if endpoint.calls.journal.is_on() { message.noted() } else { calls::Message::default() };
    let response = call::answer(message, endpoint, &mut call).await;
    endpoint.calls.finish(&*endpoint.platform.ledger, call, noted, response).await
}

fn begin(endpoint: &Endpoint) -> Call {
    let Platform { clock, ledger, .. } = &endpoint.platform;
    Call::begin(Api::Sync, clock.now(), Begun::now(&ledger.directory()))
}

/// All operations.
pub fn operations() -> impl Iterator<Item = calls::Operation> {
    contract::served().map(|operation| calls::Operation { api: Api::Sync, name: operation.name, errors: &[] })
}

/// Makes a call anew that the journal has.
pub async fn send_again(endpoint: &Data<Endpoint>, message: calls::Message) {
    let message = Message {
        content_type: message.content_type.into(),
        soap_action: message.soap_action.map(Into::into),
        body: Body::Whole(message.text.into()),
    };
    answer(message, endpoint, begin(endpoint)).await;
}

/// The descriptions of the service. A name alone asks for one of them: `wsdl=` doesn't ask for the WSDL.
fn get(path: &ServicePath<'_>, request: &HttpRequest, endpoint: &Endpoint) -> HttpResponse {
    let (query, contract) = (Query(request.query_string()), &endpoint.contract);
    if query.is_dangerous() {
        return error_page::runtime_error(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let address = endpoint.site.address(path, request);
    if query.named("schema").is_some() {
        return no_description("Schema not found.\r\n");
    }
    if query.named("wsdl").is_some() {
        return no_description("XML Web service description was not found.\r\n");
    }
    let asked_for = query.nameless().unwrap_or_default();
    if asked_for.eq_ignore_ascii_case("wsdl") {
        match wsdl::wsdl(contract, &address) {
            Ok(text) => page("text/xml; charset=utf-8", text),
            Err(_) => error_page::runtime_error(StatusCode::INTERNAL_SERVER_ERROR),
        }
    } else if asked_for.eq_ignore_ascii_case("disco") {
        page("text/xml; charset=utf-8", disco::disco(contract, &address))
    } else {
        match help_page::help_page(contract, &address, query.named("op").as_deref()) {
            Ok(text) => html(text),
            Err(_) => error_page::runtime_error(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

fn no_description(why: &str) -> HttpResponse {
    error(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, why)
}
