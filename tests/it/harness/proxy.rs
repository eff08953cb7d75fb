//! A bad line to the database: slow, or cut at the worst moment.

mod line;
mod messages;
mod pipe;

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use super::PATIENCE;

/// A proxy that speaks PostgreSQL's protocol well enough to know what it breaks. Lines with TLS can't be cut by what they carry.
pub struct Proxy {
    port: u16,
    rules: Arc<Rules>,
}

/// How long a statement is on its way whose line is cut before it arrives.
pub const LATE: Duration = Duration::from_millis(500);

/// Where a line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// In the midst of a message: its first half reaches the database.
    WithinMessage,
    /// As soon as the database has answered, before anybody hears of it.
    BeforeAnswer,
    /// Before the statement reaches the database, which gets it all the same, but [`LATE`] and from nobody.
    Late,
}

/// What is done to the lines.
#[derive(Default)]
struct Rules {
    now: Mutex<Now>,
    has_cut: Condvar,
}

#[derive(Default)]
struct Now {
    delay: Duration,
    refuses: bool,
    /// The next line to run a statement with this text is cut.
    ambush: Option<(Cut, String)>,
    /// How many lines were cut in an ambush.
    cuts: u64,
    lines: Vec<TcpStream>,
    is_over: bool,
}

impl Proxy {
    /// A proxy in front of a port of this machine.
    pub fn before(target: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let rules = Arc::new(Rules::default());
        thread::spawn({
            let rules = Arc::clone(&rules);
            move || accept(&listener, target, &rules)
        });
        Self { port, rules }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on, everything takes so much longer, in each direction.
    pub fn delay(&self, delay: Duration) {
        self.rules.now().delay = delay;
    }

    /// Cuts all lines.
    pub fn cut_all(&self) {
        self.rules.now().cut_all();
    }

    /// Whether new lines are cut at once.
    pub fn refuse(&self, refuses: bool) {
        self.rules.now().refuses = refuses;
    }

    /// Lies in wait for the next line that runs a statement with this text in it, to cut it.
    pub fn ambush(&self, cut: Cut, statement: &str) {
        self.rules.now().ambush = Some((cut, statement.to_owned()));
    }

    /// Whether nobody has run such a statement yet.
    pub fn lies_in_wait(&self) -> bool {
        self.rules.now().ambush.is_some()
    }

    /// Cuts the next line that runs a statement with this text in it, and waits until that has happened.
    pub fn cut_next(&self, cut: Cut, statement: &str) {
        let mut now = self.rules.now();
        now.ambush = Some((cut, statement.to_owned()));
        let before = now.cuts;
        let waits = |now: &mut Now| now.cuts == before;
        let (now, waited) = self.rules.has_cut.wait_timeout_while(now, PATIENCE, waits).expect("no panic");
        drop(now);
        assert!(!waited.timed_out(), "nobody runs {statement}");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut now = self.rules.now();
        now.is_over = true;
        now.cut_all();
        drop(now);
        // So that the listener notices.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Rules {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().expect("no panic")
    }

    /// Where this line is to be cut, if it is the one that was waited for. Nobody else is, then.
    fn spring(&self, statement: &str) -> Option<Cut> {
        let (cut, _) = self.now().ambush.take_if(|(_, text)| statement.contains(text.as_str()))?;
        Some(cut)
    }

    /// Tells whoever waits for it that the line has been cut.
    fn count_cut(&self) {
        self.now().cuts += 1;
        self.has_cut.notify_all();
    }
}

impl Now {
    fn cut_all(&mut self) {
        for line in self.lines.drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, target: u16, rules: &Arc<Rules>) {
    for client in listener.incoming() {
        let mut now = rules.now();
        if now.is_over {
            return;
        }
        let Ok(client) = client else { continue };
        if now.refuses {
            continue;
        }
        // Where the database is gone, the client is as well.
        if let Ok(server) = TcpStream::connect(("127.0.0.1", target)) {
            now.lines.extend([client.try_clone(), server.try_clone()].into_iter().flatten());
            line::open(client, server, Arc::clone(rules)).expect("a line");
        }
    }
}
