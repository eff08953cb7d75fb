//! The web site around the service: its address, and what IIS adds to an answer.

use std::net::SocketAddr;

use actix_web::http::header::{HOST, HeaderMap, HeaderName, HeaderValue, SERVER};
use actix_web::http::uri::Authority;
use actix_web::{HttpRequest, HttpResponse};
use ipnet::IpNet;

use super::authority::{normalise_authority, parse_scheme};
use super::path::ServicePath;

/// What the operator says of the site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Host and port for callers that don't say by which they came, as in HTTP/1.0.
    pub listens_at: SocketAddr,
    /// Whether callers speak TLS with the service itself, rather than with a proxy or not at all.
    pub is_tls: bool,
    /// Scheme and host, without a path, in place of those that the caller used.
    pub public_url: Option<String>,
    /// Peers whose `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether answers carry `Server`, `X-AspNet-Version` and `X-Powered-By`: usual, but uncertain for this vendor.
    pub iis_headers: bool,
}

/// The address of the service, as a caller should know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `http://localhost:8080`: the host in lower case, and no port if it is the scheme's own.
    pub origin: String,
    /// `/Services/Sync.asmx`: normalised, in the case that the caller typed.
    pub path: String,
}

impl Address {
    /// Origin and path.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// Host and port, as in the header `Host`.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or(&self.origin, |(_, host)| host)
    }

    /// The last segment of the path, for links from one page of the service to another.
    pub fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

impl Site {
    /// The address by which the sender of `request` reaches the service at `path`: ASP.NET's `Request.Url`.
    pub fn address(&self, path: &ServicePath<'_>, request: &HttpRequest) -> Address {
        Address { origin: self.origin(request), path: path.as_str().to_owned() }
    }

    /// That of the service itself, whatever is in front of it.
    pub fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }

    /// Scheme, host and port by which the sender of `request` reaches the service.
    pub fn origin(&self, request: &HttpRequest) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let headers = request.headers();
        let is_trusted = self.is_trusted_proxy(request);
        let forwarded = |name| first_value(headers, name).filter(|_| is_trusted);
        let scheme = forwarded("x-forwarded-proto").and_then(parse_scheme).unwrap_or(self.scheme());
        let authority = |text: &str| normalise_authority(text, scheme);
        // The target of a request to a proxy names a host as well.
        let target = request.uri().authority().map(without_user);
        let host = forwarded("x-forwarded-host")
            .and_then(authority)
            .or_else(|| target.and_then(authority))
            .or_else(|| authority(headers.get(HOST)?.to_str().ok()?));
        let listens_at = || self.listens_at.to_string();
        let host = host.unwrap_or_else(|| authority(&listens_at()).unwrap_or_else(listens_at));
        format!("{scheme}://{host}")
    }

    fn is_trusted_proxy(&self, request: &HttpRequest) -> bool {
        // A server that listens on IPv6 sees IPv4 peers as mapped addresses.
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        peer.is_some_and(|peer| self.trusted_proxies.iter().any(|network| network.contains(&peer)))
    }

    /// Adds what IIS and ASP.NET would.
    pub fn dress(&self, response: &mut HttpResponse) {
        self.add_iis_headers(response);
        if self.iis_headers {
            response.headers_mut().insert(X_ASPNET_VERSION, HeaderValue::from_static("4.0.30319"));
        }
    }

    /// Adds what IIS would to an answer of its own, which ASP.NET has no part in.
    pub fn add_iis_headers(&self, response: &mut HttpResponse) {
        // `Cache-Control`, as IIS spells it, for clients that take the spelling seriously.
        response.head_mut().set_camel_case_headers(true);
        if self.iis_headers {
            let headers = response.headers_mut();
            headers.insert(SERVER, HeaderValue::from_static("Microsoft-IIS/10.0"));
            headers.insert(X_POWERED_BY, HeaderValue::from_static("ASP.NET"));
        }
    }
}

const X_ASPNET_VERSION: HeaderName = HeaderName::from_static("x-aspnet-version");
const X_POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");

/// Whether the text is a host, with a port if need be, and nothing else.
pub fn is_authority(text: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || ".-_:[]".contains(character);
    !text.is_empty() && text.chars().all(is_part)
}

/// Host and port, without the name and password that may stand before them.
fn without_user(authority: &Authority) -> &str {
    authority.as_str().rsplit('@').next().unwrap_or_default()
}

/// The value of a header; of a list, which every proxy on the way makes longer, the first.
fn first_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.split(',').next()?.trim())
}
