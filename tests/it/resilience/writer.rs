//! A client behind a load balancer, which saves one number after the other.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use super::places::Places;
use crate::harness::{Answer, Connection};
use crate::many_members::{self, TYPES};
use crate::seeded_random::SeededRandom;

pub const WRITERS: usize = 64;
/// Members of each writer: enough places for all that it must give up.
const MEMBERS_EACH: usize = 8;
pub const MEMBERS: usize = WRITERS * MEMBERS_EACH;
/// Numbers that all writers are after.
const CONTESTED: usize = 200;
/// What a client waits before it comes back after a failure.
const MANNERS: Duration = Duration::from_millis(50);

pub struct Writer {
    index: usize,
    connections: Vec<Option<(SocketAddr, Connection)>>,
    turn: usize,
    pub places: Places,
    /// How many numbers of its own it has used.
    used: usize,
    /// Whether the last call left a doubt.
    is_doubtful: bool,
    random: SeededRandom,
}

/// What became of a call.
pub enum Outcome {
    /// Nobody was there, so nothing was asked.
    NotSent,
    /// Stored, or refused with 315.
    Answered { code: i32 },
    /// Nobody knows: code 1, a status, or no answer at all.
    Doubtful(Doubt),
    /// What must not be.
    Wrong(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    Failed,
    ComeBack,
    Lost,
}

impl Writer {
    pub fn new(index: usize, nodes: usize, random: SeededRandom) -> Self {
        Self {
            index,
            connections: (0..nodes).map(|_| None).collect(),
            turn: index,
            places: Places::default(),
            used: 0,
            is_doubtful: false,
            random,
        }
    }

    /// Makes a call through the node whose turn it is; says which, what became of it and how long that took.
    pub fn save(&mut self, addresses: &[SocketAddr]) -> (usize, Outcome, Duration) {
        let node = self.turn % addresses.len();
        self.turn += 1;
        let start = Instant::now();
        let Some(mut connection) = self.connect(node, addresses[node]) else {
            thread::sleep(MANNERS);
            return (node, Outcome::NotSent, start.elapsed());
        };
        let place = self.choose_place();
        let is_contested = !self.is_doubtful && self.random.index(4) == 0;
        let number = if is_contested { many_members::number(self.random.index(CONTESTED)) } else { self.own_number() };
        let (member, phone_number_type) = place;
        let request = many_members::save(member, TYPES[phone_number_type - 1], number).request(addresses[node]);
        let answer = connection.exchange(&request);
        let took = start.elapsed();
        if answer.is_ok() {
            self.connections[node] = Some((addresses[node], connection));
        }
        let outcome = judge(answer, is_contested);
        match outcome {
            Outcome::Answered { code: 0 } => self.places.acknowledge(place, number),
            Outcome::Doubtful(_) => self.places.doubt(place, number),
            Outcome::NotSent | Outcome::Answered { .. } | Outcome::Wrong(_) => {}
        }
        self.is_doubtful = matches!(outcome, Outcome::Doubtful(_));
        if self.is_doubtful {
            thread::sleep(MANNERS);
        }
        (node, outcome, took)
    }

    /// A connection to a node, which is at another address once it was replaced.
    fn connect(&mut self, node: usize, address: SocketAddr) -> Option<Connection> {
        match self.connections[node].take() {
            Some((known, connection)) if known == address => Some(connection),
            _ => Connection::try_open(address).ok(),
        }
    }

    /// A place of which everything is known, at random. A place in doubt is given up for good; only one of them is used again,
    /// as long as nothing succeeds, or none would be left.
    fn choose_place(&mut self) -> (usize, usize) {
        let first = self.index * MEMBERS_EACH + 1;
        let spare = (first, 1);
        let places =
            (first + 1..first + MEMBERS_EACH).flat_map(|member| (1..=TYPES.len()).map(move |kind| (member, kind)));
        let certain: Vec<_> = places.filter(|place| self.places.is_certain(*place)).collect();
        if self.is_doubtful || certain.is_empty() {
            return spare;
        }
        certain[self.random.index(certain.len())]
    }

    /// A number that no other writer wants.
    fn own_number(&mut self) -> u64 {
        self.used += 1;
        many_members::number(CONTESTED + self.index * 100_000 + self.used)
    }
}

fn judge(answer: io::Result<Answer>, is_contested: bool) -> Outcome {
    let Ok(answer) = answer else { return Outcome::Doubtful(Doubt::Lost) };
    match answer.status {
        200 => match answer.return_code() {
            0 => Outcome::Answered { code: 0 },
            315 if is_contested => Outcome::Answered { code: 315 },
            1 => Outcome::Doubtful(Doubt::Failed),
            code => Outcome::Wrong(format!(
                "code {code} for a number that {}",
                if is_contested { "others want" } else { "nobody else wants" }
            )),
        },
        503 if answer.header("retry-after").is_some() => Outcome::Doubtful(Doubt::ComeBack),
        _ => Outcome::Wrong(format!("{answer:?}")),
    }
}
