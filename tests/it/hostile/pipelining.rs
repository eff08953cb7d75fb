//! Many requests at once on one connection.

use std::io::{self, Write};
use std::net::TcpStream;

use super::{AttackClient, envelope, post};
use crate::harness::Envelope;
use crate::many_members;

#[test]
fn pipelined_calls_are_answered_in_their_order() {
    let client = AttackClient::begin();
    let call = |index: usize| match index % 3 {
        0 => Envelope::save_account_phone()
            .with("PhoneNumberTypeExternalReference", "WORK")
            .with("PhoneNumber", many_members::number(index)),
        1 => Envelope::save_account_phone().with("MemberId", -1),
        _ => Envelope::save_account_phone().with("MemberId", "x").soap12(),
    };
    let all: Vec<u8> = (0..200).flat_map(|index| call(index).request(client.server.address())).collect();
    let mut connection = client.connect();
    connection.send(&all).expect("a server that reads");
    for index in 0..200 {
        let answer = connection.read_answer().expect("an answer");
        match index % 3 {
            0 => {
                let digits: String = answer.saved_phone_number().chars().filter(char::is_ascii_digit).collect();
                assert_eq!(digits, many_members::number(index).to_string());
            }
            1 => assert_eq!(answer.return_code(), 311),
            _ => assert_eq!((answer.status, answer.text().contains("soap:Sender")), (500, true)),
        }
    }
    drop(connection);
    client.end();
}

#[test]
fn what_follows_a_call_does_not_change_its_answer() {
    let client = AttackClient::begin();
    let good = post(&envelope());
    for garbage in [
        &b"nonsense\r\n\r\n"[..],
        b"\0\0\0\0\r\n\r\n",
        b"<a/>\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ] {
        let answers = client.last_answers(&[&good, garbage].concat());
        let [first, second] = &answers[..] else { unreachable!("{answers:?}") };
        assert_eq!((first.return_code(), second.status), (0, 400));
    }
    client.end();
}

#[test]
fn who_never_reads_is_not_served_without_end() {
    let client = AttackClient::begin();
    let calls = post(&envelope()).repeat(100);
    let mut deaf: Vec<_> = (0..8)
        .map(|_| {
            let stream = TcpStream::connect(client.server.address()).expect("a connection");
            stream.set_nonblocking(true).expect("a socket");
            stream
        })
        .collect();
    // Each round sends until nothing more is taken.
    for _ in 0..10 {
        for stream in &mut deaf {
            let mut sent = 0;
            let error = loop {
                match stream.write(&calls) {
                    Ok(length) => sent += length,
                    Err(error) => break error,
                }
                assert!(sent < 64 << 20, "the server goes on reading, although nobody takes its answers");
            };
            assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        }
        client.let_others_call(20);
    }
    drop(deaf);
    client.end();
}
