//! Answers, as JSON or XML, with the headers of the gateway.

mod body;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, HeaderName, HeaderValue,
};
use uuid::Uuid;

use super::error::{Refusal, Throttling};
use super::request::Request;
use crate::domain::program::CamsRefusalStatus;
use crate::percent::encode;
use body::{Member, Node, json, xml};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");
const TRACE_ID: HeaderName = HeaderName::from_static("x-acs-trace-id");
const RETRY_AFTER: HeaderName = HeaderName::from_static("x-acs-retry-after");
const RATE_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-user-api");

/// What an action answers when it has done its work.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// As in the sample of the action's page.
    pub message: &'static str,
    pub data: Option<Vec<(&'static str, String)>>,
}

/// How a request is answered.
pub struct Reply {
    request_id: String,
    host: String,
    is_xml: bool,
}

impl Reply {
    /// The id of the request is that of the log and the journal, in the gateway's upper case.
    pub fn to(request: &Request<'_>, request_id: Uuid) -> Self {
        let request_id = request_id.as_hyphenated().to_string().to_ascii_uppercase();
        Self { request_id, host: request.host().into_owned(), is_xml: request.wants_xml() }
    }

    /// The work is done.
    pub fn done(&self, action: &str, done: Done) -> HttpResponse {
        let mut members = self.result("OK", done.message);
        members.extend(done.data.map(|data| {
            let texts = data.into_iter().map(|(name, text)| (name, Node::Text(text)));
            ("Data", Node::Members(texts.collect()))
        }));
        members.push(("AccessDeniedDetail", Node::text("None")));
        self.send(StatusCode::OK, &format!("{action}Response"), &members)
    }

    /// The work isn't done. Where a program has it so, a refusal of the operation itself comes as a result with another code.
    pub fn refused(&self, action: &str, refusal: &Refusal, status: CamsRefusalStatus) -> HttpResponse {
        let code = refusal.code();
        let denied = refusal.access_denied_detail(action);
        let detail = denied.map(|detail| ("AccessDeniedDetail", Node::Text(detail)));
        let mut response = if status == CamsRefusalStatus::Ok && refusal.is_business() {
            let mut members = self.result(&code, &refusal.message());
            members.extend(detail);
            self.send(StatusCode::OK, &format!("{action}Response"), &members)
        } else {
            let id = &self.request_id;
            let advice = "https://api.aliyun.com/troubleshoot";
            let advice = format!("{advice}?q={}&product=cams&requestId={id}", encode(&*code));
            let mut members = vec![
                ("RequestId", Node::text(id)),
                ("Message", Node::Text(refusal.message())),
                ("Recommend", Node::Text(advice)),
                ("HostId", Node::text(&self.host)),
                ("Code", Node::text(&code)),
            ];
            members.extend(detail);
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            self.send(status, "Error", &members)
        };
        if let Some(throttling) = refusal.throttling() {
            throttle(&mut response, throttling);
        }
        response
    }

    fn result(&self, code: &str, message: &str) -> Vec<Member> {
        vec![("RequestId", Node::text(&self.request_id)), ("Code", Node::text(code)), ("Message", Node::text(message))]
    }

    fn send(&self, status: StatusCode, root: &str, members: &[Member]) -> HttpResponse {
        let (content_type, text) = match self.is_xml {
            true => ("text/xml;charset=utf-8", xml(root, members)),
            false => ("application/json;charset=utf-8", json(members)),
        };
        let every = HeaderValue::from_static("*");
        HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, HeaderValue::from_static(content_type)))
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, every.clone()))
            .insert_header((ACCESS_CONTROL_EXPOSE_HEADERS, every))
            .insert_header((REQUEST_ID, self.request_id.as_str()))
            .insert_header((TRACE_ID, format!("{:032x}", rand::random::<u128>())))
            .body(text)
    }
}

/// Tells when the next call may come. Newer SDKs read the first header, older ones the second.
fn throttle(response: &mut HttpResponse, throttling: Throttling) {
    let Throttling { limit, left } = throttling;
    // Rounded up: whoever waits as long as told is let in.
    let left = left.as_micros().div_ceil(1000).max(1);
    let rate = format!("Limit:{limit},Remain:0,TimeLeft:{left},Reset:{left}");
    for (name, value) in [(RETRY_AFTER, left.to_string()), (RATE_LIMIT, rate)] {
        // Digits and letters: always a value.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
}
