//! The head of a request as the journal keeps it.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::http::{Method, Uri, Version};
use serde::{Deserialize, Serialize};

use super::mask::MASK;
use crate::steps;

/// The longest head that is kept, in bytes; an ordinary one has a tenth of it.
const LONGEST: usize = 8 << 10;

/// Method, target, version and headers of a request, as text: one copy and no references, so that what the request was read into is
/// given back. What stands in headers for authorisation and in cookies isn't taken along.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Head(String);

impl Head {
    /// The head of a request.
    pub fn of(request: &HttpRequest) -> Self {
        Self::new(request.method(), request.uri(), request.version(), request.headers())
    }

    /// A head of these parts.
    pub fn new(method: &Method, target: &Uri, version: Version, headers: &HeaderMap) -> Self {
        let mut text = String::with_capacity(512);
        text.extend([method.as_str(), " ", target.path()]);
        if let Some(query) = target.query() {
            text.extend(["?", query]);
        }
        text.extend([" ", name_of(version), "\n"]);
        for (name, value) in headers {
            text.extend([name.as_str(), ": "]);
            match steps::over(value.as_bytes()) {
                value if is_secret(name, value) => text.push_str(MASK),
                value => text.push_str(&String::from_utf8_lossy(value)),
            }
            text.push('\n');
            if text.len() > LONGEST {
                text.truncate(text.floor_char_boundary(LONGEST));
                break;
            }
        }
        Self(text)
    }

    /// The same with other headers of these names; `None` leaves them out.
    #[must_use]
    pub fn with(&self, changed: &[(&str, Option<&str>)]) -> Self {
        let is_kept = |line: &&str| {
            let name = line.split(": ").next().unwrap_or_default();
            !changed.iter().any(|(changed, _)| changed.eq_ignore_ascii_case(name))
        };
        let mut lines = self.0.lines();
        let first = lines.next().unwrap_or_default();
        let mut text = lines.filter(is_kept).fold(first.to_owned() + "\n", |text, line| text + line + "\n");
        for (name, value) in changed {
            if let Some(value) = value {
                text.extend([name, ": ", value, "\n"]);
            }
        }
        Self(text)
    }

    /// How long it is, in bytes.
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// Method, target and version, in the order of the request's first line.
    pub fn first_line(&self) -> [&str; 3] {
        let line = self.0.lines().next().unwrap_or_default();
        let (method, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (target, version) = rest.rsplit_once(' ').unwrap_or((rest, ""));
        [method, target, version]
    }

    /// Names, in lower case, and values.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().skip(1).map(|line| line.split_once(": ").unwrap_or((line, "")))
    }

    /// The value of a header, by its name in lower case. Several are joined with a comma, as .NET joins headers.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.headers().filter(|(known, _)| *known == name).map(|(_, value)| value).collect();
        if values.is_empty() { None } else { Some(values.join(",")) }
    }
}

fn name_of(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        _ => "HTTP/1.1",
    }
}

/// Whether the value gives access as a whole. An authorisation that is a signature is masked as one when it is shown.
fn is_secret(name: &HeaderName, value: &[u8]) -> bool {
    match name.as_str() {
        "cookie" | "proxy-authorization" => true,
        "authorization" => !value.starts_with(b"ACS3-"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;
    use crate::steps::hostile::assert_linear;

    fn head(target: &str, headers: &[(&'static str, &'static str)]) -> Head {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Head::new(&Method::POST, &target.parse().expect("a target"), Version::HTTP_11, &map)
    }

    #[test]
    fn a_head_tells_its_parts() {
        let head = head("/a?b=c d".replace(' ', "%20").as_str(), &[("soapaction", "\"x: y\""), ("soapaction", "z")]);
        assert_eq!(head.first_line(), ["POST", "/a?b=c%20d", "HTTP/1.1"]);
        assert_eq!(head.header("soapaction").as_deref(), Some("\"x: y\",z"));
        assert_eq!(head.header("content-type"), None);
        let changed = head.with(&[("content-type", Some("text/xml")), ("SOAPAction", None)]);
        assert_eq!(changed.headers().collect::<Vec<_>>(), [("content-type", "text/xml")]);
        assert_eq!(changed.first_line(), head.first_line());
    }

    #[test]
    fn what_gives_access_is_not_taken_along() {
        let head = head("/", &[("authorization", "Bearer secret1"), ("cookie", "a=secret2"), ("host", "x")]);
        assert_eq!(head.header("authorization").as_deref(), Some("***"));
        assert_eq!((head.header("cookie").as_deref(), head.header("host").as_deref()), (Some("***"), Some("x")));
        assert!(!format!("{head:?}").contains("secret"), "{head:?}");
    }

    #[test]
    fn work_on_hostile_heads_is_linear() {
        let note = |name: &'static str, text: &str| {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
                headers.append(HeaderName::from_static(name), value);
            }
            drop(Head::new(&Method::POST, &Uri::from_static("/"), Version::HTTP_11, &headers));
        };
        assert_linear(&[
            ("a header", &|text: &str| note("x-acs-action", text)),
            ("an authorisation", &|text: &str| note("authorization", text)),
        ]);
    }

    #[test]
    fn a_long_head_is_cut() {
        let long: &'static str = Box::leak("é".repeat(LONGEST).into_boxed_str());
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-long"), HeaderValue::from_str(long).expect("a value"));
        let head = Head::new(&Method::GET, &Uri::from_static("/"), Version::HTTP_10, &headers);
        assert!(head.size() <= LONGEST, "{}", head.size());
        assert_eq!(head.first_line()[2], "HTTP/1.0");
    }
}
