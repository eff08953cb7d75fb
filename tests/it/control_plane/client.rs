//! Calls of the control plane.

use std::net::SocketAddr;

use serde_json::Value;

use crate::harness::postgres::database;
use crate::harness::{Answer, TestApp, exchange};

/// What came back: status and JSON, null where there is none.
pub type Outcome = (u16, Value);

/// Sends a request with these headers, and JSON if it isn't null.
pub fn send(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let host = address.to_string();
    let has_host = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
    let own = [("Host", host.as_str())].into_iter().filter(|_| !has_host);
    let lines = own.chain(headers.iter().copied()).map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers = lines.collect::<Vec<_>>().concat();
    let head = format!("{method} {path} HTTP/1.1\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    exchange(address, (head + body).as_bytes())
}

/// Calls the control plane with JSON, or without a body if it is null.
pub fn call(app: &TestApp, method: &str, path: &str, body: &Value) -> Outcome {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    outcome(&raw(app, method, path, &text))
}

/// As [`call`], with any text for a body.
pub fn raw(app: &TestApp, method: &str, path: &str, body: &str) -> Answer {
    let headers = [("Content-Type", "application/json")];
    send(app.address(), method, &format!("/_emulator{path}"), &headers, body)
}

pub fn get(app: &TestApp, path: &str) -> Outcome {
    call(app, "GET", path, &Value::Null)
}

/// Status and JSON. Fails the test if an error is no problem document.
pub fn outcome(answer: &Answer) -> Outcome {
    let json = match answer.body.as_slice() {
        [] => Value::Null,
        body => serde_json::from_slice(body).unwrap_or_else(|error| unreachable!("{error} in {answer:?}")),
    };
    if answer.status >= 400 {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
        assert_eq!(json["status"], answer.status, "{json}");
        for member in ["type", "title", "detail"] {
            assert!(json[member].is_string(), "{member} in {json}");
        }
    }
    (answer.status, json)
}

/// Runs a test on a server with each kind of ledger: SQLite in memory, and PostgreSQL where there is one.
pub fn on_each_ledger(test: impl Fn(&TestApp)) {
    test(&TestApp::start());
    if let Some(database) = database() {
        test(&TestApp::with_arguments(&["--ledger", &database.url()]));
    }
}
