//! What the journal tells of calls.

use serde_json::{Value, json};
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

/// Makes the calls of which the next tests ask what the journal tells.
fn call_in_many_ways(app: &TestApp) {
    let save = Envelope::save_account_phone;
    let said = |envelope: Envelope| app.exchange(&envelope.request(app.address()));
    said(save().with("PhoneNumber", "+1 519 555 0199"));
    said(save().with("PhoneNumber", "(519) 555-0123"));
    said(save().with("PhoneNumberTypeExternalReference", "FAX"));
    said(save().with("SecurityToken", "READ-ONLY-TOKEN"));
    said(save().with("MemberId", "4711"));
    said(save());
    post(app, "Content-Type: text/plain\r\nAuthorization: Bearer hunter2\r\n", b"hello");
}

fn read(app: &TestApp, path: &str) -> Value {
    serde_json::from_str(&get(app, path)).expect("JSON")
}

#[test]
fn each_call_says_why_it_was_answered_so() {
    let app = TestApp::start();
    call_in_many_ways(&app);
    let journal = read(&app, "/journal");
    let entries = journal["entries"].as_array().expect("entries");
    let told: Vec<_> = entries.iter().map(|entry| (&entry["return_code"], entry["why"].as_str())).collect();
    let expected = [
        (json!(315), Some("member 1002 holds +15195550199")),
        (json!(0), Some("read as +51, Peru: give +1 519-555-0123 for North America")),
        (json!(308), Some("program demo has no phone number type \"FAX\"; there is HOME, WORK, MOBILE")),
        (json!(101), Some("the token's methods (Fetch*, MemberIs*) don't cover SaveAccountPhone")),
        (json!(311), Some("program demo has no member 4711")),
        (json!(0), None),
    ];
    let expected: Vec<_> = expected.iter().map(|(code, why)| (code, *why)).collect();
    assert_eq!(told[..6], expected[..]);
}

#[test]
fn each_call_has_the_head_of_its_request_without_what_gives_access() {
    let app = TestApp::start();
    call_in_many_ways(&app);
    let journal = read(&app, "/journal?text=hello");
    let entry = &journal["entries"][0];
    assert_eq!(
        (&journal["total"], &entry["method"], &entry["path"]),
        (&json!(1), &json!("POST"), &json!("/Services/Sync.asmx"))
    );
    assert_eq!(entry["http_version"], "HTTP/1.1");
    let header = |name: &str| {
        let headers = entry["headers"].as_array().expect("headers");
        headers.iter().find(|header| header["name"] == name).map(|header| header["value"].clone())
    };
    assert_eq!((header("content-type"), header("authorization")), (Some(json!("text/plain")), Some(json!("***"))));
    assert!(!get(&app, "/journal").contains("hunter2"));
}

#[test]
fn calls_are_found_counted_and_verified_by_what_they_are() {
    let app = TestApp::start();
    call_in_many_ways(&app);
    for (filter, count) in [
        ("", 7),
        ("operation=SaveAccountPhone", 6),
        ("api=cams", 0),
        ("return_code=0", 2),
        ("http_status=500", 1),
        ("member_id=4711", 1),
        ("number=5195550199", 1),
        ("text=hello", 1),
        ("after=5&operation=SaveAccountPhone", 1),
    ] {
        assert_eq!(read(&app, &format!("/journal/count?{filter}"))["count"], count, "{filter}");
        let page = read(&app, &format!("/journal?{filter}&limit=1"));
        assert_eq!(
            (&page["total"], page["entries"].as_array().map(Vec::len)),
            (&json!(count), Some(count.min(1))),
            "{filter}"
        );
    }
    for (expected, is_ok) in [
        ("", true),
        ("&at_least=6&at_most=6", true),
        ("&at_least=7", false),
        ("&at_most=5&timeout_ms=60000", false),
        ("&at_most=6", true),
    ] {
        let verdict = read(&app, &format!("/journal/verify?operation=SaveAccountPhone{expected}"));
        assert_eq!((&verdict["ok"], &verdict["count"]), (&json!(is_ok), &json!(6)), "{expected}");
        assert_eq!(verdict["reason"].is_string(), !is_ok, "{expected}");
    }
}

#[test]
fn who_waits_for_a_call_is_told_when_it_comes() {
    let app = TestApp::start();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| read(&app, "/journal/verify?member_id=1001&at_least=1&timeout_ms=60000"));
        app.exchange(&Envelope::save_account_phone().request(app.address()));
        let verdict = waiting.join().expect("an answer");
        assert_eq!((&verdict["ok"], &verdict["count"]), (&json!(true), &json!(1)));
    });
}

#[test]
fn what_had_to_go_is_not_taken_for_what_never_came() {
    let app = TestApp::with_arguments(&["--journal=3"]);
    call_in_many_ways(&app);
    let verdict = read(&app, "/journal/verify?operation=SaveAccountPhone&at_most=9");
    assert_eq!((&verdict["ok"], &verdict["dropped"]), (&json!(false), &json!(4)));
    assert_eq!(read(&app, "/journal/verify?operation=SaveAccountPhone&at_most=9&after=5")["ok"], true);
}

#[test]
fn the_journal_is_taken_along_as_lines_and_as_an_archive() {
    let app = TestApp::start();
    call_in_many_ways(&app);
    let lines = get(&app, "/journal/download?operation=SaveAccountPhone");
    let entries = lines.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>();
    assert_eq!(entries.expect("lines of JSON").len(), 6);
    let archive = read(&app, "/journal/download?format=har");
    let first = &archive["log"]["entries"][0];
    assert_eq!((&archive["log"]["version"], &first["request"]["method"]), (&json!("1.2"), &json!("POST")));
    assert_eq!(
        (&first["response"]["status"], &first["comment"]),
        (&json!(200), &json!("member 1002 holds +15195550199"))
    );
}
