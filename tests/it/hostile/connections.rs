//! Many connections that keep the server waiting.

use std::net::TcpStream;
use std::thread;

use super::{AttackClient, MAX_BODY, SOAP_ACTION, envelope, post, request};
use crate::harness::{Envelope, end_of_head};

#[test]
fn half_sent_requests_keep_nobody_waiting_but_their_senders() {
    let client = AttackClient::begin();
    let good = post(&envelope());
    let end_of_head = end_of_head(&good);
    let chunked =
        request(&[SOAP_ACTION, "Transfer-Encoding: chunked"], &format!("{:x}\r\n{}", envelope().len(), envelope()));
    let mut given_up = Vec::new();
    let mut finished = Vec::new();
    for number in 0..500 {
        let mut connection = client.connect();
        let (sent, rest): (&[u8], &[u8]) = match number % 5 {
            0 => good.split_at(end_of_head / 2),
            1 => good.split_at(end_of_head - 1),
            2 => good.split_at(end_of_head),
            3 => good.split_at(good.len() - 1),
            _ => (&chunked, b"\r\n0\r\n\r\n"),
        };
        connection.send(sent).expect("a server that reads");
        // Half a head is waited for too short a time to be finished on the slowest machine.
        if number % 5 < 2 || number % 2 == 0 {
            given_up.push(connection);
        } else {
            finished.push((connection, rest));
        }
    }
    client.let_others_call(100);
    drop(given_up);
    for (mut connection, rest) in finished {
        connection.send(rest).expect("a server that reads on");
        assert_eq!(connection.read_answer().expect("an answer").return_code(), 0);
    }
    client.end();
}

/// Bodies of 4 MiB that are under way at the same time.
const LARGE_CALLS: usize = 50;

#[test]
fn bodies_of_four_mebibytes_at_once_do_not_fill_memory() {
    let client = AttackClient::begin();
    let token = "x".repeat(MAX_BODY - 1_000);
    let large = post(&Envelope::save_account_phone().with("SecurityToken", token).xml());
    let answered = thread::scope(|scope| {
        let large_call = || client.connect().exchange(&large);
        let large: Vec<_> = (0..LARGE_CALLS).map(|_| scope.spawn(large_call)).collect();
        let answers = large.into_iter().map(|large_call| large_call.join().expect("a caller"));
        // On a slow machine some are told in time that there is no room, which they may not hear while they still send.
        answers.flatten().filter(|answer| answer.status != 503).map(|answer| answer.return_code()).collect::<Vec<_>>()
    });
    assert!(!answered.is_empty() && answered.iter().all(|code| *code == 100), "{answered:?}");
    client.end();
}

#[test]
fn connections_without_a_word_keep_nobody_waiting() {
    let client = AttackClient::begin();
    for _ in 0..5 {
        let silent: Vec<_> = (0..200).map(|_| TcpStream::connect(client.server.address())).collect();
        assert!(silent.iter().all(Result::is_ok));
        client.let_others_call(20);
    }
    client.end();
}
