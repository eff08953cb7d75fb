//! The pages, the WSDL and the discovery document, as browsers and tools ask for them.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::harness::{Answer, TestApp};

const PAGES: [&str; 5] = ["", "?op=SaveAccountPhone", "?op=Nope", "?WSDL", "?disco"];

fn get(app: &TestApp, target: &str, headers: &str) -> Answer {
    app.exchange(format!("GET {target} HTTP/1.1\r\nHost: desk.example:8080\r\n{headers}\r\n").as_bytes())
}

/// The addresses that a page tells of the service.
fn address(app: &TestApp, query: &str, headers: &str) -> String {
    let text = get(app, &format!("/Services/Sync.asmx{query}"), headers).text();
    let (_, behind) = text.split_once(if query == "?WSDL" { "location=\"" } else { "docRef=\"" }).expect("an address");
    behind.split('"').next().expect("its end").to_owned()
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let app = TestApp::start();
    for query in PAGES {
        let page = get(&app, &format!("/Services/Sync.asmx{query}"), "").text();
        for attribute in ["href=\"", "src=\""] {
            for target in page.split(attribute).skip(1).map(|rest| rest.split('"').next().expect("its end")) {
                let path = if target.starts_with('/') { target.to_owned() } else { format!("/Services/{target}") };
                assert!(target.starts_with("https://") || get(&app, &path, "").status == 200, "{target} of {query}");
            }
        }
    }
}

#[test]
fn every_page_is_well_formed_whatever_it_quotes() {
    let app = TestApp::with_arguments(&["--namespace", "urn:a&b'c"]);
    let queries = PAGES.map(str::to_owned).into_iter().chain(
        ["%3Cscript%3E&x", "'%22%3E%3Cb%3E", "%u003Cb%u003E", "%00%01", "&op=%26amp%3B"].map(|op| format!("?op={op}")),
    );
    for query in queries {
        let page = get(&app, &format!("/Services/Sync.asmx{query}"), "").text();
        let mut reader = Reader::from_str(&page);
        reader.config_mut().check_end_names = true;
        let mut elements = 0;
        loop {
            match reader.read_event().unwrap_or_else(|error| unreachable!("{query}: {error}\n{page}")) {
                Event::Start(tag) | Event::Empty(tag) => {
                    elements += 1;
                    assert!(tag.attributes().all(|attribute| attribute.is_ok()), "{query}: {page}");
                    assert!(!["b", "amp"].contains(&tag.name().as_ref()), "{query}: {page}");
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(elements > 3, "{page}");
    }
}

#[test]
fn a_strange_host_is_quoted_and_nothing_else() {
    let app = TestApp::start();
    for query in PAGES {
        let request = format!("GET /Services/Sync.asmx{query} HTTP/1.1\r\nHost: \"><b>'&\r\n\r\n");
        let answer = app.exchange(request.as_bytes());
        assert!(!answer.text().contains("<b>"), "{answer:?}");
    }
}

#[test]
fn the_wsdl_has_the_callers_host_and_path() {
    let app = TestApp::start();
    for (host, path, address) in [
        ("sync.example:8088", "/Services/Sync.asmx?WSDL", "http://sync.example:8088/Services/Sync.asmx"),
        ("localhost", "/services/SYNC.asmx?wsdl", "http://localhost/services/SYNC.asmx"),
        ("localhost", "/Services/Sync.asmx?x=1&Wsdl", "http://localhost/Services/Sync.asmx"),
        ("[::1]:80", "/Services/Sync.asmx?WSDL", "http://[::1]:80/Services/Sync.asmx"),
    ] {
        let wsdl = app.exchange(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).text();
        assert_eq!(wsdl.matches(&format!("location=\"{address}\"")).count(), 2, "{wsdl}");
        assert!(wsdl.contains("targetNamespace=\"https://app.smartbutton.com/Services/Sync\""), "{wsdl}");
    }
}

#[test]
fn the_wsdl_follows_public_url_and_namespace() {
    let app = TestApp::with_arguments(&["--public-url", "https://sync.example/", "--namespace", "urn:mine"]);
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
fn the_headers_of_iis_can_be_left_out() {
    for (arguments, expected) in [(&[][..], true), (&["--iis-headers", "false"], false)] {
        let app = TestApp::with_arguments(arguments);
        for target in ["/Services/Sync.asmx", "/Services/Sync.asmx/x", "/elsewhere"] {
            let answer = get(&app, target, "");
            for name in ["Server", "X-AspNet-Version", "X-Powered-By"] {
                assert_eq!(answer.header(name).is_some(), expected, "{name} at {target}");
            }
            assert!(answer.header("Cache-Control").is_some(), "{answer:?}");
        }
    }
}

#[test]
fn a_caller_without_a_host_is_told_where_the_service_listens() {
    let app = TestApp::start();
    let wsdl = app.exchange(b"GET /Services/Sync.asmx?WSDL HTTP/1.0\r\n\r\n").text();
    assert!(wsdl.contains(&format!("location=\"http://{}/Services/Sync.asmx\"", app.address())), "{wsdl}");
}

#[test]
fn pages_for_people_run_no_foreign_script() {
    let app = TestApp::start();
    for query in ["", "?op=SaveAccountPhone"] {
        let answer = app.exchange(format!("GET /Services/Sync.asmx{query} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        // The policy would stop them.
        let text = answer.text();
        assert!(!text.contains("onclick") && !text.replace("<script src=", "").contains("<script"), "{text}");
    }
}
