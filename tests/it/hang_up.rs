//! Connections that are broken off on purpose.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use sync_asmx::testing::Server;

use crate::harness::{Connection, Envelope, PATIENCE};

/// All that comes back, and how it ends.
fn rest(stream: &mut TcpStream) -> (Vec<u8>, io::Result<()>) {
    let mut all = Vec::new();
    let end = stream.read_to_end(&mut all).map(drop);
    (all, end)
}

#[test]
fn a_call_without_an_answer_ends_in_a_reset_and_the_next_one_is_served() {
    let server = Server::start();
    let address = server.url().strip_prefix("http://").expect("an address").parse().expect("an address");
    server.fault(r#"{"times": 2, "member_id": 1001, "answer": {"disconnect": true}}"#);
    let request = Envelope::save_account_phone().request(address);

    let mut alone = TcpStream::connect(address).expect("a connection");
    alone.set_read_timeout(Some(PATIENCE)).expect("a socket");
    alone.write_all(&request).expect("a server that reads");
    let (bytes, end) = rest(&mut alone);
    assert_eq!(bytes, b"");
    assert_eq!(end.expect_err("no orderly end").kind(), io::ErrorKind::ConnectionReset);

    let mut used = Connection::open(address);
    let other = Envelope::save_account_phone().with("MemberId", 4711).request(address);
    assert_eq!(used.exchange(&other).expect("an answer").return_code(), 311);
    assert!(used.exchange(&request).is_err());
    assert!(used.ends());

    assert_eq!(Connection::open(address).exchange(&request).expect("an answer").return_code(), 0);
}
