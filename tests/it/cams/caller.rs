//! A caller of CAMS that signs by itself, so that a mistake in the API isn't made here again.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::harness::Answer;

/// Where a call has its signature and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Version 3, parameters in the query: the SDKs of today.
    Headers,
    /// Version 3, parameters in a form.
    HeadersAndForm,
    /// Version 1, all in the query.
    Query,
    /// Version 1, all in a form.
    Form,
}

impl Style {
    pub const ALL: [Self; 4] = [Self::Headers, Self::HeadersAndForm, Self::Query, Self::Form];

    fn is_version3(self) -> bool {
        matches!(self, Self::Headers | Self::HeadersAndForm)
    }
}

/// A call to be sent.
#[derive(Clone, Debug)]
pub struct Call {
    pub style: Style,
    pub method: &'static str,
    pub action: String,
    pub version: String,
    pub key: (String, String),
    pub token: Option<String>,
    pub nonce: String,
    pub time: String,
    pub format: &'static str,
    pub parameters: Vec<(String, String)>,
}

const FORM: &str = "application/x-www-form-urlencoded";

static NONCES: AtomicU64 = AtomicU64::new(0);

impl Call {
    /// A call of the default seed's key, in version 3.
    pub fn new(action: &str, parameters: &[(&str, &str)]) -> Self {
        Self {
            style: Style::Headers,
            method: "POST",
            action: action.into(),
            version: "2020-06-06".into(),
            key: ("testAccessKeyId".into(), "testAccessKeySecret".into()),
            token: None,
            nonce: format!("nonce-{}", NONCES.fetch_add(1, Ordering::Relaxed)),
            time: seconds_from_now(0),
            format: "JSON",
            parameters: parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        }
    }

    pub fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    pub fn key(mut self, id: &str, secret: &str) -> Self {
        self.key = (id.into(), secret.into());
        self
    }

    /// With another value of a parameter, or without it.
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    /// The whole request, signed.
    pub fn request(&self) -> Vec<u8> {
        if self.style.is_version3() { self.version3() } else { self.version1() }
    }

    fn version3(&self) -> Vec<u8> {
        let parameters = encode_all(&self.parameters);
        let (query, body) = match self.style {
            Style::Headers => (parameters, String::new()),
            _ => (String::new(), parameters),
        };
        let hash = hex(&Sha256::digest(&body));
        let mut headers = vec![
            ("host", "localhost"),
            ("x-acs-action", &self.action),
            ("x-acs-content-sha256", &hash),
            ("x-acs-date", &self.time),
            ("x-acs-signature-nonce", &self.nonce),
            ("x-acs-version", &self.version),
        ];
        headers.extend(self.token.as_deref().map(|token| ("x-acs-security-token", token)));
        headers.extend((self.style == Style::HeadersAndForm).then_some(("content-type", FORM)));
        headers.sort_unstable();
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect::<Vec<_>>().concat();
        let mut pairs: Vec<_> = query.split('&').filter(|pair| !pair.is_empty()).collect();
        pairs.sort_unstable();
        let canonical = format!("{}\n/\n{}\n{lines}\n{names}\n{hash}", self.method, pairs.join("&"));
        let to_sign = format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(canonical)));
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.1.as_bytes()).expect("a key");
        mac.update(to_sign.as_bytes());
        let signature = hex(&mac.finalize().into_bytes());
        let accept = if self.format == "XML" { "text/xml" } else { "application/json" };
        let lines = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<Vec<_>>().concat();
        let authorization =
            format!("ACS3-HMAC-SHA256 Credential={},SignedHeaders={names},Signature={signature}", self.key.0);
        let head = format!("{lines}Authorization: {authorization}\r\nAccept: {accept}\r\n");
        self.http(&query, &head, &body)
    }

    fn version1(&self) -> Vec<u8> {
        let mut all = self.parameters.clone();
        for (name, value) in [
            ("Action", &*self.action),
            ("Version", &self.version),
            ("AccessKeyId", &self.key.0),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", &self.nonce),
            ("Timestamp", &self.time),
            ("Format", self.format),
        ] {
            all.push((name.into(), value.into()));
        }
        all.extend(self.token.iter().map(|token| ("SecurityToken".into(), token.clone())));
        all.sort();
        let to_sign = format!("{}&%2F&{}", self.method, encode(&encode_all(&all)));
        let mut mac = Hmac::<Sha1>::new_from_slice(format!("{}&", self.key.1).as_bytes()).expect("a key");
        mac.update(to_sign.as_bytes());
        let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        all.push(("Signature".into(), signature));
        let all = encode_all(&all);
        match self.style {
            Style::Query => self.http(&all, "Host: localhost\r\n", ""),
            _ => self.http("", &format!("Host: localhost\r\nContent-Type: {FORM}\r\n"), &all),
        }
    }

    fn http(&self, query: &str, head: &str, body: &str) -> Vec<u8> {
        let mark = if query.is_empty() { "" } else { "?" };
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        format!("{} /{mark}{query} HTTP/1.1\r\n{head}{length}\r\n{body}", self.method).into_bytes()
    }
}

/// A time as it is sent, so many seconds from the machine's present time.
pub fn seconds_from_now(seconds: i64) -> String {
    let now = Timestamp::now().as_second() + seconds;
    Timestamp::from_second(now).expect("a time").to_string()
}

/// The `Code` of an answer, whether it is JSON or XML.
pub fn code(answer: &Answer) -> String {
    let text = answer.text();
    if let Ok(body) = serde_json::from_str::<Value>(&text) {
        return body["Code"].as_str().unwrap_or_default().to_owned();
    }
    let (_, rest) = text.split_once("<Code>").unwrap_or_else(|| unreachable!("no code in {text}"));
    rest.split('<').next().unwrap_or_default().to_owned()
}

pub fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| unreachable!("no JSON: {answer:?}"))
}

fn encode_all(pairs: &[(String, String)]) -> String {
    let mut pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.sort();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
