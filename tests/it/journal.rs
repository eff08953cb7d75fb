//! What the journal tells of calls.

use sync_asmx::testing::{Called, Server};

use crate::harness::{Envelope, TestApp, exchange};

#[test]
fn a_call_is_told_with_both_messages_and_without_its_token() {
    let server = Server::start();
    let request = Envelope::save_account_phone().request(server.address());
    let answer = exchange(server.address(), &request);
    let entry = server.journal().pop().expect("an entry");
    assert_eq!(entry.request, Envelope::save_account_phone().xml().replace(">TEST-TOKEN<", ">***<"));
    assert_eq!(entry.response, answer.text());
    let told = (entry.id, entry.program.as_deref(), entry.operation.as_deref(), entry.member_id);
    assert_eq!(told, (1, Some("demo"), Some("SaveAccountPhone"), Some(1001)));
    assert_eq!((entry.return_code, entry.fault, entry.http_status), (Some(0), None, Some(200)));
}

#[test]
fn what_was_not_understood_is_told_as_far_as_it_was() {
    let server = Server::start();
    let post = |headers: &str, body: &str| {
        let head =
            format!("POST /Services/Sync.asmx HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        exchange(server.address(), (head + body).as_bytes())
    };
    post("Content-Type: text/xml\r\nSOAPAction: \"urn:what\"\r\n", "<SecurityToken>TEST-TOKEN");
    post("Content-Type: text/plain\r\n", "hello");
    let told: Vec<_> = server
        .journal()
        .into_iter()
        .map(|entry| (entry.operation, entry.http_status, entry.fault, entry.request))
        .collect();
    let not_recognized = "Server did not recognize the value of HTTP Header SOAPAction: urn:what.".to_owned();
    assert_eq!(told[0], (None, Some(500), Some(not_recognized), "<SecurityToken>***".into()));
    assert_eq!((told[1].1.is_some(), told[1].3.as_str()), (true, "hello"));
}

#[test]
fn the_oldest_are_dropped_and_none_are_kept_when_it_is_off() {
    for (kept, journal) in [(3, "--journal=3"), (0, "--journal=0")] {
        let server = Server::with_arguments(&[journal]);
        for _ in 0..5 {
            exchange(server.address(), &Envelope::save_account_phone().request(server.address()));
        }
        let ids: Vec<_> = server.journal().iter().map(|entry| entry.id).collect();
        assert_eq!(ids, (6 - kept..6u64).collect::<Vec<_>>());
        server.verify(Called::operation("SaveAccountPhone"), ids.len());
    }
}

#[test]
fn long_messages_are_cut_and_take_a_bounded_room() {
    let server = Server::start();
    let long = Envelope::save_account_phone().with("SecurityToken", "x".repeat(20 << 10));
    let request = long.request(server.address());
    for _ in 0..600 {
        exchange(server.address(), &request[..]);
    }
    let entries = server.journal();
    let texts: usize = entries.iter().map(|entry| entry.request.len() + entry.response.len()).sum();
    assert!(!entries.is_empty() && texts <= 4 << 20, "{} entries, {texts} bytes", entries.len());
    assert!(!entries.iter().any(|entry| entry.request.contains("xx")), "tokens are masked where they are cut, too");
}

/// What is sent to the service with these headers and this body.
fn post(app: &TestApp, headers: &str, body: &[u8]) {
    let length = body.len();
    let head = format!("POST /Services/Sync.asmx HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {length}\r\n\r\n");
    app.exchange(&[head.as_bytes(), body].concat());
}

fn get(app: &TestApp, path: &str) -> String {
    let request = format!("GET /_emulator{path} HTTP/1.1\r\nHost: {}\r\n\r\n", app.address());
    let answer = app.exchange(request.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text().replace("\\u0000", "")
}

#[test]
fn a_token_is_unreadable_whatever_the_message_looks_like() {
    let app = TestApp::start();
    let token = "TEST-TOKEN";
    let xml = Envelope::save_account_phone().xml();
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| xml.encode_utf16().flat_map(to_bytes).collect::<Vec<_>>();
    let action = "SOAPAction: \"https://app.smartbutton.com/Services/Sync/SaveAccountPhone\"\r\n";
    let as_xml = "Content-Type: text/xml; charset=utf-8\r\n".to_owned() + action;
    let escaped = xml.replace('&', "&amp;").replace('<', "&lt;");
    let bodies = [
        xml.replace("SecurityToken", "securitytoken"),
        xml.replace("<SecurityToken>", "<SecurityToken a='/'>"),
        xml.replace("<SecurityToken>TEST-TOKEN</SecurityToken>", "<SecurityToken/>TEST-TOKEN"),
        xml.replace("<SecurityToken>", "<!-- TEST-TOKEN --><SecurityToken>"),
        xml.replace(">HOME<", ">TEST-TOKEN<"),
        xml.replace(">HOME<", ">TEST-<!-- -->TOKEN<"),
        xml.replace(">TEST-TOKEN<", ">&#84;EST-TOKEN<"),
        format!("<a>{escaped}</a>"),
        "SecurityToken=TEST-TOKEN&MemberId=1001".to_owned(),
        "token=%54EST%2DTOKEN".to_owned(),
        "{\"SecurityToken\": \"\\u0054EST-TOKEN\"}".to_owned(),
        format!("<?TEST-TOKEN {xml}"),
        format!("{}TEST-TOKEN", "x".repeat((16 << 10) - 9)),
    ];
    for body in &bodies {
        post(&app, &as_xml, body.as_bytes());
    }
    for body in [utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes)] {
        for content_type in ["text/xml", "text/xml; charset=utf-8", "application/soap+xml"] {
            post(&app, &format!("Content-Type: {content_type}\r\n{action}"), &body);
        }
    }
    for action in ["TEST-TOKEN", "\"a%54EST-TOKEN\""] {
        post(&app, &format!("Content-Type: text/xml\r\nSOAPAction: {action}\r\n"), xml.as_bytes());
    }
    post(&app, "Content-Type: application/soap+xml; action=TEST-TOKEN\r\n", b"<a/>");
    let journal = get(&app, "/journal");
    let calls = bodies.len() + 9;
    assert_eq!(journal.matches("\"request\":").count(), calls);
    // The last call has no token but in a header that the journal doesn't tell.
    assert!(journal.matches("***").count() >= calls - 1, "{journal}");
    let mut told = vec![journal];
    told.extend((1..=calls).map(|id| get(&app, &format!("/console/journal/{id}"))));
    for text in told {
        let text = text.replace('\0', "");
        for readable in [token, "EST-TOKEN", "TEST-TOKE", "EST%2DTOKEN"] {
            assert!(!text.contains(readable), "{readable} in {text}");
        }
    }
}

#[test]
fn a_token_stays_unreadable_when_it_is_none_any_more() {
    let app = TestApp::start();
    let tokens = "/programs/demo/security-tokens";
    assert_eq!(app.tell("POST", tokens, r#"{"token": "SHORT-LIVED", "methods": ["*"]}"#).status, 201);
    app.call(&Envelope::save_account_phone().with("PhoneNumberTypeExternalReference", "a SHORT-LIVED b"));
    assert_eq!(app.tell("DELETE", &format!("{tokens}/SHORT-LIVED"), "").status, 204);
    assert!(!get(&app, "/journal").contains("SHORT-LIVED"));
}
