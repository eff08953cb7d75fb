//! The address of the service that WSDL, discovery document and pages tell.

use super::get;
use crate::harness::TestApp;

/// The addresses that a page tells of the service.
fn address(app: &TestApp, query: &str, headers: &str) -> String {
    let text = get(app, &format!("/Services/Sync.asmx{query}"), headers).text();
    let (_, behind) = text.split_once(if query == "?WSDL" { "location=\"" } else { "docRef=\"" }).expect("an address");
    behind.split('"').next().expect("its end").to_owned()
}

#[test]
fn the_wsdl_has_the_callers_host_and_path() {
    let app = TestApp::start();
    for (host, path, address) in [
        ("sync.example:8088", "/Services/Sync.asmx?WSDL", "http://sync.example:8088/Services/Sync.asmx"),
        ("Sync.Example:80", "/Services/Sync.asmx?WSDL", "http://sync.example/Services/Sync.asmx"),
        ("sync.example:443", "/Services/Sync.asmx?WSDL", "http://sync.example:443/Services/Sync.asmx"),
        (
            "localhost",
            "http://Sync.Example:8088/Services/Sync.asmx?WSDL",
            "http://sync.example:8088/Services/Sync.asmx",
        ),
        ("localhost", "http://sync.example/./services/Sync.asmx?WSDL", "http://sync.example/services/Sync.asmx"),
        (
            "localhost",
            "https://user:secret@sync.example:443/Services/Sync.asmx?WSDL",
            "http://sync.example:443/Services/Sync.asmx",
        ),
        ("localhost", "/services/SYNC.asmx?wsdl", "http://localhost/services/SYNC.asmx"),
        ("localhost", "/Services/Sync.asmx?x=1&Wsdl", "http://localhost/Services/Sync.asmx"),
        ("[::1]:80", "/Services/Sync.asmx?WSDL", "http://[::1]/Services/Sync.asmx"),
    ] {
        let wsdl = app.exchange(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).text();
        assert_eq!(wsdl.matches(&format!("location=\"{address}\"")).count(), 2, "{wsdl}");
        assert!(wsdl.contains("targetNamespace=\"https://app.smartbutton.com/Services/Sync\""), "{wsdl}");
    }
}

#[test]
fn the_wsdl_follows_public_url_and_namespace() {
    let app = TestApp::with_arguments(&["--public-url", "HTTPS://Sync.Example:443/", "--namespace", "urn:mine"]);
    let answer = get(&app, "/Services/Sync.asmx?WSDL", "");
    assert_eq!(answer.header("Content-Type"), Some("text/xml; charset=utf-8"));
    let wsdl = answer.text();
    for (part, count) in [
        ("location=\"https://sync.example/Services/Sync.asmx\"", 2),
        ("targetNamespace=\"urn:mine\"", 2),
        ("soapAction=\"urn:mine/SaveAccountPhone\"", 2),
        ("app.smartbutton.com", 0),
    ] {
        assert_eq!(wsdl.matches(part).count(), count, "{part}");
    }
}

#[test]
fn a_trusted_proxy_tells_scheme_and_host() {
    let forwarded = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: sync.example, inner.example\r\n";
    let own = "http://desk.example:8080/Services/Sync.asmx";
    let outer = "https://sync.example/Services/Sync.asmx";
    for (arguments, headers, expected) in [
        (&[][..], forwarded, own),
        (&["--trusted-proxy", "10.0.0.0/8,192.0.2.1"], forwarded, own),
        (&["--trusted-proxy", "127.0.0.1"], forwarded, outer),
        (&["--trusted-proxy", "10.0.0.0/8,127.0.0.0/8"], forwarded, outer),
        (&["--trusted-proxy", "127.0.0.1"], "", own),
        (
            &["--trusted-proxy", "127.0.0.1"],
            "X-Forwarded-Proto: HTTPS\r\nX-Forwarded-Host: Sync.Example:443\r\n",
            outer,
        ),
        (
            &["--trusted-proxy", "127.0.0.1"],
            "X-Forwarded-Proto: Http\r\nX-Forwarded-Host: sync.example:443\r\n",
            "http://sync.example:443/Services/Sync.asmx",
        ),
        (
            &["--trusted-proxy", "127.0.0.1"],
            "X-Forwarded-Proto: https\r\n",
            "https://desk.example:8080/Services/Sync.asmx",
        ),
        (&["--trusted-proxy", "127.0.0.1"], "X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: a/b\"<\r\n", own),
        (
            &["--trusted-proxy", "127.0.0.1", "--public-url", "http://public.example"],
            forwarded,
            "http://public.example/Services/Sync.asmx",
        ),
    ] {
        let app = TestApp::with_arguments(arguments);
        for query in ["?WSDL", "?disco"] {
            assert_eq!(address(&app, query, headers), expected, "{arguments:?} {headers:?}");
        }
        let page = get(&app, "/Services/Sync.asmx?op=SaveAccountPhone", headers).text();
        let host = expected.split('/').nth(2).expect("a host");
        assert_eq!(page.matches(&format!("\nHost: {host}\n")).count(), 2, "{page}");
    }
}

#[test]
fn a_caller_without_a_host_is_told_where_the_service_listens() {
    let app = TestApp::start();
    let listens_at = app.address().to_string();
    for (request, host) in [
        ("GET /Services/Sync.asmx?WSDL HTTP/1.0\r\n\r\n", listens_at.as_str()),
        ("GET http://Sync.Example:80/Services/Sync.asmx?WSDL HTTP/1.0\r\n\r\n", "sync.example"),
        ("GET /Services/Sync.asmx?WSDL HTTP/1.0\r\nHost: Sync.Example\r\n\r\n", "sync.example"),
        ("GET /Services/Sync.asmx?WSDL HTTP/1.1\r\nHost:\r\n\r\n", &listens_at),
        ("GET /Services/Sync.asmx?WSDL HTTP/1.1\r\nHost: a b\r\n\r\n", &listens_at),
    ] {
        let wsdl = app.exchange(request.as_bytes()).text();
        assert!(wsdl.contains(&format!("location=\"http://{host}/Services/Sync.asmx\"")), "{request:?}: {wsdl}");
    }
}
