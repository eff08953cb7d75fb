//! Input made to do harm. Whatever is sent, it is answered or hung up on, others are served meanwhile, and memory is bounded.

mod connections;
mod documents;
mod http;
mod journal;
mod large_documents;
mod pipelining;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use tempfile::TempDir;

use crate::harness::{Answer, Connection, Envelope, PATIENCE, Process, command, exchange};

/// What the server may take at its peak, whatever happens.
const MAX_MEMORY: u64 = 150 << 20;
/// The longest body that is read as a message.
const MAX_BODY: usize = 4096 << 10;

/// The real binary under attack, and another client that goes on calling it all the while, on one connection and on new ones.
struct AttackClient {
    server: Process,
    answered: Arc<AtomicUsize>,
    other: JoinHandle<()>,
    _folder: TempDir,
}

impl AttackClient {
    fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server =
            Process::start(command(folder.path(), &["--listen", "127.0.0.1:0", "--ledger", "sqlite:ledger.db"]));
        let answered = Arc::new(AtomicUsize::new(0));
        let (address, calls) = (server.address(), Arc::clone(&answered));
        let other = thread::spawn(move || {
            let request = Envelope::save_account_phone().request(address);
            let mut lasting = Connection::open(address);
            // The client is over when the others have let go of the counter.
            while Arc::strong_count(&calls) > 1 {
                for connection in [&mut lasting, &mut Connection::open(address)] {
                    let answer = connection.exchange(&request).expect("an answer for the other client");
                    assert_eq!(answer.return_code(), 0, "{answer:?}");
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Self { server, answered, other, _folder: folder }
    }

    fn connect(&self) -> Connection {
        self.server.connect()
    }

    /// Posts a body with the right `SOAPAction`.
    fn post(&self, body: &str) -> Answer {
        exchange(self.server.address(), &post(body))
    }

    /// Posts a body that has to tell the operation itself.
    fn post_without_action(&self, body: &str) -> Answer {
        exchange(self.server.address(), &request(&[], body))
    }

    /// Waits until the other client has had so many more answers.
    fn let_others_call(&self, times: usize) {
        let enough = self.answered.load(Ordering::Relaxed) + times;
        self.wait_for("the other client", || self.answered.load(Ordering::Relaxed) >= enough);
    }

    /// Ends the client: the other client was never let down, nothing is left of the connections, and memory stayed bounded.
    fn end(self) {
        self.let_others_call(20);
        let Self { mut server, answered, other, _folder } = self;
        let calls = answered.load(Ordering::Relaxed);
        drop(answered);
        other.join().expect("a client that was served");
        let port = server.address().port();
        wait_for("connections that are closed", || open_connections(port).is_none_or(|open| open == 0));
        if let Some(peak) = peak_memory(server.pid()) {
            eprintln!("peak {} KiB, {calls} calls by the other client", peak >> 10);
            assert!(peak < MAX_MEMORY, "{} MiB at its peak", peak >> 20);
        }
        server.terminate();
        assert!(server.wait().success(), "{}", server.stderr());
        assert!(!server.stderr().contains("a bug"), "{}", server.stderr());
    }

    fn wait_for(&self, what: &str, condition: impl Fn() -> bool) {
        wait_for(what, || {
            assert!(!self.other.is_finished(), "the other client was let down");
            condition()
        });
    }
}

fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::yield_now();
    }
}

/// How many connections to a port of this machine its server has not closed, where the operating system tells.
fn open_connections(port: u16) -> Option<usize> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let local = format!(":{port:04X}");
    let is_open = |line: &&str| {
        let mut fields = line.split_whitespace().skip(1);
        let is_ours = fields.next().is_some_and(|address| address.ends_with(&local));
        // Established, and closed by the other side only.
        is_ours && matches!(fields.nth(1), Some("01" | "08"))
    };
    Some(table.lines().filter(is_open).count())
}

/// The most memory that a process had at any time, in bytes, where the operating system tells.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

const SOAP_ACTION: &str = "SOAPAction: \"https://app.smartbutton.com/Services/Sync/SaveAccountPhone\"";

/// A request with the right `SOAPAction`.
fn post(body: &str) -> Vec<u8> {
    request(&[SOAP_ACTION], body)
}

/// A request with more headers. A length is added unless they say how long the body is.
fn request(headers: &[&str], body: &str) -> Vec<u8> {
    let mut head = "POST /Services/Sync.asmx HTTP/1.1\r\nHost: localhost\r\n".to_owned();
    head += "Content-Type: text/xml; charset=utf-8\r\n";
    for header in headers {
        head = head + header + "\r\n";
    }
    let tells_length = |header: &&str| {
        let header = header.to_ascii_lowercase();
        header.starts_with("content-length") || header.starts_with("transfer-encoding")
    };
    if !headers.iter().any(tells_length) {
        head = format!("{head}Content-Length: {}\r\n", body.len());
    }
    (head + "\r\n" + body).into_bytes()
}

/// An envelope that is saved as it should be.
fn envelope() -> String {
    Envelope::save_account_phone().xml()
}
