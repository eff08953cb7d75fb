//! Which paths are the service's, which are ours, and what the limits of the original are for.

use crate::harness::{Envelope, TestApp};

#[test]
fn what_is_ours_is_found_only_at_its_path_as_it_was_sent() {
    let app = TestApp::start();
    for path in [
        "/%5Femulator/health",
        "/_emulato%72/",
        "/./_emulator/health",
        "/Services/../_emulator/health",
        "/Services/Sync.asmx/../../_emulator/health",
        "//_emulator/health",
        "/_emulator\\health",
        "/_emulator%2Fhealth",
        "/_emulator/call%2Dform.js",
        "/_emulator/../metrics",
        "/_emulator/../Services/Sync.asmx",
        "/metric%73",
        "/Services/%2E%2E/metrics",
        "/metrics/.",
        "/p%69ms/initialize",
        "/x/../pims/initialize",
        "/%2E/?Action=ChatappVerifyAndRegister",
        "/Services/..?Action=ChatappVerifyAndRegister",
        "//?Action=ChatappVerifyAndRegister",
    ] {
        let headers = "Host: localhost\r\nx-acs-action: ChatappVerifyAndRegister";
        let answer = app.exchange(format!("GET {path} HTTP/1.1\r\n{headers}\r\n\r\n").as_bytes());
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    for path in ["/_emulator/he%61lth", "/metrics"] {
        let answer = app.exchange(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
        assert_eq!(answer.status, 200, "{path}");
    }
}

#[test]
fn the_limits_of_the_original_are_the_services_alone() {
    let app = TestApp::start();
    let (segment, query) = ("x".repeat(300), "x".repeat(3_000));
    for (path, status, media_type) in [
        (format!("/metrics?{query}"), 200, "application/openmetrics-text"),
        (format!("/_emulator/health?{query}"), 200, "application/json"),
        (format!("/_emulator/{segment}"), 404, "application/problem+json"),
        ("/_emulator/programs/a%3Ab%26%3C*".to_owned(), 404, "application/problem+json"),
        (format!("/pims/{segment}*"), 404, "text/plain"),
        (format!("/{segment}*"), 404, "text/html"),
        ("/Services/Other.asmx/%3Cx".to_owned(), 404, "text/html"),
        (format!("/Services/{segment}"), 404, "text/html"),
        (format!("/Services/Sync.asmx/{segment}"), 400, "text/html"),
        (format!("/Services/Sync.asmx?{query}"), 404, "text/html"),
    ] {
        let answer = app.exchange(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        let content_type = answer.header("Content-Type").expect("a type");
        assert!(content_type.starts_with(media_type), "{path}: {content_type}");
    }
}

#[test]
fn a_call_whose_path_or_query_is_refused_is_neither_made_nor_read() {
    let app = TestApp::start();
    for target in [format!("/Services/Sync.asmx?{}", "x".repeat(2_049)), "/Services/Sync.asmx/a:b".to_owned()] {
        let text = String::from_utf8(Envelope::save_account_phone().request(app.address())).expect("text");
        let request = text.replacen("/Services/Sync.asmx", &target, 1);
        assert!([400, 404].contains(&app.exchange(request.as_bytes()).status), "{target}");
        // The answer comes although the body doesn't.
        let mut connection = app.connect();
        let head = format!("POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
        connection.send(head.as_bytes()).expect("a server that reads");
        assert!([400, 404].contains(&connection.read_answer().expect("an answer").status), "{target}");
    }
    let journal = app.tell("GET", "/journal", "").text();
    assert!(journal.contains("\"entries\":[]"), "{journal}");
}

#[test]
fn who_misses_a_path_is_told_what_is_where() {
    let app = TestApp::start();
    for (path, title) in [("/", "The resource cannot be found."), ("/_emulator/nope", "Not here")] {
        let ask = |path: &str| {
            let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n");
            app.exchange(head.as_bytes())
        };
        let answer = ask(path);
        let text = answer.text();
        assert_eq!(answer.status, 404, "{path}: {text}");
        assert!(text.contains(title), "{path}: {text}");
        let links = text.split("href=\"").skip(1).map(|rest| rest.split('"').next().expect("its end"));
        let links: Vec<_> = links.collect();
        assert!(links.len() >= 5, "{text}");
        for link in links {
            assert_eq!(ask(link).status, 200, "{link} of {path}");
        }
    }
    let for_programs = app.tell("GET", "/nope", "");
    assert_eq!(for_programs.header("Content-Type"), Some("application/problem+json"));
}
