use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};

use super::*;
use crate::settings::parse_admin_token;
use crate::steps::hostile::assert_linear;

const LOOPBACK: &str = "127.0.0.1:40000";
const OTHER: &str = "192.0.2.7:40000";

fn guard(token: Option<&str>, listens_at: &str, hosts: &[&str]) -> Guard {
    let token = token.map(|token| parse_admin_token(token).expect("a token"));
    Guard::new(token, listens_at.parse().expect("an address"), hosts.iter().map(|&host| host.to_owned()).collect())
}

fn head(method: Method, peer: &str, target: &str, headers: &[(&str, &str)]) -> RequestHead {
    let mut head = RequestHead::default();
    head.method = method;
    head.peer_addr = peer.parse().ok();
    head.uri = target.parse::<Uri>().expect("a target");
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        head.headers.append(name, HeaderValue::from_str(value).expect("a value"));
    }
    head
}

fn outcome(guard: &Guard, head: &RequestHead) -> &'static str {
    match guard.check(head) {
        Ok(()) => "in",
        Err(Refusal::Unauthorized) => "401",
        Err(Refusal::TooManyGuesses) => "429",
        Err(Refusal::Forbidden(text)) if text.contains("--admin-token") => "peer",
        Err(Refusal::Forbidden(text)) if text.contains("--allowed-host") => "host",
        Err(Refusal::Forbidden(text)) if text.contains("other sites") => "origin",
        Err(Refusal::Forbidden(_)) => "no host",
    }
}

#[test]
fn without_a_token_only_this_machine_is_let_in() {
    let guard = guard(None, "0.0.0.0:8080", &[]);
    for (peer, headers, expected) in [
        (LOOPBACK, vec![], "in"),
        ("127.9.9.9:1", vec![], "in"),
        ("[::1]:1", vec![], "in"),
        ("[::ffff:127.0.0.1]:1", vec![], "in"),
        (OTHER, vec![], "peer"),
        ("[2001:db8::1]:1", vec![], "peer"),
        ("nobody", vec![], "peer"),
        (LOOPBACK, vec![("forwarded", "for=192.0.2.7")], "peer"),
        (LOOPBACK, vec![("x-forwarded-for", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("x-real-ip", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("via", "1.1 proxy")], "peer"),
        (LOOPBACK, vec![("X-Forwarded-Host", "localhost")], "peer"),
        (LOOPBACK, vec![("x-forwarded-proto", "http")], "peer"),
        (LOOPBACK, vec![("x-forwarded", "anything")], "peer"),
        (LOOPBACK, vec![("x-original-forwarded-for", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("X-Original-URL", "/")], "peer"),
        (LOOPBACK, vec![("x-envoy-external-address", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("CF-Ray", "1")], "peer"),
        (LOOPBACK, vec![("fastly-ssl", "1")], "peer"),
        (LOOPBACK, vec![("fastly-client-ip", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("x-cluster-client-ip", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("true-client-ip", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("x-appengine-real-ip-address", "127.0.0.1")], "peer"),
        (LOOPBACK, vec![("cdn-loop", "cdn")], "peer"),
        (LOOPBACK, vec![("x-request-id", "1"), ("x-real", "1"), ("xcf-ray", "1")], "in"),
        (OTHER, vec![("authorization", "Bearer whatever")], "peer"),
    ] {
        let headers = [headers.clone(), vec![("host", "localhost:8080")]].concat();
        assert_eq!(outcome(&guard, &head(Method::GET, peer, "/_emulator/", &headers)), expected, "{peer} {headers:?}");
    }
}

#[test]
fn with_a_token_everybody_needs_it() {
    let guard = guard(Some("correct-horse"), "127.0.0.1:8080", &[]);
    for (peer, authorization, expected) in [
        (LOOPBACK, "", "401"),
        (OTHER, "", "401"),
        (OTHER, "Bearer correct-horse", "in"),
        (LOOPBACK, "bearer  correct-horse", "in"),
        (OTHER, "Bearer correct-hors", "401"),
        (OTHER, "Bearer correct-horsf", "401"),
        (OTHER, "Bearer correct-horse2", "401"),
        (OTHER, "Bearer", "401"),
        (OTHER, "Bearer ", "401"),
        (OTHER, "Basic correct-horse", "401"),
        (OTHER, "correct-horse", "401"),
    ] {
        let headers = [("host", "localhost"), ("authorization", authorization)];
        let head = head(Method::POST, peer, "/_emulator/reset", &headers);
        assert_eq!(outcome(&guard, &head), expected, "{peer} {authorization}");
    }
    let head = head(Method::GET, OTHER, SIGN_IN, &[("host", "localhost")]);
    assert_eq!(outcome(&guard, &head), "in");
}

#[test]
fn a_session_lasts_until_it_is_ended() {
    let guard = guard(Some("correct-horse"), "127.0.0.1:8080", &[]);
    let from = head(Method::POST, OTHER, SIGN_IN, &[("host", "localhost")]);
    assert_eq!(guard.sign_in(&from, "correct-hors"), Err(Refusal::Unauthorized));
    let session = guard.sign_in(&from, "correct-horse").expect("a session");
    let cookie = format!("other=1; sync_asmx_admin={session}");
    let with = |cookie: &str| head(Method::GET, OTHER, "/_emulator/", &[("host", "localhost"), ("cookie", cookie)]);
    assert_eq!(outcome(&guard, &with(&cookie)), "in");
    for wrong in ["sync_asmx_admin=", "sync_asmx_admin=correct-horse", "sync_asmx_admin"] {
        assert_eq!(outcome(&guard, &with(wrong)), "401", "{wrong}");
    }
    guard.sign_out(&with(&cookie).headers);
    assert_eq!(outcome(&guard, &with(&cookie)), "401");
    for _ in 0..2000 {
        guard.sign_in(&from, "correct-horse").expect("a session");
    }
}

#[test]
fn only_known_names_are_answered() {
    let guard = guard(None, "192.0.2.1:8080", &["emulator.example.com:8443"]);
    for (host, expected) in [
        ("localhost", "in"),
        ("LOCALHOST:1", "in"),
        ("demo.localhost:8080", "in"),
        ("127.0.0.1:8080", "in"),
        ("127.1.2.3", "in"),
        ("[::1]:8080", "in"),
        ("192.0.2.1:8080", "in"),
        ("emulator.example.com", "in"),
        ("Emulator.Example.com:8080", "in"),
        ("192.0.2.2", "host"),
        ("example.com", "host"),
        ("localhost.example.com", "host"),
        ("evil-localhost", "host"),
        ("emulator.example.com.evil.org", "host"),
        ("127.0.0.1.evil.org", "host"),
        ("[2001:db8::1]", "host"),
        ("", "host"),
        ("?", "host"),
    ] {
        let head = head(Method::GET, LOOPBACK, "/_emulator/", &[("host", host)]);
        assert_eq!(outcome(&guard, &head), expected, "{host}");
    }
}

#[test]
fn a_name_counts_wherever_it_stands() {
    let guard = guard(None, "0.0.0.0:8080", &[]);
    for (peer, target, hosts, expected) in [
        (LOOPBACK, "/_emulator/", vec![], "in"),
        (OTHER, "/_emulator/", vec![], "no host"),
        (LOOPBACK, "http://localhost/_emulator/", vec!["localhost"], "in"),
        (LOOPBACK, "http://evil.org/_emulator/", vec!["localhost"], "host"),
        (LOOPBACK, "http://localhost/_emulator/", vec!["evil.org"], "host"),
        (LOOPBACK, "/_emulator/", vec!["localhost", "evil.org"], "host"),
        (LOOPBACK, "/_emulator/", vec!["192.0.2.99"], "in"),
    ] {
        let headers: Vec<_> = hosts.iter().map(|&host| ("host", host)).collect();
        assert_eq!(outcome(&guard, &head(Method::GET, peer, target, &headers)), expected, "{target} {hosts:?}");
    }
}

#[test]
fn pages_of_others_change_nothing() {
    let guard = guard(None, "127.0.0.1:8080", &["emulator.example.com"]);
    for (headers, expected) in [
        (vec![], "in"),
        (vec![("origin", "http://localhost:8080")], "in"),
        (vec![("origin", "https://LOCALHOST:8080")], "in"),
        (vec![("sec-fetch-site", "same-origin")], "in"),
        (vec![("sec-fetch-site", "none")], "in"),
        (vec![("origin", "http://localhost:8081")], "origin"),
        (vec![("origin", "http://localhost")], "origin"),
        (vec![("origin", "http://127.0.0.1:8080")], "origin"),
        (vec![("origin", "http://emulator.example.com")], "origin"),
        (vec![("origin", "ftp://localhost:8080")], "origin"),
        (vec![("origin", "null")], "origin"),
        (vec![("origin", "")], "origin"),
        (vec![("sec-fetch-site", "cross-site")], "origin"),
        (vec![("sec-fetch-site", "same-site")], "origin"),
        (vec![("sec-fetch-site", "Same-Origin")], "origin"),
        (vec![("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")], "origin"),
        (vec![("origin", "http://localhost:8080"), ("origin", "http://evil.org")], "origin"),
    ] {
        let all = [headers.clone(), vec![("host", "localhost:8080")]].concat();
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            let head = head(method.clone(), LOOPBACK, "/_emulator/reset", &all);
            assert_eq!(outcome(&guard, &head), expected, "{method} {headers:?}");
        }
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert_eq!(outcome(&guard, &head(method, LOOPBACK, "/_emulator/", &all)), "in", "{headers:?}");
        }
    }
}

#[test]
fn a_trusted_proxy_says_who_guesses() {
    let proxies = || vec!["192.0.2.0/24".parse().expect("a network")];
    for (peer, forwarded, expected) in [
        ("198.51.100.1:1", vec!["203.0.113.9"], "198.51.100.1"),
        (OTHER, vec![], "192.0.2.7"),
        (OTHER, vec!["203.0.113.9"], "203.0.113.9"),
        ("[::ffff:192.0.2.7]:1", vec!["203.0.113.9"], "203.0.113.9"),
        (OTHER, vec!["10.9.9.9, 203.0.113.9"], "203.0.113.9"),
        (OTHER, vec!["10.9.9.9", "203.0.113.9, 192.0.2.8"], "203.0.113.9"),
        (OTHER, vec!["192.0.2.8"], "192.0.2.7"),
        (OTHER, vec!["nonsense"], "192.0.2.7"),
    ] {
        let headers: Vec<_> = forwarded.iter().map(|&value| ("x-forwarded-for", value)).collect();
        let from = caller::address(&head(Method::GET, peer, "/_emulator/", &headers), &proxies());
        assert_eq!(from.map(|from| from.to_string()).as_deref(), Some(expected), "{peer} {forwarded:?}");
    }
    let guard = guard(Some("correct-horse"), "0.0.0.0:8080", &[]).behind(proxies());
    let from = |client: &str, token: &str| {
        let headers = [("host", "localhost"), ("x-forwarded-for", client), ("authorization", token)];
        outcome(&guard, &head(Method::GET, OTHER, "/_emulator/", &headers))
    };
    for _ in 0..10 {
        assert_eq!(from("203.0.113.9", "Bearer wrong-horses"), "401");
    }
    assert_eq!(from("203.0.113.9", "Bearer correct-horse"), "429");
    assert_eq!(from("203.0.113.10", "Bearer correct-horse"), "in");
    assert_eq!(from("203.0.113.9", ""), "401", "no token is no guess");
}

#[test]
fn work_on_hostile_headers_is_linear() {
    let guard = guard(Some("correct-horse"), "127.0.0.1:8080", &["a.example"])
        .behind(vec!["127.0.0.0/8".parse().expect("a network")]);
    guard.sessions.begin();
    let check = |name: &'static str, value: &str| {
        let mut head = head(Method::POST, LOOPBACK, "/_emulator/", &[]);
        // What can't be a value of a header gets no further than the server's parser.
        let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else { return };
        for (name, value) in [("host", HeaderValue::from_static("localhost")), (name, value)] {
            head.headers.insert(HeaderName::from_static(name), value);
        }
        drop(guard.check(&head));
        caller::address(&head, &guard.trusted_proxies);
        guard.sign_out(&head.headers);
    };
    assert_linear(&[
        ("a host", &|text| check("host", text)),
        ("an origin", &|text| check("origin", &format!("http://{text}"))),
        ("a token", &|text| check("authorization", &format!("Bearer {text}"))),
        ("cookies", &|text| check("cookie", text)),
        ("a session", &|text| check("cookie", &format!("{COOKIE_NAME}={text}"))),
        ("who was forwarded", &|text| check("x-forwarded-for", text)),
        ("many who were forwarded", &|text| check("x-forwarded-for", &"127.0.0.1,".repeat(text.len() / 10))),
    ]);
}
