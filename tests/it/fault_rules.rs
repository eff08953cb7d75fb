//! Failures on demand, as a client meets them, and what the journal tells of them.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sync_asmx::testing::{Called, Server};

use crate::harness::{Answer, Connection, Envelope, exchange};

fn call(server: &Server, envelope: &Envelope) -> Answer {
    exchange(server.address(), &envelope.request(server.address()))
}

fn save(server: &Server) -> Answer {
    call(server, &Envelope::save_account_phone())
}

fn numbers(server: &Server, member: i32) -> Vec<String> {
    server.member("demo", member).expect("the member").phones.into_iter().map(|phone| phone.number).collect()
}

#[test]
fn a_return_code_is_answered_as_often_as_told_and_nothing_is_stored() {
    let server = Server::start();
    let rule =
        server.fault(r#"{"operation":"SaveAccountPhone","member_id":1001,"times":2,"answer":{"return_code":316}}"#);
    assert_eq!(
        call(&server, &Envelope::save_account_phone().with("MemberId", 1003).with("PhoneNumber", "+15195550177"))
            .return_code(),
        0
    );
    for _ in 0..2 {
        let answer = save(&server);
        assert_eq!((answer.status, answer.return_code(), answer.saved_phone_number()), (200, 316, String::new()));
    }
    assert_eq!(numbers(&server, 1001), Vec::<String>::new());
    assert_eq!(save(&server).return_code(), 0);
    assert_eq!(numbers(&server, 1001), ["+15195550123"]);

    let broken: Vec<_> = server.journal().iter().map(|entry| entry.fault_rule.as_ref().map(|rule| rule.id)).collect();
    assert_eq!(broken, [None, Some(rule.id), Some(rule.id), None]);
    server.verify(Called::operation("SaveAccountPhone").program("demo").member_id(1001).return_code(316), 2);
}

#[test]
fn a_rule_names_program_member_and_number() {
    let server = Server::start();
    server.fault(r#"{"program":"demo","number":"+1 519 555 0123","answer":{"return_code":1}}"#);
    assert_eq!(call(&server, &Envelope::save_account_phone().with("PhoneNumber", "+15195550155")).return_code(), 0);
    // A token of nobody's is of no program.
    assert_eq!(call(&server, &Envelope::save_account_phone().with("SecurityToken", "NOBODY")).return_code(), 100);
    assert_eq!(call(&server, &Envelope::save_account_phone().with("PhoneNumber", "(1) 519-555-0123")).return_code(), 1);
}

#[test]
fn a_status_and_a_fault_come_in_place_of_an_answer() {
    let server = Server::start();
    server.fault(r#"{"answer":{"http_status":503}}"#);
    let answer = save(&server);
    assert_eq!((answer.status, answer.text()), (503, String::new()));

    for soap12 in [false, true] {
        server.fault(r#"{"answer":{"soap_fault":"Timeout expired. <1>"}}"#);
        let envelope = Envelope::save_account_phone();
        let answer = call(&server, &if soap12 { envelope.soap12() } else { envelope });
        let reason = "Server was unable to process request. ---&gt; Timeout expired. &lt;1&gt;";
        assert!(answer.status == 500 && answer.text().contains(reason), "{answer:?}");
    }
    assert_eq!(numbers(&server, 1001), Vec::<String>::new());
    let told: Vec<_> =
        server.journal().into_iter().map(|entry| (entry.http_status, entry.return_code, entry.fault)).collect();
    let fault = Some("Server was unable to process request. ---> Timeout expired. <1>".to_owned());
    assert_eq!(told, [(Some(503), None, None), (Some(500), None, fault.clone()), (Some(500), None, fault)]);
}

#[test]
fn a_connection_is_closed_before_or_after_the_save_is_stored() {
    let server = Server::start();
    for (when, stored) in [("true", 0), ("\"before\"", 0), ("\"after\"", 1)] {
        server.fault(&format!(r#"{{"answer":{{"disconnect":{when}}}}}"#));
        let request = Envelope::save_account_phone().request(server.address());
        let error = Connection::open(server.address()).exchange(&request).expect_err("no answer");
        assert!(
            matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset),
            "{when}: {error:?}"
        );
        assert_eq!(numbers(&server, 1001).len(), stored, "{when}");
    }
    let told: Vec<_> = server.journal().into_iter().map(|entry| (entry.http_status, entry.return_code)).collect();
    assert_eq!(told, [(None, None), (None, None), (None, Some(0))]);
    // What a client's retry then finds.
    assert_eq!(save(&server).return_code(), 0);
}

#[test]
fn a_thousand_delayed_calls_keep_nobody_waiting() {
    const DELAYED: usize = 1000;
    let server = Server::start();
    server.fault(&format!(r#"{{"member_id":1003,"times":{DELAYED},"answer":{{"delay_ms":600000}}}}"#));
    let request = Envelope::save_account_phone().with("MemberId", 1003).request(server.address());
    let delayed: Vec<Connection> = (0..DELAYED)
        .map(|_| {
            let mut connection = Connection::open(server.address());
            connection.send(&request).expect("a request");
            connection
        })
        .collect();
    // The rule is gone when all of them have arrived.
    let is_used_up =
        || call(&server, &Envelope::save_account_phone().with("MemberId", 1003).with("PhoneNumber", "+15195550166"));
    let waited = Instant::now();
    let mut answered = 0;
    while server.fault_rules().iter().any(|rule| rule.used < rule.times) {
        assert!(waited.elapsed() < Duration::from_secs(60), "not all calls arrived");
        assert_eq!(save(&server).return_code(), 0);
        answered += 1;
    }
    for _ in 0..200 {
        assert_eq!(save(&server).return_code(), 0);
        answered += 1;
    }
    assert_eq!(is_used_up().return_code(), 0);
    server.verify(Called::operation("SaveAccountPhone").member_id(1001), answered);
    drop(delayed);
}

#[test]
fn a_delayed_call_is_answered_as_ever_only_later() {
    let server = Server::start();
    server.fault(r#"{"answer":{"delay_ms":100}}"#);
    let start = Instant::now();
    assert_eq!(save(&server).return_code(), 0);
    assert!(start.elapsed() >= Duration::from_millis(100));
    assert!(server.journal()[0].duration_us >= 100_000, "{:?}", server.journal());
}

#[test]
fn a_rule_fires_exactly_as_often_as_told_however_many_call_at_once() {
    let server = Server::start();
    server.fault(r#"{"times":50,"answer":{"return_code":1}}"#);
    let broken = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let code = save(&server).return_code();
                    assert!([0, 1].contains(&code));
                    broken.fetch_add(usize::from(code == 1), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(broken.into_inner(), 50);
    server.verify(Called::default(), 160);
}
