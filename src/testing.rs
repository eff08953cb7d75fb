//! A running server for the tests of a client that is written in Rust. Others start the binary; `examples/` shows how.
//!
//! ```
//! use sync_asmx::testing::{Called, Server};
//!
//! let server = Server::start();
//! server.fault(r#"{"member_id": 1001, "times": 1, "answer": {"return_code": 1}}"#);
//!
//! // What is tested would be told the address, and do this.
//! let envelope = r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
//!     <SaveAccountPhone xmlns="https://app.smartbutton.com/Services/Sync"><preqSaveAccountPhone>
//!         <SecurityToken>TEST-TOKEN</SecurityToken><MemberId>1001</MemberId>
//!         <PhoneNumberTypeExternalReference>HOME</PhoneNumberTypeExternalReference>
//!         <PhoneNumber>+1 519 555 0123</PhoneNumber><IsValid>1</IsValid>
//!     </preqSaveAccountPhone></SaveAccountPhone></soap:Body></soap:Envelope>"#;
//! let call = || {
//!     let request = ureq::post(server.service_url()).header("Content-Type", "text/xml; charset=utf-8");
//!     let request = request.header("SOAPAction", "\"https://app.smartbutton.com/Services/Sync/SaveAccountPhone\"");
//!     request.send(envelope).unwrap().into_body().read_to_string().unwrap()
//! };
//! assert!(call().contains("<ReturnCode>1</ReturnCode>"));
//! assert!(call().contains("<SavedPhoneNumber>+1 519-555-0123</SavedPhoneNumber>"));
//!
//! server.verify(Called::operation("SaveAccountPhone").member_id(1001), 2);
//! server.verify(Called::operation("SaveAccountPhone").return_code(0), 1);
//! assert_eq!(server.member("demo", 1001).unwrap().phones[0].number, "+15195550123");
//! ```

mod clock;

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use actix_rt::{ArbiterHandle, System};
use clap::Parser;
use tokio::sync::oneshot;

use crate::calls::{Calls, Entry, FaultRule, known_name};
use crate::domain::{MemberId, TextMessage};
use crate::ledger::{Change, EntryFilter, MemberState, Seed, State};
use crate::operations::Platform;
use crate::server::Timeouts;
use crate::settings::Settings;
use crate::{server, soap};
pub use clock::ServerClock;

/// A server on a free port of this machine, with a ledger in memory and the compiled-in seed. It stops when this is dropped.
///
/// Its verbs panic where a test has to fail.
pub struct Server {
    address: SocketAddr,
    url: String,
    platform: Platform,
    calls: Arc<Calls>,
    /// Where what takes time is done.
    arbiter: ArbiterHandle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread tells once it serves.
type Running = (SocketAddr, String, Platform, Arc<Calls>, ArbiterHandle);

impl Server {
    /// Starts a server, and waits until it answers.
    ///
    /// # Panics
    /// If there is no port, or no thread.
    #[must_use]
    pub fn start() -> Self {
        Self::with_arguments(&[])
    }

    /// Starts a server with arguments as on the command line, such as `--journal 0`.
    ///
    /// # Panics
    /// If the server doesn't start with them.
    #[must_use]
    pub fn with_arguments(arguments: &[&str]) -> Self {
        let is_told = |flag: &str| arguments.iter().any(|argument| argument.starts_with(flag));
        let defaults = [("--listen", "--listen=127.0.0.1:0"), ("--ledger", "--ledger=memory:")];
        let defaults = defaults.into_iter().filter(|(flag, _)| !is_told(flag)).map(|(_, argument)| argument);
        let arguments = ["sync-asmx"].into_iter().chain(defaults).chain(arguments.iter().copied());
        let settings = Settings::try_parse_from(arguments).expect("arguments of sync-asmx");
        let (ready, running) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || System::new().block_on(serve(settings, ready, stopped)));
        let (address, url, platform, calls, arbiter) = running.recv().expect("a server that starts");
        Self { address, url, platform, calls, arbiter, stop: Some(stop), thread: Some(thread) }
    }

    /// Address and port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address to give to the client that is tested.
    #[must_use]
    pub fn service_url(&self) -> String {
        self.url.clone() + soap::PATH
    }

    /// Where the client's code can be generated from.
    #[must_use]
    pub fn wsdl_url(&self) -> String {
        self.service_url() + "?WSDL"
    }

    /// Puts a seed (JSON, see `docs/settings.md`) in place of everything.
    ///
    /// # Panics
    /// If the seed is wrong.
    pub fn seed(&self, json: &str) {
        let seed = Seed::parse(json).unwrap_or_else(|error| unreachable!("the seed is wrong: {error}"));
        let platform = self.platform.clone();
        self.wait_for(async move {
            let change = Change::ReplaceAll { seed, is_baseline: true };
            platform.ledger.change(platform.ledger.directory().version(), change).await
        })
        .expect("a seeded ledger");
    }

    /// Everything that the ledger holds.
    ///
    /// # Panics
    /// If the ledger is gone.
    #[must_use]
    pub fn state(&self) -> State {
        let ledger = self.platform.ledger.clone();
        self.wait_for(async move { ledger.export(None).await }).expect("the ledger")
    }

    /// A member with its numbers.
    ///
    /// # Panics
    /// If there is no such program.
    #[must_use]
    pub fn member(&self, program: &str, member_id: i32) -> Option<MemberState> {
        let ledger = self.platform.ledger.clone();
        let program = ledger.directory().program(program).expect("the program").id;
        self.wait_for(async move { ledger.find_member(program, MemberId(member_id)).await }).expect("the ledger")
    }

    /// Adds a rule (JSON, see `docs/control-plane.md`) that breaks the next calls it fits.
    ///
    /// # Panics
    /// If the rule is wrong.
    pub fn fault(&self, json: &str) -> FaultRule {
        let rule = serde_json::from_str(json).unwrap_or_else(|error| unreachable!("the rule is wrong: {error}"));
        let calls = Arc::clone(&self.calls);
        let added = self.wait_for(async move { calls.fault_rules.add(rule, &server::operations()).await });
        added.unwrap_or_else(|error| unreachable!("the rule is wrong: {error}"))
    }

    /// The rules in force.
    #[must_use]
    pub fn fault_rules(&self) -> Vec<FaultRule> {
        self.calls.fault_rules.all()
    }

    /// All calls that the journal has, newest last.
    ///
    /// # Panics
    /// If the ledger is gone, and nodes share the journal.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.find_calls(EntryFilter::default())
    }

    /// All text messages that would have been sent, newest last: where tests find the codes that companions send.
    ///
    /// # Panics
    /// If the ledger is gone, and nodes share the messages.
    #[must_use]
    pub fn messages(&self) -> Vec<TextMessage> {
        self.find_messages(None)
    }

    /// The messages to a number (E.164, with or without its plus), newest last.
    ///
    /// # Panics
    /// As [`messages`](Self::messages).
    #[must_use]
    pub fn messages_to(&self, number: &str) -> Vec<TextMessage> {
        self.find_messages(Some(number.to_owned()))
    }

    /// Checks how often something was called.
    ///
    /// # Panics
    /// If it was called another number of times.
    pub fn verify(&self, called: Called, times: usize) {
        let Called(filter) = called;
        let found = self.find_calls(filter.clone()).len();
        assert_eq!(found, times, "called {found} times: {filter:?}; the journal has {:#?}", self.journal());
    }

    /// The server's time, to be held and moved.
    #[must_use]
    pub fn clock(&self) -> ServerClock<'_> {
        ServerClock::of(self)
    }

    /// Forgets all calls, rules and messages; the ledger stays.
    ///
    /// # Panics
    /// If the ledger is gone, and nodes share all that.
    pub fn forget(&self) {
        let (calls, shared_state) = (Arc::clone(&self.calls), Arc::clone(&self.platform.shared_state));
        self.wait_for(async move {
            calls.journal.clear(None).await?;
            calls.fault_rules.clear(None).await?;
            shared_state.clear_messages().await
        })
        .expect("the ledger");
    }

    fn find_calls(&self, filter: EntryFilter) -> Vec<Entry> {
        let (calls, filter) = (Arc::clone(&self.calls), EntryFilter { limit: Some(usize::MAX), ..filter });
        self.wait_for(async move { calls.journal.find(&filter).await }).expect("the ledger").entries
    }

    fn find_messages(&self, to: Option<String>) -> Vec<TextMessage> {
        let shared_state = Arc::clone(&self.platform.shared_state);
        self.wait_for(async move { shared_state.find_messages(to.as_deref()).await }).expect("the ledger")
    }

    /// Waits without a runtime of the caller's, which may be in the midst of a test of its own.
    fn wait_for<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        let (done, outcome) = mpsc::channel();
        self.arbiter.spawn(async move {
            let _ = done.send(work.await);
        });
        outcome.recv().expect("a server that runs")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(settings: Settings, ready: mpsc::Sender<Running>, stopped: oneshot::Receiver<()>) {
    // Nobody waits for calls that a rule delays, once the test is over.
    let timeouts = Timeouts { last_calls: Duration::ZERO, ..Timeouts::default() };
    let server = server::Server::build(&settings).await.expect("a server").with_timeouts(timeouts);
    let arbiter = System::current().arbiter().clone();
    let running = (server.address(), server.origin(), server.platform().clone(), Arc::clone(server.calls()), arbiter);
    let stop = async { drop(stopped.await) };
    server.run_until(stop, || drop(ready.send(running))).await.expect("a server that runs");
}

/// Which calls are meant.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Called(EntryFilter);

impl Called {
    /// Calls of an operation.
    pub fn operation(name: &str) -> Self {
        Self(EntryFilter {
            operation: Some(known_name(&server::operations(), name.to_owned())),
            ..EntryFilter::default()
        })
    }

    /// Of them, those with a token of this program.
    pub fn program(self, name: &str) -> Self {
        Self(EntryFilter { program: Some(name.to_owned()), ..self.0 })
    }

    /// Of them, those for this member.
    pub fn member_id(self, member_id: i32) -> Self {
        Self(EntryFilter { member_id: Some(member_id), ..self.0 })
    }

    /// Of them, those that were answered with this code.
    pub fn return_code(self, code: u16) -> Self {
        Self(EntryFilter { return_code: Some(code), ..self.0 })
    }

    /// Of them, those of CAMS that were answered with this `Code`; `OK` where they were answered as asked.
    pub fn code(self, code: &str) -> Self {
        Self(EntryFilter { code: Some(code.to_owned()), ..self.0 })
    }
}
