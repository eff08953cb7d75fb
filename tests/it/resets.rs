//! A reset is the seed again: calls that began before it come to nothing, whichever API they came by.

use std::net::SocketAddr;
use std::thread;

use serde_json::{Value, json};
use sync_asmx::ledger::seed::DEFAULT;

use crate::cams::caller;
use crate::control_plane::client::{outcome, send};
use crate::harness::postgres::database;
use crate::harness::{Connection, Envelope, Nodes, TestApp, wait_for};
use crate::pims::facade::Facade;

/// Longer than the replacement takes that is made meanwhile.
const DELAY_MS: u64 = 5000;

fn control(address: SocketAddr, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let headers = [("Content-Type", "application/json")];
    outcome(&send(address, method, &format!("/_emulator{path}"), &headers, &text))
}

fn get(address: SocketAddr, path: &str) -> Value {
    let (status, body) = control(address, "GET", path, &Value::Null);
    assert_eq!(status, 200, "{body}");
    body
}

/// How many calls were counted.
fn counted(address: SocketAddr) -> usize {
    let text = send(address, "GET", "/metrics", &[], "").text();
    let counts = text.lines().filter(|line| line.starts_with("sync_asmx_calls_total{"));
    counts.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).sum()
}

/// Begins a call of each API that stores something, and leaves it to its delay.
fn begin(address: SocketAddr) -> Vec<Connection> {
    let facade = Facade::logged_in(address, &rand::random::<u64>().to_string());
    let rule = json!({"program": "demo", "times": 3, "answer": {"delay_ms": DELAY_MS}});
    assert_eq!(control(address, "POST", "/faults", &rule).0, 201);
    let certify = json!({"api": "pims.authentication.smscode",
        "parameters": {"type": "phoneNumberCertification", "phoneNumber": "0612345678"}});
    let parameters = [("CustSpaceId", "cams-demo"), ("CountryCode", "1"), ("MobileNumber", "5195550144")];
    let requests = [
        Envelope::save_account_phone().request(address),
        caller::Call::new("CreateChatappMigrationInitiate", &parameters).request(),
        facade.request("get", "", &certify.to_string()),
    ];
    let calls = requests.map(|request| {
        let mut connection = Connection::open(address);
        connection.send(&request).expect("a request");
        connection
    });
    wait_for("three calls that wait", || {
        get(address, "/faults")["faults"].as_array().is_some_and(|rules| rules.iter().all(|rule| rule["used"] == 3))
    });
    calls.into()
}

/// The calls of one node come to nothing when another one, or the same, has replaced their program.
fn expect_nothing([calling, replacing]: [SocketAddr; 2], method: &str, path: &str, body: &Value) {
    let calls = begin(calling);
    control(calling, "DELETE", "/journal", &Value::Null);
    let before = counted(calling);
    let (status, said) = control(replacing, method, path, body);
    assert_eq!(status, 204, "{method} {path}: {said}");
    for mut call in calls {
        let answer = call.read_answer();
        assert!(answer.is_err(), "{method} {path}: {answer:?}");
    }
    for address in [calling, replacing] {
        assert_eq!(get(address, "/journal")["entries"], json!([]), "{method} {path}");
        assert_eq!(get(address, "/messages")["messages"], json!([]), "{method} {path}");
    }
    assert_eq!(counted(calling), before, "{method} {path}");
    if method == "DELETE" {
        return;
    }
    assert_eq!(get(replacing, "/programs/demo/verifications")["verifications"], json!([]), "{method} {path}");
    assert_eq!(get(replacing, "/programs/demo/members/1001")["phones"], json!([]), "{method} {path}");
    // What begins now is noted and counted.
    assert_eq!(call(calling), 0, "{method} {path}");
    wait_for("a call in the journal", || {
        get(calling, "/journal")["entries"].as_array().is_some_and(|all| all.len() == 1)
    });
    assert_eq!(counted(calling), before + 1, "{method} {path}");
}

fn call(address: SocketAddr) -> i32 {
    crate::harness::exchange(address, &Envelope::save_account_phone().request(address)).return_code()
}

/// All ways to replace the program: with what it is, so that its token and its accounts go on.
fn replacements() -> [(&'static str, &'static str, Value); 5] {
    let state: Value = serde_json::from_str(DEFAULT).expect("JSON");
    let program = state["programs"].as_array().expect("programs").iter().find(|program| program["name"] == "demo");
    let program = program.expect("demo").clone();
    [
        ("POST", "/reset", Value::Null),
        ("POST", "/programs/demo/reset", Value::Null),
        ("PUT", "/programs/demo", program),
        ("PUT", "/state", state),
        ("DELETE", "/programs/demo", Value::Null),
    ]
}

#[test]
fn a_call_that_began_before_its_program_was_replaced_comes_to_nothing() {
    thread::scope(|scope| {
        for (method, path, body) in replacements() {
            scope.spawn(move || {
                let app = TestApp::start();
                expect_nothing([app.address(); 2], method, path, &body);
            });
        }
    });
}

#[test]
fn a_program_replaced_by_one_node_ends_the_calls_of_another() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(2, &database.url(), DEFAULT);
    for (method, path, body) in replacements() {
        expect_nothing([nodes[0].address(), nodes[1].address()], method, path, &body);
    }
    nodes.stop();
}

#[test]
fn a_call_that_begins_after_a_replacement_is_answered_by_a_node_that_has_not_heard_of_it() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(2, &database.url(), DEFAULT);
    let (_, _, program) = replacements()[2].clone();
    for round in 0..30 {
        let (status, said) = control(nodes[round % 2].address(), "PUT", "/programs/demo", &program);
        assert_eq!(status, 204, "{said}");
        assert_eq!(call(nodes[1 - round % 2].address()), 0, "round {round}");
    }
    nodes.stop();
}

#[test]
fn a_change_of_a_program_leaves_its_calls_alone() {
    let app = TestApp::start();
    let mut calls = begin(app.address());
    let token = json!({"token": "ANOTHER"});
    assert_eq!(control(app.address(), "POST", "/programs/demo/security-tokens", &token).0, 201);
    for call in &mut calls {
        assert_eq!(call.read_answer().expect("an answer").status, 200);
    }
    let numbers = get(app.address(), "/programs/demo/members/1001");
    assert_eq!(numbers["phones"][0]["number"], "+15195550123");
}

#[test]
fn a_call_with_a_token_that_only_a_reset_brings_back_comes_to_nothing() {
    let app = TestApp::start();
    let address = app.address();
    assert_eq!(control(address, "DELETE", "/programs/demo/security-tokens/TEST-TOKEN", &Value::Null).0, 204);
    let rule = json!({"answer": {"delay_ms": DELAY_MS}});
    assert_eq!(control(address, "POST", "/faults", &rule).0, 201);
    let mut call = app.connect();
    call.send(&Envelope::save_account_phone().request(address)).expect("a request");
    wait_for("a call that waits", || get(address, "/faults")["faults"] == json!([]));
    assert_eq!(control(address, "POST", "/programs/demo/reset", &Value::Null).0, 204);
    assert!(call.read_answer().is_err());
    assert_eq!(get(address, "/programs/demo/members/1001")["phones"], json!([]));
}
