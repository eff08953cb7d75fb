//! Connections: how long the server waits for whom, what it reads of whom, and whom it doesn't let in.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use sync_asmx::server::Timeouts;

use crate::harness::{Answer, Connection, Envelope, PATIENCE, Process, TestApp, command, end_of_head};

/// So little that a test can wait for its end. actix-http's clock goes by halves of a second.
const LITTLE: Duration = Duration::from_secs(1);
/// So much that no test sees its end.
const AMPLE: Timeouts = Timeouts {
    head: PATIENCE,
    body: PATIENCE,
    idle: PATIENCE,
    answer: PATIENCE,
    last_bytes: PATIENCE,
    last_calls: PATIENCE,
};

/// A good call, and where its head ends.
fn call(app: &TestApp) -> (Vec<u8>, usize) {
    let call = Envelope::save_account_phone().request(app.address());
    let head = end_of_head(&call);
    (call, head)
}

/// A post with headers of the test's own.
fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n{headers}\r\n\r\n{body}").into_bytes()
}

const PATH: &str = "/Services/Sync.asmx";

#[test]
fn a_head_that_is_not_finished_is_cut_off_whether_it_is_the_first_or_not() {
    let app = TestApp::with_timeouts(Timeouts { head: LITTLE, ..AMPLE });
    let (call, head) = call(&app);
    let mut first = app.connect();
    first.send(&call[..head - 1]).expect("a server that reads");
    assert_eq!(first.read_answer().expect("an answer").status, 408);
    assert!(first.ends());

    for beginning in [1, head - 1] {
        let mut later = app.connect();
        assert_eq!(later.exchange(&call).expect("an answer").return_code(), 0);
        later.send(&call[..beginning]).expect("a server that reads");
        assert!(later.ends());
    }
    // Both in one chunk.
    let mut later = app.connect();
    later.send(&[&call[..], &call[..head - 2]].concat()).expect("a server that reads");
    assert_eq!(later.read_answer().expect("an answer").return_code(), 0);
    later.send(b"\r").expect("a server that reads");
    assert!(later.ends());
}

#[test]
fn a_head_that_comes_byte_by_byte_is_cut_off() {
    let app = TestApp::with_timeouts(Timeouts { head: LITTLE, ..AMPLE });
    let mut connection = app.connect();
    assert_eq!(connection.exchange(&call(&app).0).expect("an answer").return_code(), 0);
    connection.send(b"POST / HTTP/1.1\r\nX: ").expect("a server that reads");
    while connection.send(b"x").is_ok() {
        thread::sleep(LITTLE / 50);
    }
}

#[test]
fn an_idle_connection_is_closed() {
    let app = TestApp::with_timeouts(Timeouts { idle: LITTLE, ..AMPLE });
    let (call, _) = call(&app);
    assert!(app.connect().ends());
    let mut connection = app.connect();
    for _ in 0..3 {
        assert_eq!(connection.exchange(&call).expect("an answer").return_code(), 0);
    }
    assert!(connection.ends());
}

#[test]
fn a_body_without_an_end_does_not_keep_a_connection_that_had_its_answer() {
    let app = TestApp::with_timeouts(Timeouts { idle: LITTLE, ..AMPLE });
    let mut connection = app.connect();
    connection.send(&post("/elsewhere", "Transfer-Encoding: chunked", "5\r\nab")).expect("a server that reads");
    assert_eq!(connection.read_answer().expect("an answer").status, 404);
    assert!(connection.ends());
}

#[test]
fn who_reads_no_answer_is_dropped() {
    let app = TestApp::with_timeouts(Timeouts { answer: LITTLE, ..AMPLE });
    let calls = call(&app).0.repeat(100);
    let mut deaf = TcpStream::connect(app.address()).expect("a connection");
    deaf.set_write_timeout(Some(PATIENCE)).expect("a socket");
    let mut sent = 0;
    let error = loop {
        match deaf.write(&calls) {
            Ok(length) => sent += length,
            Err(error) => break error,
        }
        assert!(sent < 64 << 20, "the server reads on");
    };
    assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "the server waits for ever");
}

#[test]
fn who_reads_the_answers_late_gets_them_all() {
    const REQUESTS: usize = 2_000;
    let app = TestApp::with_timeouts(AMPLE);
    let page = format!("GET {PATH}?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes();
    let stream = TcpStream::connect(app.address()).expect("a connection");
    let mut sender = stream.try_clone().expect("a connection");
    thread::scope(|scope| {
        scope.spawn(|| sender.write_all(&page.repeat(REQUESTS)).expect("a server that reads on"));
        // By now there are more answers than the connection holds.
        for _ in 0..20 {
            assert_eq!(app.exchange(&page).status, 200);
        }
        let mut reader = Connection::new(stream);
        for _ in 0..REQUESTS {
            assert_eq!(reader.read_answer().expect("an answer").status, 200);
        }
    });
}

fn assert_turned_away(app: &TestApp, request: &[u8], status: u16) {
    let mut connection = app.connect();
    let answer = connection.exchange(request).expect("an answer");
    let Answer { status: actual, ref body, continued, .. } = answer;
    assert_eq!((actual, &body[..], continued), (status, &b""[..], false), "{answer:?}");
    assert_eq!(answer.header("connection").map(str::to_ascii_lowercase).as_deref(), Some("close"));
    assert!(connection.ends());
}

#[test]
fn a_body_longer_than_iis_takes_is_not_waited_for() {
    let app = TestApp::start();
    for length in ["30000001", "18446744073709551615"] {
        for expect in ["", "\r\nExpect: 100-continue"] {
            let headers = format!("Content-Length: {length}{expect}");
            assert_turned_away(&app, &post(PATH, &headers, ""), 413);
            assert_turned_away(&app, &post("/elsewhere", &headers, ""), 413);
        }
    }
    // What is shorter is asked for, though it be too long for ASP.NET.
    let mut connection = app.connect();
    let headers = "Content-Length: 30000000\r\nExpect: 100-continue";
    let answer = connection.exchange(&post(PATH, headers, &" ".repeat(30_000_000))).expect("an answer");
    assert_eq!((answer.status, answer.continued), (500, true));
}

#[test]
fn what_follows_a_request_for_websocket_is_not_taken_for_its_body() {
    let app = TestApp::start();
    let envelope = Envelope::save_account_phone().xml();
    let length = format!("Content-Length: {}", envelope.len());
    for upgrade in
        ["Upgrade: websocket", "Upgrade: WebSocket\r\nConnection: Upgrade", "Upgrade: x\r\nUpgrade:websocket "]
    {
        let headers = format!("{length}\r\n{upgrade}");
        let behind = format!("{envelope}GET {PATH}?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_turned_away(&app, &post(PATH, &headers, &behind), 400);
        assert_turned_away(&app, &post(PATH, &format!("{headers}\r\nExpect: 100-continue"), &behind), 400);
    }
    // Java's client asks for another protocol, and does without.
    let headers =
        format!("{length}\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAA");
    assert_eq!(app.exchange(&post(PATH, &headers, &envelope)).status, 200);
}

#[test]
fn a_broken_body_is_answered_400() {
    let app = TestApp::start();
    for body in ["zz\r\n", "5\r\nabcdeXX"] {
        let mut connection = app.connect();
        let answer = connection.exchange(&post(PATH, "Transfer-Encoding: chunked", body)).expect("an answer");
        assert_eq!((answer.status, answer.text().as_str()), (400, ""));
        assert!(connection.ends());
    }
}

fn process(folder: &std::path::Path) -> Process {
    Process::start(command(folder, &["--listen", "127.0.0.1:0", "--ledger", "memory:"]))
}

#[test]
fn large_bodies_wait_for_room_and_small_ones_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = process(folder.path());
    let token = "x".repeat((4096 << 10) - 1_000);
    let large = Envelope::save_account_phone().with("SecurityToken", token).request(server.address());
    let (most, last) = large.split_at(large.len() - 1);
    // So many that they don't fit all at once; and more than once, so that room that wasn't given back would be missed.
    for _ in 0..3 {
        thread::scope(|scope| {
            let large_call = || {
                // On a slow machine some are told that there is no memory in time, and come again.
                loop {
                    let mut connection = server.connect();
                    connection.send(most).expect("a server that lets wait");
                    connection.send(last).expect("a server that lets wait");
                    let answer = connection.read_answer().expect("an answer");
                    if answer.status != 503 {
                        return answer.return_code();
                    }
                }
            };
            let large: Vec<_> = (0..20).map(|_| scope.spawn(large_call)).collect();
            for _ in 0..20 {
                assert_eq!(server.call(&Envelope::save_account_phone()).return_code(), 0);
            }
            for large_call in large {
                assert_eq!(large_call.join().expect("a caller"), 100);
            }
        });
        // Who gives up leaves room.
        let mut given_up: Vec<_> = (0..4).map(|_| server.connect()).collect();
        for connection in &mut given_up {
            connection.send(most).expect("a server that reads");
        }
    }
}

#[test]
fn broken_requests_leave_no_line_in_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = process(folder.path());
    for request in [
        b"nonsense\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n".to_vec(),
        post(PATH, "Content-Length: x", ""),
        post(PATH, "Transfer-Encoding: chunked", "zz\r\n"),
        post(PATH, "Content-Length: 30000001", ""),
        post(PATH, &format!("X: {}", "x".repeat(200_000)), ""),
    ] {
        let mut connection = server.connect();
        // The answer may be lost when the server hangs up on what it hasn't read.
        let _ = connection.exchange(&request);
        assert!(connection.ends());
    }
    assert_eq!(server.call(&Envelope::save_account_phone()).return_code(), 0);
    let stderr = server.stderr();
    assert!(stderr.lines().all(|line| line.contains(" listening ")), "{stderr}");
}
