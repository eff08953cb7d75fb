//! A request as it came, and in which of two manners it says who calls what.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap};

use super::error::Refusal;
use super::parameters::Parameters;
use super::signature::Authorization;
use crate::steps;

/// A request, read as far as it can be without knowing what it asks for.
pub struct Request<'r> {
    pub method: &'r str,
    pub path: &'r str,
    pub query: &'r str,
    pub headers: &'r HeaderMap,
    pub body: &'r [u8],
    /// Those of the query, then those of the form.
    pub parameters: Parameters<'r>,
    pub manner: Manner,
}

/// Where a request has what is common to all calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Signature version 3: in headers.
    Headers,
    /// Signature version 1: among the parameters.
    Parameters,
}

/// Parameters that no page of ours has: who sends one calls CAMS.
const TELLING: [&str; 5] = ["Action", "AccessKeyId", "Signature", "SignatureMethod", "SignatureNonce"];

/// Whether a request for `/` is a call: something in it is of these calls only. A form is always one, because its
/// parameters aren't known yet.
pub fn is_call(request: &HttpRequest) -> bool {
    let (headers, query) = (request.headers(), Parameters::default().and(request.query_string().as_bytes()));
    has_own_header(headers)
        || is_form(headers)
        || text(headers, AUTHORIZATION.as_str()).is_some_and(|text| text.starts_with(SCHEME))
        || TELLING.iter().any(|name| query.first(name).is_some())
}

/// How all algorithms of version 3 begin.
const SCHEME: &str = "ACS3-";

impl<'r> Request<'r> {
    pub fn new(request: &'r HttpRequest, body: &'r [u8]) -> Self {
        Self::of(request.method().as_str(), request.query_string(), request.headers(), body)
    }

    /// A request for `/`, where all calls go.
    pub fn of(method: &'r str, query: &'r str, headers: &'r HeaderMap, body: &'r [u8]) -> Self {
        let form = if is_form(headers) { body } else { &[] };
        let parameters = Parameters::default().and(query.as_bytes()).and(form);
        let manner = manner(headers, &parameters);
        Self { method, path: super::PATH, query, headers, body, parameters, manner }
    }

    /// The first header of this name, trimmed.
    pub fn header(&self, name: &str) -> Option<Cow<'r, str>> {
        text(self.headers, name)
    }

    /// What is common to all calls, by its name as a header or as a parameter. The manner says which is asked first: both may be
    /// there.
    fn common(&self, header: &str, parameter: &str) -> Option<Cow<'_, str>> {
        let (header, parameter) = (|| self.header(header), || self.parameters.first(parameter));
        match self.manner {
            Manner::Headers => header().or_else(parameter),
            Manner::Parameters => parameter().or_else(header),
        }
        .filter(|text| !text.is_empty())
    }

    pub fn action(&self) -> Option<Cow<'_, str>> {
        self.common("x-acs-action", "Action")
    }

    pub fn version(&self) -> Option<Cow<'_, str>> {
        self.common("x-acs-version", "Version")
    }

    pub fn nonce(&self) -> Option<Cow<'_, str>> {
        self.common("x-acs-signature-nonce", "SignatureNonce")
    }

    pub fn time(&self) -> Option<Cow<'_, str>> {
        self.common("x-acs-date", "Timestamp")
    }

    pub fn security_token(&self) -> Option<Cow<'_, str>> {
        self.common("x-acs-security-token", "SecurityToken")
    }

    /// Whose key the call is signed with.
    ///
    /// # Errors
    /// `MissingAccessKeyId`, or `IncompleteSignature` if the header can't be read.
    pub fn access_key_id(&self) -> Result<Cow<'_, str>, Refusal> {
        let id = match (self.manner, self.header(AUTHORIZATION.as_str())) {
            (Manner::Parameters, _) => self.parameters.first("AccessKeyId"),
            (Manner::Headers, None) => self.header("x-acs-accesskey-id"),
            (Manner::Headers, Some(text)) => {
                let credential = Authorization::parse(&text).and_then(|read| read.credential);
                Some(Cow::Owned(credential.ok_or(Refusal::IncompleteSignature)?.to_owned()))
            }
        };
        id.filter(|id| !id.is_empty()).ok_or(Refusal::Missing("AccessKeyId"))
    }

    /// The address by which the caller reached this; the only endpoint there is for one that doesn't say (documented).
    pub fn host(&self) -> Cow<'r, str> {
        self.header(HOST.as_str()).unwrap_or(Cow::Borrowed("cams.ap-southeast-1.aliyuncs.com"))
    }

    /// Whether the answer is XML: version 1 unless it says `Format=JSON` (documented), version 3 if it accepts XML and no JSON
    /// (our choice).
    pub fn wants_xml(&self) -> bool {
        match self.manner {
            Manner::Parameters => {
                !self.parameters.first("Format").is_some_and(|format| format.eq_ignore_ascii_case("json"))
            }
            Manner::Headers => {
                let accept = self.header(ACCEPT.as_str()).unwrap_or_default().to_ascii_lowercase();
                accept.contains("xml") && !accept.contains("json") && !accept.contains("*/*")
            }
        }
    }
}

/// The old core sends some headers of version 3 beside the parameters of version 1; the signature decides.
fn manner(headers: &HeaderMap, parameters: &Parameters<'_>) -> Manner {
    let is_signed = |name| parameters.first(name).is_some();
    match text(headers, AUTHORIZATION.as_str()) {
        Some(text) if text.starts_with(SCHEME) => Manner::Headers,
        _ if is_signed("AccessKeyId") || is_signed("Signature") => Manner::Parameters,
        _ if has_own_header(headers) => Manner::Headers,
        _ => Manner::Parameters,
    }
}

/// The first header of this name, trimmed.
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<Cow<'h, str>> {
    Some(String::from_utf8_lossy(steps::over(headers.get(name)?.as_bytes()).trim_ascii()))
}

fn has_own_header(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("x-acs-"))
}

/// Whether the body is a form.
fn is_form(headers: &HeaderMap) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let content_type = text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM))
}
