//! SIGKILL at any moment: what was answered with 0 is there again, and nothing else is.

mod proofs;
mod writes;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Instant;

use crate::harness::{Connection, PATIENCE, Process};
use crate::many_members::{self, TYPES};
use crate::seeded_random::SeededRandom;
use writes::{Kind, Stored, Write};

const WRITERS: usize = 32;
const ROUNDS: usize = 20;

/// A member that makes one write after the other, of all ten kinds.
struct Writer {
    member: usize,
    /// What was answered with 0.
    acknowledged: Stored,
    /// Sent, and not answered: the server may have done it, or not.
    in_flight: Option<Stored>,
    random: SeededRandom,
}

impl Writer {
    /// Writes until the server is gone, and tells of every answer.
    fn run(&mut self, address: SocketAddr, answered: &Sender<(Kind, i32)>) {
        // It may be gone already.
        let Ok(mut connection) = Connection::try_open(address) else { return };
        loop {
            let Write { kind, call, leaves } = writes::random(self.member, &mut self.random);
            self.in_flight = Some(leaves);
            let request = call.request(address);
            let Ok(answer) = connection.exchange(&request) else { return };
            let code = answer.return_code();
            let done = self.in_flight.take().filter(|_| code == 0);
            self.acknowledged.extend(done.into_iter().flatten());
            let _ = answered.send((kind, code));
        }
    }

    /// Compares with what the ledger has of the member, which is what counts from now on. A write is there as a whole, or not at all.
    fn check(&mut self, stored: &Stored) {
        let mut with_in_flight = self.acknowledged.clone();
        with_in_flight.extend(self.in_flight.take().into_iter().flatten());
        let is_there = |state: &Stored| -> Stored {
            state
                .iter()
                .filter(|(_, value)| value.is_some())
                .map(|(place, value)| (place.clone(), value.clone()))
                .collect()
        };
        let (was, may_be) = (is_there(&self.acknowledged), is_there(&with_in_flight));
        let is_right = *stored == was || *stored == may_be;
        assert!(is_right, "{}: answered {was:#?}, or in flight {may_be:#?}, stored {stored:#?}", self.member);
        self.acknowledged.clone_from(stored);
    }
}

#[test]
fn every_write_that_was_answered_survives_being_killed() {
    let mut random = SeededRandom::new();
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = many_members::ledger_of(folder.path());
    let mut writers: Vec<_> = (1..=WRITERS)
        .map(|member| Writer { member, acknowledged: Stored::new(), in_flight: None, random: random.split() })
        .collect();
    let mut done = HashSet::new();

    for round in 0..ROUNDS {
        let mut server = Process::start(many_members::server(folder.path(), WRITERS));
        check_all(&mut writers, &ledger);

        // The moment is a number of answers, so that it falls into the midst of the work on every machine. Now and then it
        // is a long time off, because a ledger does some of its work after thousands of saves only.
        let moment = 1 + if round % 5 == 4 { random.below(20_000) } else { random.below(600) };
        let answers = thread::scope(|scope| {
            let _guard = server.kill_on_panic();
            let (answered, answers) = mpsc::channel();
            for writer in &mut writers {
                let (address, answered) = (server.address(), answered.clone());
                scope.spawn(move || writer.run(address, &answered));
            }
            drop(answered);
            let mut told: Vec<_> = (0..moment).map(|_| answers.recv_timeout(PATIENCE).expect("an answer")).collect();
            server.kill();
            told.extend(answers);
            told
        });

        let is_right = |(kind, code): &(Kind, i32)| *code == 0 || kind.refusal() == Some(*code);
        assert!(answers.iter().all(is_right), "{answers:?}");
        done.extend(answers.into_iter().filter(|(_, code)| *code == 0).map(|(kind, _)| kind));
        many_members::assert_sound(&ledger);
    }

    assert_eq!(done.len(), Kind::ALL.len(), "{done:?}");
    let mut server = Process::start(many_members::server(folder.path(), WRITERS));
    check_all(&mut writers, &ledger);
    server.terminate();
    let status = server.wait();
    assert!(status.success(), "{status}");
    many_members::settle(&ledger);
    check_all(&mut writers, &ledger);
    many_members::assert_sound(&ledger);
}

fn check_all(writers: &mut [Writer], ledger: &Path) {
    let (phones, parts) = (many_members::read_phones(ledger), many_members::read_parts(ledger));
    many_members::assert_one_member_a_number(&phones);
    many_members::assert_one_member_a_key(&parts);
    let phones = phones.into_iter().map(|((member, kind), number)| (member, writes::phone(TYPES[kind - 1], number)));
    let parts = parts.into_iter().map(|((member, place), (value, _))| (member, (place, Some(value))));
    let mut stored: HashMap<usize, Stored> = HashMap::new();
    for (member, (place, value)) in phones.chain(parts) {
        stored.entry(member).or_default().insert(place, value);
    }
    for writer in writers {
        writer.check(stored.entry(writer.member).or_default());
    }
}

#[test]
fn a_first_start_that_was_killed_is_made_good_by_the_next_one() {
    let mut random = SeededRandom::new();
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(many_members::server(folder.path(), WRITERS));
    let whole = size(&many_members::ledger_of(folder.path()));
    drop(server);

    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().expect("a folder");
        // The moment is a size, so that it falls anywhere between making the file and having seeded it.
        let moment = random.below(whole);
        let mut killed = many_members::server(folder.path(), WRITERS).stdout(Stdio::null()).spawn().expect("a process");
        let start = Instant::now();
        while size(&many_members::ledger_of(folder.path())) < moment {
            assert!(start.elapsed() < PATIENCE, "{moment} of {whole} bytes are not reached");
        }
        killed.kill().expect("a process of ours");
        killed.wait().expect("its end");

        let server = Process::start(many_members::server(folder.path(), WRITERS));
        let answer = server.call(&many_members::save(WRITERS, "HOME", many_members::number(0)));
        assert_eq!(answer.return_code(), 0, "killed at {moment} of {whole} bytes");
    }
}

#[test]
fn saves_of_a_ledger_that_was_removed_do_not_come_back_in_a_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Process::start(many_members::server(folder.path(), 2));
    assert_eq!(server.call(&many_members::save(1, "HOME", many_members::number(0))).return_code(), 0);
    server.kill();
    // What somebody removes who wants to begin anew, and overlooks the other files beside it.
    fs::remove_file(many_members::ledger_of(folder.path())).expect("the ledger");

    let server = Process::start(many_members::server(folder.path(), 2));
    assert_eq!(server.call(&many_members::save(2, "HOME", many_members::number(0))).return_code(), 0);
}

/// The bytes of a ledger, with all that is kept beside its file.
fn size(ledger: &Path) -> u64 {
    // A file may go away in between.
    many_members::files_of(ledger).iter().filter_map(|path| Some(fs::metadata(path).ok()?.len())).sum()
}
