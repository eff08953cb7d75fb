//! What SIGTERM and Ctrl-C wait for.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::{Connection, Envelope, PATIENCE, Process, command, end_of_head, exchange, wait_for};

/// How long the end may take where no database is waited for.
const LONGEST: Duration = Duration::from_secs(5);

fn start() -> (Process, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::start(command(folder.path(), &["--listen", "127.0.0.1:0", "--ledger", "sqlite:ledger.db"]));
    (process, folder)
}

/// A connection on which all but the end of a call was sent, and that end. The server waits for it.
fn half_sent(server: &Process) -> (Connection, Vec<u8>) {
    let request = Envelope::save_account_phone().request(server.address());
    let (head, body) = request.split_at(end_of_head(&request));
    let mut connection = server.connect();
    connection.send(head).expect("a server that reads");
    // The server has accepted the connections before this one, when this one is answered.
    assert_eq!(server.call(&Envelope::save_account_phone().with("MemberId", 4711)).return_code(), 311);
    (connection, body.to_vec())
}

fn control(server: &Process, method: &str, path: &str, json: &str) -> String {
    let head = format!("{method} /_emulator{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    exchange(server.address(), format!("{head}Content-Length: {}\r\n\r\n{json}", json.len()).as_bytes()).text()
}

#[test]
fn a_call_that_is_delayed_on_purpose_is_cut_and_others_are_answered() {
    let (mut server, _folder) = start();
    control(&server, "POST", "/faults", r#"{"member_id":1002,"answer":{"delay_ms":600000}}"#);
    let delayed = Envelope::save_account_phone().with("MemberId", 1002).with("PhoneNumber", "+15195550177");
    let mut waiting = server.connect();
    waiting.send(&delayed.request(server.address())).expect("a server that reads");
    wait_for("the delay", || !control(&server, "GET", "/faults", "").contains("delay_ms"));
    let (mut connection, rest) = half_sent(&server);
    let asked = Instant::now();
    server.terminate();
    wait_for("a closed port", || Connection::try_open(server.address()).is_err());
    connection.send(&rest).expect("a server that reads on");
    assert_eq!(connection.read_answer().expect("an answer").return_code(), 0);
    assert!(waiting.read_answer().is_err(), "a delayed call is cut");
    assert!(server.wait().success());
    assert!(asked.elapsed() < LONGEST, "took {:?}", asked.elapsed());
}

#[test]
fn clients_that_neither_send_nor_read_do_not_hold_up_the_end() {
    let (mut server, _folder) = start();
    let mut deaf = TcpStream::connect(server.address()).expect("a connection");
    deaf.set_nonblocking(true).expect("a socket");
    let page = b"GET /Services/Sync.asmx?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000);
    // Until neither side takes more.
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE && deaf.write(&page).is_ok() {}
    let (mut silent, _) = half_sent(&server);
    let asked = Instant::now();
    server.terminate();
    assert_eq!(silent.read_answer().expect("an answer").status, 408);
    assert!(server.wait().success());
    assert!(asked.elapsed() < LONGEST, "took {:?}", asked.elapsed());
    drop(deaf);
}

#[test]
fn a_streamed_answer_does_not_hold_up_the_end() {
    let (mut server, _folder) = start();
    let members: Vec<_> = (1..20_000).map(|member| format!(r#"{{"member_id":{member}}}"#)).collect();
    control(&server, "PUT", "/programs/large", &format!(r#"{{"members":[{}]}}"#, members.join(",")));
    let mut reader = TcpStream::connect(server.address()).expect("a connection");
    reader.write_all(b"GET /_emulator/state HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a server that reads");
    // It reads, but too slowly.
    assert_eq!(reader.read(&mut [0; 100]).expect("the beginning"), 100);
    let asked = Instant::now();
    server.terminate();
    assert!(server.wait().success());
    assert!(asked.elapsed() < LONGEST, "took {:?}", asked.elapsed());
}

#[test]
fn one_more_ctrl_c_ends_it_at_once() {
    let (mut server, _folder) = start();
    let (_connection, _) = half_sent(&server);
    server.signal("INT");
    wait_for("a closed port", || Connection::try_open(server.address()).is_err());
    server.signal("INT");
    assert_eq!(server.wait().code(), Some(130));
}
