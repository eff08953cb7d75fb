//! The pages, the WSDL and the discovery document, as browsers and tools ask for them.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::harness::{Answer, TestApp};

mod addresses;
mod paths;

const PAGES: [&str; 5] = ["", "?op=SaveAccountPhone", "?op=Nope", "?WSDL", "?disco"];

fn get(app: &TestApp, target: &str, headers: &str) -> Answer {
    app.exchange(format!("GET {target} HTTP/1.1\r\nHost: desk.example:8080\r\n{headers}\r\n").as_bytes())
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
        ["%3Cscript%3E&x", "'%22%3E%3C+b%3E", "%u003C+b%u003E", "%00%01", "&op=%26amp%3B"]
            .map(|op| format!("?op={op}")),
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
