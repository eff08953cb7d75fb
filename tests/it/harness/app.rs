//! A server inside the test.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread;

use clap::Parser;
use sync_asmx::ledger::{self, Ledger, LedgerUrl, Seed};
use sync_asmx::server::{Server, Timeouts};
use sync_asmx::settings::Settings;
use tokio::sync::oneshot;

use super::{Answer, Connection, Envelope, PATIENCE};

/// A server on a free port with a ledger of its own. It is stopped when this is dropped.
pub struct TestApp {
    address: SocketAddr,
    _running: oneshot::Sender<()>,
}

impl TestApp {
    /// The default seed in memory.
    pub fn start() -> Self {
        Self::with_arguments(&[])
    }

    /// The default seed in memory, with more arguments.
    pub fn with_arguments(arguments: &[&str]) -> Self {
        let settings = settings(arguments);
        Self::run(async move || Server::build(&settings).await.expect("a server"))
    }

    /// A seed of the test's own, in memory.
    pub fn with_seed(json: &str) -> Self {
        let seed = Seed::parse(json).expect("a sound seed");
        Self::run(async move || {
            let ledger = ledger::open(&LedgerUrl::Memory).expect("a ledger");
            ledger.apply_seed(seed).await.expect("a seeded ledger");
            Server::with_ledger(&settings(&[]), ledger).expect("a server")
        })
    }

    /// The default seed in memory, and a server that waits so long for its clients.
    pub fn with_timeouts(timeouts: Timeouts) -> Self {
        Self::with_arguments_and_timeouts(&[], timeouts)
    }

    /// The default seed in memory, with more arguments, and a server that waits so long for its clients.
    pub fn with_arguments_and_timeouts(arguments: &[&str], timeouts: Timeouts) -> Self {
        let settings = settings(arguments);
        Self::run(async move || Server::build(&settings).await.expect("a server").with_timeouts(timeouts))
    }

    /// A ledger of the test's own.
    pub fn with_ledger(ledger: Arc<dyn Ledger>) -> Self {
        Self::run(async move || Server::with_ledger(&settings(&[]), ledger).expect("a server"))
    }

    fn run<F: AsyncFnOnce() -> Server + Send + 'static>(build: F) -> Self {
        let (ready, address) = mpsc::channel();
        let (running, dropped) = oneshot::channel();
        thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let server = build().await;
                let address = server.address();
                let stop = async { drop(dropped.await) };
                let ready = || ready.send(address).expect("a test that waits");
                server.run_until(stop, ready).await.expect("a server that runs");
            });
        });
        Self { address: address.recv_timeout(PATIENCE).expect("a server that starts"), _running: running }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    /// Sends raw bytes over a connection of their own.
    pub fn exchange(&self, request: &[u8]) -> Answer {
        super::exchange(self.address, request)
    }

    /// Sends JSON to the control plane.
    pub fn tell(&self, method: &str, path: &str, json: &str) -> Answer {
        let head =
            format!("{method} /_emulator{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        self.exchange(format!("{head}Content-Length: {}\r\n\r\n{json}", json.len()).as_bytes())
    }

    /// Holds the emulator's clock at a time, RFC 3339.
    pub fn hold_clock(&self, now: &str) {
        let answer = self.tell("PUT", "/clock", &format!(r#"{{"now":"{now}","held":true}}"#));
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Makes the call that the envelope carries.
    pub fn call(&self, envelope: &Envelope) -> Answer {
        self.exchange(&envelope.request(self.address))
    }

    /// Saves a number with `TEST-TOKEN`.
    pub fn save_account_phone(&self, member: i32, phone_number_type: &str, number: &str) -> Answer {
        let call = Envelope::save_account_phone()
            .with("MemberId", member)
            .with("PhoneNumberTypeExternalReference", phone_number_type)
            .with("PhoneNumber", number);
        self.call(&call)
    }
}

/// Settings as from the command line; port 0 and memory unless the arguments say otherwise.
fn settings(arguments: &[&str]) -> Settings {
    let mut all = vec!["sync-asmx"];
    for own in [["--listen", "127.0.0.1:0"], ["--ledger", "memory:"]] {
        if !arguments.contains(&own[0]) {
            all.extend(own);
        }
    }
    // Whoever is reached through a proxy needs a token.
    let is_behind_proxy = ["--trusted-proxy", "--public-url"].iter().any(|flag| arguments.contains(flag));
    if is_behind_proxy && !arguments.contains(&"--admin-token") {
        all.extend(["--admin-token", "correct-horse"]);
    }
    all.extend(arguments);
    Settings::parse_from(all)
}
