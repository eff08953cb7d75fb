//! Hostile HTTP: requests that are none, lengths that contradict each other, heads without an end.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use super::{AttackClient, SOAP_ACTION, envelope, post, request};
use crate::harness::{Answer, PATIENCE};

impl AttackClient {
    /// Sends bytes after which the server has to hang up, and gives all answers that came before.
    pub(super) fn last_answers(&self, bytes: &[u8]) -> Vec<Answer> {
        let mut connection = self.connect();
        // The server may hang up before it has read everything; its answer counts, if it isn't lost thereby.
        let _ = connection.send(bytes);
        let mut answers = Vec::new();
        while let Ok(answer) = connection.read_answer() {
            answers.push(answer);
        }
        assert!(connection.ends(), "the connection stays open after {answers:?}");
        answers
    }

    fn assert_refused(&self, bytes: &[u8], status: u16) {
        let answers = self.last_answers(bytes);
        let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]);
        assert!(matches!(&answers[..], [answer] if answer.status == status), "{beginning:?}: {answers:?}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let client = AttackClient::begin();
    let good = String::from_utf8(post(&envelope())).expect("text");
    let client_hello = [&b"\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03"[..], &[0x5A; 506]].concat();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET /\r\n",
        b"GET /Services/Sync.asmx\r\n\r\n",
        b"POST /Services/Sync.asmx HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        &client_hello,
        &[0; 1_000],
        &[0xFF; 1_000],
        b"\r\n\r\n: \r\n\r\n",
        b"POST /Services/\0Sync.asmx HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /Services/Sync.asmx HTTP/1.1\r\n\r\n",
        b"POST /Services/Sync.asmx HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        good.replacen("Host: localhost", "Host: localhost\r\nX: a\0b", 1).as_bytes(),
        good.replacen("Host: localhost", "Host: localhost\r\nno colon", 1).as_bytes(),
        good.replacen("Host: localhost", "Host: localhost\r\nX: a\r\n folded", 1).as_bytes(),
        good.replacen("Host: localhost", "Host: localhost\r\nX : a", 1).as_bytes(),
        good.replacen("Host: localhost", "Host: localhost\rX: a", 1).as_bytes(),
    ] {
        client.assert_refused(bytes, 400);
    }
    // Bare line feeds are taken for line ends, as RFC 9112 allows.
    let (head, body) = good.split_once("\r\n\r\n").expect("a head");
    let bare = format!("{}\n\n{body}", head.replace("\r\n", "\n"));
    assert_eq!(client.connect().exchange(bare.as_bytes()).expect("an answer").return_code(), 0);
    client.end();
}

#[test]
fn a_length_that_is_in_doubt_is_refused() {
    let client = AttackClient::begin();
    let envelope = envelope();
    let length = envelope.len();
    // Whoever believes another length than we do takes what follows for a second request.
    let behind = format!("{envelope}GET /Services/Sync.asmx?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for headers in [
        vec!["Content-Length: -1"],
        vec!["Content-Length: +5"],
        vec!["Content-Length: 0x10"],
        vec!["Content-Length: 1e3"],
        vec!["Content-Length:"],
        vec!["Content-Length: 99999999999999999999999999"],
        vec![&format!("Content-Length: {length}, {length}")],
        vec![&format!("Content-Length: {length}"), "Content-Length: 0"],
        vec!["Content-Length: 0", &format!("Content-Length: {length}")],
        vec![&format!("Content-Length: {length}"), "Transfer-Encoding: chunked"],
        vec!["Transfer-Encoding: chunked", &format!("Content-Length: {length}")],
        vec!["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        vec!["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        vec!["Transfer-Encoding: identity"],
        vec!["Transfer-Encoding: gzip, chunked"],
        vec!["Transfer-Encoding: chunked, gzip"],
        vec!["Transfer-Encoding: \"chunked\""],
        vec!["Transfer-Encoding: xchunked"],
        vec!["Transfer-Encoding : chunked"],
        vec!["Transfer-Encoding:\x0Bchunked"],
    ] {
        client.assert_refused(&request(&[&[SOAP_ACTION], &headers[..]].concat(), &behind), 400);
    }
    let old = String::from_utf8(request(&[SOAP_ACTION, "Transfer-Encoding: chunked"], "0\r\n\r\n")).expect("text");
    client.assert_refused(old.replacen("HTTP/1.1", "HTTP/1.0", 1).as_bytes(), 400);
    client.end();
}

#[test]
fn broken_chunks_are_refused_and_odd_ones_are_read() {
    let client = AttackClient::begin();
    let envelope = envelope();
    let chunked = |body: &str| request(&[SOAP_ACTION, "Transfer-Encoding: chunked"], body);
    for body in [
        "zz\r\n",
        "-5\r\nabcde\r\n0\r\n\r\n",
        "+5\r\nabcde\r\n0\r\n\r\n",
        "0x5\r\nabcde\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nabc",
        "5\r\nabcdeXX0\r\n\r\n",
        "\r\n\r\n",
        ";x\r\n",
        "5\nabcde\n0\n\n",
    ] {
        client.assert_refused(&chunked(body), 400);
    }
    let size = format!("{:x}", envelope.len());
    let (extension, trailer) = (";name=value".repeat(100_000), "Name: value\r\n".repeat(100_000));
    let byte_by_byte = |extension: &str| {
        let chunk = |byte| format!("1{extension}\r\n{}\r\n", char::from(byte));
        envelope.bytes().map(chunk).collect::<String>() + "0\r\n\r\n"
    };
    for body in [
        format!("{size}{extension}\r\n{envelope}\r\n0{extension}\r\n\r\n"),
        format!("{size}\r\n{envelope}\r\n0\r\n{trailer}\r\n"),
        format!("{}{size}\r\n{envelope}\r\n0\r\n\r\n", "0".repeat(1_000)),
        byte_by_byte(""),
        byte_by_byte(&";name=value".repeat(20)),
    ] {
        let answer = client.connect().exchange(&chunked(&body)).expect("an answer");
        assert_eq!(answer.return_code(), 0);
    }
    client.end();
}

#[test]
fn a_head_without_an_end_is_cut_off() {
    let client = AttackClient::begin();
    let many = |count| {
        let headers = (0..count).fold(String::new(), |mut all, number| {
            let _ = write!(all, "X-{number}: {number}\r\n");
            all
        });
        request(&[SOAP_ACTION, headers.trim_end()], &envelope())
    };
    let one = |length| request(&[SOAP_ACTION, &format!("X: {}", "x".repeat(length))], &envelope());
    for bytes in [many(90), one(100_000)] {
        assert_eq!(client.connect().exchange(&bytes).expect("an answer").return_code(), 0);
    }
    client.assert_refused(&many(100), 431);
    let path = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(70_000));
    client.assert_refused(path.as_bytes(), 400);
    for bytes in [many(100_000), one(1 << 20)] {
        // So much is under way that the answer may be lost when the server hangs up.
        let answers = client.last_answers(&bytes);
        assert!(answers.iter().all(|answer| answer.status == 431), "{answers:?}");
    }
    for chunk in ["X: y\r\n", "x", "\r\n", "\0"] {
        assert!(client.send_for_ever("POST / HTTP/1.1\r\n", &chunk.repeat(10_000)) < 64 << 20, "{chunk:?}");
    }
    client.end();
}

impl AttackClient {
    /// Sends a chunk again and again until the server hangs up, and says how many bytes it took.
    fn send_for_ever(&self, beginning: &str, chunk: &str) -> usize {
        let mut stream = TcpStream::connect(self.server.address()).expect("a connection");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        let mut sent = 0;
        let error = loop {
            let next = if sent == 0 { beginning } else { chunk };
            match stream.write(next.as_bytes()) {
                Ok(length) => sent += length,
                Err(error) => break error,
            }
            assert!(sent < 1 << 30, "the server reads on");
        };
        assert!(matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe), "{error}");
        let _ = stream.read(&mut [0]);
        sent
    }
}
