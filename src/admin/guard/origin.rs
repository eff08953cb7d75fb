//! Browsers tell where a request comes from. One that changes something must come from our own pages, or from no page.

use std::net::IpAddr;

use actix_web::dev::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::http::uri::Authority;

use super::Refusal;
use crate::steps;

/// # Errors
/// [`Refusal::Forbidden`] for a change that a page of another site asks for.
pub fn check(head: &RequestHead) -> Result<(), Refusal> {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(&head.method) {
        return Ok(());
    }
    let is_foreign = head
        .headers
        .get_all("sec-fetch-site")
        .any(|site| !["same-origin", "none"].map(str::as_bytes).contains(&site.as_bytes()))
        || head.headers.get_all(ORIGIN).any(|origin| !is_own(origin.to_str().unwrap_or_default(), head));
    match is_foreign {
        true => Err(Refusal::Forbidden("pages of other sites may change nothing here".to_owned())),
        false => Ok(()),
    }
}

/// Whether an origin has the host and port by which the request came. A proxy may have taken HTTPS off it, so its scheme
/// can't be known; where schemes differ, `Sec-Fetch-Site` says so.
fn is_own(origin: &str, head: &RequestHead) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = head.uri.authority().map(Authority::as_str).or(host);
    authority.zip(host).is_some_and(|(authority, host)| steps::over(authority).eq_ignore_ascii_case(host))
}

/// Whether an authority can only be this machine: loopback by name or by address.
pub fn is_this_machine(authority: &str) -> bool {
    let host = host(authority).to_ascii_lowercase();
    match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(ip) => ip.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// The host of an authority, without its port. An IPv6 address keeps its brackets.
pub fn host(authority: &str) -> &str {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    match steps::over(authority).rsplit_once(':') {
        Some((host, port)) if is_port(port) && (!host.contains(':') || host.ends_with(']')) => host,
        _ => authority,
    }
}
