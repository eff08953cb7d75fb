//! What the journal tells of calls.

use sync_asmx::testing::{Called, Server};

use crate::harness::{Envelope, exchange};

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
