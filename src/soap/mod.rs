//! The .asmx endpoint: its pages by GET, its calls by POST.

mod action;
mod call;
mod data_set;
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
use self::site::Address;
pub use self::site::{Site, is_authority};
pub use self::version::Version;
pub use self::write::{write_request, write_result};
use crate::body::BodyError;
use crate::calls::{self, Api, Call, Head};
use crate::contract::{self, Operation};
pub use crate::contract::{Contract, DEFAULT_NAMESPACE, action};
use crate::domain::Reason;
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
    let mut call = begin(endpoint);
    match body::read(request.headers(), payload).await {
        Ok(body) => answer(Message::new(request.headers(), body), || Head::of(request), endpoint, call).await,
        Err(error) => {
            call.outcome.because(Reason::of(format_args!("{error}")));
            let response = match error {
                BodyError::TooSlow => empty(StatusCode::REQUEST_TIMEOUT, Version::Soap11.content_type()),
                BodyError::Broken | BodyError::TooLong => {
                    empty(StatusCode::BAD_REQUEST, Version::Soap11.content_type())
                }
                BodyError::NoMemory => response::overloaded(),
            };
            let noted = calls::Message { head: Head::of(request), ..calls::Message::default() };
            endpoint.calls.finish(&*endpoint.platform.ledger, call, noted, response).await
        }
    }
}

async fn answer(
    message: Message<'_>,
    head: impl FnOnce() -> Head,
    endpoint: &Data<Endpoint>,
    mut call: Call,
) -> HttpResponse {
    let noted = if endpoint.calls.journal.is_on() { message.noted(head()) } else { calls::Message::default() };
    let response = call::answer(message, endpoint, &mut call).await;
    endpoint.calls.finish(&*endpoint.platform.ledger, call, noted, response).await
}

fn begin(endpoint: &Endpoint) -> Call {
    let Platform { clock, ledger, .. } = &endpoint.platform;
    Call::begin(Api::Sync, clock.now(), Begun::now(&ledger.directory()))
}

/// All operations.
pub fn operations() -> impl Iterator<Item = calls::Operation> {
    contract::OPERATIONS.into_iter().map(|Operation { name, aliases, .. }| calls::Operation {
        api: Api::Sync,
        name,
        aliases,
        errors: &[],
    })
}

/// Makes a call anew that the journal has.
pub async fn send_again(endpoint: &Data<Endpoint>, message: calls::Message) {
    let calls::Message { head, text, .. } = message;
    let message = Message {
        content_type: head.header("content-type").unwrap_or_default().into(),
        soap_action: head.header("soapaction").map(Into::into),
        body: Body::Whole(text.into()),
    };
    answer(message, || head, endpoint, begin(endpoint)).await;
}

fn get(path: &ServicePath<'_>, request: &HttpRequest, endpoint: &Endpoint) -> HttpResponse {
    describe(&endpoint.contract, &endpoint.site.address(path, request), Query(request.query_string()))
}

/// The descriptions of the service. A name alone asks for one of them: `wsdl=` doesn't ask for the WSDL.
fn describe(contract: &Contract, address: &Address, query: Query<'_>) -> HttpResponse {
    if query.is_dangerous() {
        return error_page::runtime_error(StatusCode::INTERNAL_SERVER_ERROR);
    }
    if let Some(id) = query.named("schema") {
        return match contract.data_sets().find(|data_set| data_set.name == id).map(data_set::schema) {
            Some(Ok(text)) => page("text/xml; charset=utf-8", text),
            Some(Err(_)) => error_page::runtime_error(StatusCode::INTERNAL_SERVER_ERROR),
            None => no_description("Schema not found.\r\n"),
        };
    }
    if query.named("wsdl").is_some() {
        return no_description("XML Web service description was not found.\r\n");
    }
    let asked_for = query.nameless().unwrap_or_default();
    if asked_for.eq_ignore_ascii_case("wsdl") {
        match wsdl::wsdl(contract, address) {
            Ok(text) => page("text/xml; charset=utf-8", text),
            Err(_) => error_page::runtime_error(StatusCode::INTERNAL_SERVER_ERROR),
        }
    } else if asked_for.eq_ignore_ascii_case("disco") {
        page("text/xml; charset=utf-8", disco::disco(contract, address))
    } else {
        match help_page::help_page(contract, address, query.named("op").as_deref()) {
            Ok(text) => html(text),
            Err(_) => error_page::runtime_error(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

fn no_description(why: &str) -> HttpResponse {
    error(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, why)
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::http::header::CONTENT_TYPE;

    use super::*;
    use crate::contract::{DS_ACCOUNT_IDS, FETCH_ACCOUNT_IDS, OPERATIONS, SAVE_ACCOUNT_PHONE};

    const NOT_FOUND: (u16, &str) = (500, "Schema not found.\r\n");

    #[tokio::test]
    async fn a_schema_is_answered_to_its_exact_id_where_an_operation_has_it() {
        let schema = data_set::schema(&DS_ACCOUNT_IDS).expect("text");
        let known = (200, schema.as_str());
        let all = OPERATIONS.to_vec();
        for (operations, query, expected) in [
            (vec![&FETCH_ACCOUNT_IDS], "schema=dsAccountIds", known),
            (all.clone(), "schema=dsAccountIds", known),
            (all.clone(), "x=1&SCHEMA=dsAccountIds&wsdl", known),
            (all.clone(), "s%63hema=ds%41ccountIds", known),
            (all.clone(), "schema=dsaccountids", NOT_FOUND),
            (all.clone(), "schema=dsAccountIds+", NOT_FOUND),
            (all.clone(), "schema=dsAccountIds&schema=dsAccountIds", NOT_FOUND),
            (all.clone(), "schema=", NOT_FOUND),
            (all.clone(), "schema=http://tempuri.org/dsAccountIds.xsd", NOT_FOUND),
            (vec![&SAVE_ACCOUNT_PHONE], "schema=dsAccountIds", NOT_FOUND),
        ] {
            let contract = Contract::of("urn:mine", operations);
            let address = Address { origin: "http://localhost".into(), path: PATH.into() };
            let response = describe(&contract, &address, Query(query));
            let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let is_found = expected.0 == 200;
            assert_eq!(
                content_type,
                Some(if is_found { "text/xml; charset=utf-8" } else { "text/plain; charset=utf-8" })
            );
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body()).await.expect("a body");
            assert_eq!((status, std::str::from_utf8(&body).expect("UTF-8")), expected, "{query}");
        }
        let contract = Contract::of("urn:mine", all);
        let address = Address { origin: "http://localhost".into(), path: PATH.into() };
        let page = to_bytes(describe(&contract, &address, Query("schema")).into_body()).await.expect("a body");
        assert!(page.starts_with(b"<!DOCTYPE html>"), "a name alone is no question for a schema");
    }
}
