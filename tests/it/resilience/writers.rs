//! The load: many writers, and what is known of their calls.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::LONGEST_CALL;
use super::places::Places;
use super::writer::{Doubt, Outcome, WRITERS, Writer};
use crate::harness::{Nodes, PATIENCE};
use crate::many_members::Phones;
use crate::seeded_random::SeededRandom;

/// Writers at work, each in a thread.
pub struct Writers {
    field: Arc<Field>,
    threads: Vec<JoinHandle<Places>>,
    /// So that a failure tells how to repeat its choices.
    _dice: SeededRandom,
}

/// What writers and test tell each other.
struct Field {
    now: Mutex<Now>,
    changed: Condvar,
}

struct Now {
    addresses: Vec<SocketAddr>,
    is_over: bool,
    /// The last time that each node answered 0.
    saved_at: Vec<Instant>,
    saved: usize,
    refused: usize,
    doubts: HashMap<Doubt, usize>,
    slowest: Duration,
    wrong: Vec<String>,
}

/// What there is to be compared with the ledger.
pub struct Verdict(Vec<Places>);

impl Writers {
    pub fn start(nodes: &Nodes) -> Self {
        let addresses = nodes.addresses();
        let count = addresses.len();
        let now = Now {
            saved_at: vec![Instant::now(); count],
            addresses,
            is_over: false,
            saved: 0,
            refused: 0,
            doubts: HashMap::new(),
            slowest: Duration::ZERO,
            wrong: Vec::new(),
        };
        let field = Arc::new(Field { now: Mutex::new(now), changed: Condvar::new() });
        let mut random = SeededRandom::new();
        let threads = (0..WRITERS).map(|index| {
            let (field, writer) = (Arc::clone(&field), Writer::new(index, count, random.split()));
            thread::spawn(move || field.run(writer))
        });
        Self { threads: threads.collect(), field, _dice: random }
    }

    /// Tells the writers where the nodes are now.
    pub fn find(&self, nodes: &Nodes) {
        self.field.now().addresses = nodes.addresses();
    }

    /// Waits until so many more calls were answered with 0.
    pub fn wait_for_saves(&self, count: usize) {
        let goal = self.field.now().saved + count;
        assert!(self.field.wait_while(PATIENCE, |now| now.saved < goal), "the writers get nowhere");
    }

    /// Waits until so many more calls failed, with code 1 or 503.
    pub fn wait_for_failures(&self, count: usize) {
        let failures = |now: &Now| now.doubts.values().sum::<usize>();
        let goal = failures(&self.field.now()) + count;
        assert!(self.field.wait_while(PATIENCE, |now| failures(now) < goal), "no call ends");
    }

    /// Waits until every node has answered 0 after this moment, for so long since then at most. Says how long it took.
    pub fn wait_for_each_node(&self, since: Instant, at_most: Duration) -> Option<Duration> {
        let left = (since + at_most).saturating_duration_since(Instant::now());
        let is_back = self.field.wait_while(left, |now| now.saved_at.iter().any(|saved| *saved < since));
        is_back.then(|| self.field.now().saved_at.iter().max().map_or(Duration::ZERO, |saved| *saved - since))
    }

    /// Ends the load. Fails if a call was answered as none may be, or took too long.
    pub fn stop(mut self) -> Verdict {
        self.field.now().is_over = true;
        let places = self.threads.drain(..).map(|writer| writer.join().expect("a writer")).collect();
        let now = self.field.now();
        let Now { saved, refused, doubts, slowest, wrong, .. } = &*now;
        eprintln!("{saved} saved, {refused} refused, in doubt {doubts:?}; the slowest call took {slowest:?}");
        assert!(wrong.is_empty(), "{} wrong answers, such as {}", wrong.len(), wrong[0]);
        assert!(*slowest < LONGEST_CALL, "a call took {slowest:?}");
        Verdict(places)
    }
}

impl Drop for Writers {
    fn drop(&mut self) {
        // A test that fails leaves nobody behind who writes on.
        self.field.now().is_over = true;
    }
}

impl Field {
    fn now(&self) -> MutexGuard<'_, Now> {
        // Who fails while holding it has only looked.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a condition doesn't hold any more; false if it still does after so long.
    fn wait_while(&self, at_most: Duration, condition: impl Fn(&Now) -> bool) -> bool {
        let waited = self.changed.wait_timeout_while(self.now(), at_most, |now| condition(now));
        let (_now, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    fn run(&self, mut writer: Writer) -> Places {
        loop {
            let addresses = {
                let now = self.now();
                if now.is_over {
                    return writer.places;
                }
                now.addresses.clone()
            };
            let (node, outcome, took) = writer.save(&addresses);
            self.now().count(node, outcome, took);
            self.changed.notify_all();
        }
    }
}

impl Now {
    fn count(&mut self, node: usize, outcome: Outcome, took: Duration) {
        self.slowest = self.slowest.max(took);
        match outcome {
            Outcome::NotSent => {}
            Outcome::Answered { code: 0 } => {
                self.saved += 1;
                self.saved_at[node] = Instant::now();
            }
            Outcome::Answered { .. } => self.refused += 1,
            Outcome::Doubtful(doubt) => *self.doubts.entry(doubt).or_default() += 1,
            Outcome::Wrong(answer) => self.wrong.push(answer),
        }
    }
}

impl Verdict {
    pub fn check(&self, stored: &Phones) {
        for places in &self.0 {
            places.check(stored);
        }
        let certain: usize = self.0.iter().map(Places::count_certain).sum();
        assert!(certain > WRITERS, "too little was certain to be compared: {certain} places");
    }
}
