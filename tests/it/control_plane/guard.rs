//! Who is let in. `admin::guard` has the tables of all rules; here is that they are asked.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use super::client::{get, outcome, send};
use crate::harness::{Answer, Process, TestApp, command, skip};

fn ask(app: &TestApp, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(app.address(), method, path, headers, "")
}

#[test]
fn a_token_is_asked_for_everywhere() {
    let app = TestApp::with_arguments(&["--admin-token", "correct-horse"]);
    for path in
        ["/_emulator/clock", "/_emulator/openapi.json", "/_emulator/nothing", "/_emulator", "/%5Femulator/state"]
    {
        let answer = ask(&app, "GET", path, &[]);
        assert_ne!(answer.status, 200, "{path}");
        if !path.contains('%') {
            assert_eq!((outcome(&answer).0, answer.header("www-authenticate")), (401, Some("Bearer")), "{path}");
        }
    }
    let bearer = [("Authorization", "Bearer correct-horse")];
    assert_eq!(ask(&app, "GET", "/_emulator/clock", &bearer).status, 200);
    assert_eq!(ask(&app, "GET", "/_emulator/clock", &[("Authorization", "Bearer wrong-horses")]).status, 401);
    assert_eq!(ask(&app, "GET", "/_emulator/call-form.js", &[]).status, 200);
}

#[test]
fn probes_are_told_whether_the_service_is_there_and_nothing_else() {
    let version = env!("CARGO_PKG_VERSION");
    let full = format!(r#"{{"status":"ok","version":"{version}"}}"#);
    for (arguments, headers, is_let_in) in [
        (&[][..], vec![], true),
        (&[], vec![("Host", "sync.example")], false),
        (&[], vec![("X-Forwarded-For", "192.0.2.7")], false),
        (&["--admin-token", "correct-horse"], vec![], false),
        (&["--admin-token", "correct-horse"], vec![("Accept", "text/html")], false),
        (&["--admin-token", "correct-horse"], vec![("Authorization", "Bearer wrong-horses")], false),
        (&["--admin-token", "correct-horse"], vec![("Authorization", "Bearer correct-horse")], true),
        (
            &["--admin-token", "correct-horse"],
            vec![("Authorization", "Bearer correct-horse"), ("Host", "10.2.3.4:8080")],
            false,
        ),
    ] {
        let app = TestApp::with_arguments(arguments);
        let expected = if is_let_in { full.as_str() } else { r#"{"status":"ok"}"# };
        for path in ["/_emulator/health", "/_emulator/ready"] {
            let answer = ask(&app, "GET", path, &headers);
            assert_eq!((answer.status, answer.text().as_str()), (200, expected), "{path} {headers:?}");
            let head = ask(&app, "HEAD", path, &headers);
            assert_eq!((head.status, head.body.len()), (200, 0), "{path} {headers:?}");
            let is_refused = [401, 403].contains(&ask(&app, "POST", path, &headers).status);
            assert_eq!(is_refused, !is_let_in, "{path} {headers:?}");
        }
    }
}

#[test]
fn people_sign_in_once() {
    let app = TestApp::with_arguments(&["--admin-token", "correct-horse"]);
    let browser = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let answer = ask(&app, "GET", "/_emulator/state", &[browser]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/_emulator/sign-in")));
    assert!(ask(&app, "GET", "/_emulator/sign-in", &[browser]).text().contains("<form"));
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let sign_in =
        |token: &str| send(app.address(), "POST", "/_emulator/sign-in", &[browser, form], &format!("token={token}"));
    assert_eq!(sign_in("wrong-horses").status, 401);
    let answer = sign_in("correct-horse");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/_emulator/")));
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict") && !cookie.contains("correct-horse"), "{cookie}");
    let cookie = ("Cookie", cookie.split(';').next().expect("its value"));
    assert_eq!(ask(&app, "GET", "/_emulator/state", &[cookie]).status, 200);
    assert_eq!(ask(&app, "POST", "/_emulator/sign-out", &[cookie]).status, 303);
    assert_eq!(ask(&app, "GET", "/_emulator/state", &[cookie]).status, 401);
}

/// The answer to the form of the sign-in, with this token and one more header.
fn sign_in(app: &TestApp, token: &str, header: (&str, &str)) -> Answer {
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    send(app.address(), "POST", "/_emulator/sign-in", &[form, header], &format!("token={token}"))
}

#[test]
fn a_cookie_is_kept_to_https_where_browsers_speak_it() {
    let http = ("X-Forwarded-Proto", "http");
    let https = ("X-Forwarded-Proto", "https");
    let (trusted, public) = (["--trusted-proxy", "127.0.0.1"], ["--public-url", "https://sync.example"]);
    for (arguments, header, is_secure) in [
        (&[][..], https, false),
        (&trusted, https, true),
        (&trusted, http, false),
        (&["--trusted-proxy", "192.0.2.1"], https, false),
        (&public, http, true),
    ] {
        let app = TestApp::with_arguments(&[&["--admin-token", "correct-horse"], arguments].concat());
        let answer = sign_in(&app, "correct-horse", header);
        assert_eq!(answer.status, 303, "{answer:?}");
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert_eq!(cookie.ends_with("; Secure"), is_secure, "{arguments:?} {header:?}: {cookie}");
    }
}

#[test]
fn who_guesses_the_token_is_soon_not_heard_and_keeps_nobody_else_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--listen", "127.0.0.1:0", "--ledger", "memory:", "--admin-token", "correct-horse"];
    let server = Process::start(command(folder.path(), &[&arguments[..], &["--trusted-proxy", "127.0.0.1"]].concat()));
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let bearer = ("Authorization", "Bearer correct-horse");
    let ask = |headers: &[(&str, &str)]| send(server.address(), "GET", "/_emulator/clock", headers, "").status;
    assert_eq!(ask(&[bearer]), 200);
    let guess = |number: usize| {
        let headers = [form, ("X-Forwarded-For", "203.0.113.9")];
        send(server.address(), "POST", "/_emulator/sign-in", &headers, &format!("token=guessed-horse-{number}"))
    };
    let guessed: Vec<_> = (0..30).map(guess).collect();
    assert_eq!(guessed[0].status, 401);
    let last = &guessed[29];
    assert_eq!((last.status, last.header("retry-after")), (429, Some("60")), "{last:?}");
    assert_eq!(ask(&[("Authorization", "Bearer wrong-horse"), ("X-Forwarded-For", "203.0.113.9")]), 429);
    assert_eq!(ask(&[bearer]), 200);
    assert_eq!(ask(&[bearer, ("X-Forwarded-For", "203.0.113.10")]), 200);
    let log = server.stderr();
    assert!(log.contains("a wrong admin token was given") && log.contains("203.0.113.9"), "{log}");
    assert!(!log.contains("guessed-horse"), "{log}");
}

#[test]
fn other_sites_and_unknown_names_are_refused() {
    let app = TestApp::start();
    let own = format!("http://{}", app.address());
    for (method, headers, status) in [
        ("POST", vec![("Origin", "http://evil.example")], 403),
        ("POST", vec![("Origin", "null")], 403),
        ("POST", vec![("Sec-Fetch-Site", "cross-site")], 403),
        ("POST", vec![("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")], 204),
        ("POST", vec![("Host", "evil.example")], 403),
        ("GET", vec![("Host", "evil.example")], 403),
        ("POST", vec![("X-Forwarded-For", "127.0.0.1")], 403),
    ] {
        let answer = ask(&app, method, "/_emulator/reset", &headers);
        assert_eq!(outcome(&answer).0, status, "{method} {headers:?}");
    }
    let page = ask(&app, "GET", "/_emulator/state", &[("Host", "evil.example"), ("Accept", "text/html")]);
    assert!(page.status == 403 && page.text().contains("--allowed-host evil.example"), "{page:?}");
    let absolute = "GET http://evil.example/_emulator/state HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(app.exchange(absolute.as_bytes()).status, 403);
    assert_eq!(app.exchange(b"GET /_emulator/clock HTTP/1.0\r\n\r\n").status, 200);
    let known = TestApp::with_arguments(&["--allowed-host", "evil.example"]);
    assert_eq!(ask(&known, "GET", "/_emulator/clock", &[("Host", "evil.example:80")]).status, 200);
}

#[test]
fn other_machines_are_refused_without_a_token() {
    // Nothing is sent; the operating system only says by which address it would be.
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    let address = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr()).map(|address| address.ip());
    let Some(ip) = address.ok().filter(|ip: &IpAddr| !ip.is_loopback() && !ip.is_unspecified()) else {
        return skip("this machine has no address but its own");
    };
    for (arguments, status) in
        [(vec!["--listen", "0.0.0.0:0"], 403), (vec!["--listen", "0.0.0.0:0", "--admin-token", "correct-horse"], 200)]
    {
        let app = TestApp::with_arguments(&arguments);
        let address = SocketAddr::new(ip, app.address().port());
        let headers = [("Authorization", "Bearer correct-horse")];
        assert_eq!(outcome(&send(address, "GET", "/_emulator/clock", &headers, "")).0, status, "{arguments:?}");
    }
}

#[test]
fn every_answer_has_the_security_headers() {
    let app = TestApp::start();
    for (method, path, headers) in [
        ("GET", "/_emulator/health", vec![]),
        ("GET", "/_emulator/nothing", vec![]),
        ("PUT", "/_emulator/health", vec![]),
        ("GET", "/_emulator/sign-in", vec![]),
        ("GET", "/_emulator/clock", vec![("Host", "evil.example")]),
        ("GET", "/_emulator/health", vec![("Host", "evil.example")]),
    ] {
        let answer = ask(&app, method, path, &headers);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{method} {path}");
        }
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';") && policy.contains("frame-ancestors 'none'")
        );
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    assert_eq!(get(&app, "/health").1["status"], "ok");
}
