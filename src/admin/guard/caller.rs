//! Where a request comes from.

use std::net::IpAddr;

use actix_web::dev::RequestHead;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

use crate::steps;

/// Whether the request comes from this machine itself. Through a proxy, anybody's does; one that doesn't name itself in any
/// header can't be told apart.
pub fn is_loopback(head: &RequestHead) -> bool {
    !is_forwarded(&head.headers) && head.peer_addr.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

/// Whether a proxy has named itself, or whom it speaks for. Names of headers are in lower case here.
fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        ["via", "forwarded", "cdn-loop"].contains(&name)
            || ["x-forwarded", "x-original-", "x-envoy-", "cf-", "fastly-"].iter().any(|start| name.starts_with(start))
            || ["client-ip", "real-ip"].iter().any(|part| name.contains(part))
    })
}

/// The address of the client: that of the peer, unless a trusted proxy names another one in `X-Forwarded-For`. Each proxy
/// adds to the end of it, so the last address that isn't a trusted proxy's counts.
pub fn address(head: &RequestHead, trusted_proxies: &[IpNet]) -> Option<IpAddr> {
    let peer = head.peer_addr?.ip().to_canonical();
    let is_trusted = |address: &IpAddr| trusted_proxies.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let values: Vec<_> = head.headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let addresses = values.iter().rev().flat_map(|value| steps::parts(value.rsplit(',')));
    let addresses = addresses.filter_map(|text| Some(text.trim().parse::<IpAddr>().ok()?.to_canonical()));
    Some(addresses.into_iter().find(|address| !is_trusted(address)).unwrap_or(peer))
}
