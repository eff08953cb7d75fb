//! A client's line to the database.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::messages::{Message, Messages, SSL_REQUEST};
use super::pipe::Pipe;
use super::{Cut, LATE, Rules};

/// The database says this letter when it has answered everything up to a [synchronisation](asks_for_all).
const READY: u8 = b'Z';
/// An answer that everybody may hear.
const NONE: u64 = u64::MAX;

/// Carries what both ends say, until one of them is gone or the line is cut.
pub fn open(client: TcpStream, server: TcpStream, rules: Arc<Rules>) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let silenced = Arc::new(AtomicU64::new(NONE));
    let port = server.local_addr()?.port();
    let (to_server, to_client) = (Pipe::to(server.try_clone()?), Pipe::to(client.try_clone()?));
    thread::spawn({
        let (rules, silenced) = (Arc::clone(&rules), Arc::clone(&silenced));
        move || carry_questions(client, &to_server, port, &rules, &silenced)
    });
    thread::spawn(move || carry_answers(server, &to_client, &rules, &silenced));
    Ok(())
}

/// Ends with the client. Every way out drops the pipe, and with it the line.
fn carry_questions(mut client: TcpStream, to: &Pipe, port: u16, rules: &Rules, silenced: &AtomicU64) -> Option<()> {
    let mut messages = Messages::of(client.try_clone().ok()?);
    let mut first = messages.first().ok()?;
    if first.content().starts_with(&SSL_REQUEST) {
        client.write_all(b"N").ok()?;
        first = messages.first().ok()?;
    }
    to.send(rules.now().delay, first.bytes)?;
    let mut statements = HashMap::new();
    // The first one answers the message above.
    let mut asked = 1;
    loop {
        let message = messages.next().ok()?;
        let mut texts = message.texts();
        let statement = match message.letter {
            b'P' => {
                statements.insert(texts.next()?, texts.next()?);
                None
            }
            b'B' => statements.get(&texts.nth(1)?).cloned(),
            b'Q' => texts.next(),
            _ => None,
        };
        drop(texts);
        match statement.and_then(|statement| rules.spring(&statement, port)) {
            Some(Cut::WithinMessage) => {
                let half = message.bytes[..message.bytes.len() / 2].to_vec();
                to.send(rules.now().delay, half)?;
                rules.count_cut();
                return None;
            }
            Some(Cut::BeforeAnswer) => silenced.store(asked, Ordering::SeqCst),
            Some(Cut::Late) => {
                let bytes = read_on(message, &mut messages)?;
                client.shutdown(Shutdown::Both).ok()?;
                rules.count_cut();
                return to.send(LATE, bytes);
            }
            None => {}
        }
        asked += u64::from(asks_for_all(message.letter));
        to.send(rules.now().delay, message.bytes)?;
    }
}

/// A message with all that belongs to it.
fn read_on(first: Message, messages: &mut Messages) -> Option<Vec<u8>> {
    let (mut letter, mut bytes) = (first.letter, first.bytes);
    while !asks_for_all(letter) {
        let next = messages.next().ok()?;
        letter = next.letter;
        bytes.extend(next.bytes);
    }
    Some(bytes)
}

/// Whether the database answers a message, and all before it, with [`READY`] at the end.
fn asks_for_all(letter: u8) -> bool {
    [b'Q', b'S'].contains(&letter)
}

/// Ends with the database, or when it has given the answer that nobody is to hear.
fn carry_answers(server: TcpStream, to: &Pipe, rules: &Rules, silenced: &AtomicU64) -> Option<()> {
    let mut messages = Messages::of(server);
    let mut answered = 0;
    loop {
        let message = messages.next().ok()?;
        let is_silenced = answered >= silenced.load(Ordering::SeqCst);
        answered += u64::from(message.letter == READY);
        match is_silenced {
            true if message.letter == READY => {
                rules.count_cut();
                return None;
            }
            true => {}
            false => to.send(rules.now().delay, message.bytes)?,
        }
    }
}
