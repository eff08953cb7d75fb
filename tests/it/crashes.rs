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

use crate::harness::postgres::database;
use crate::harness::{Connection, Nodes, PATIENCE, Process, wait_for};
use crate::many_members::{self, Parts, Phones, TYPES};
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
    let mut writers = writers(&mut random);
    let mut done = HashSet::new();

    for round in 0..ROUNDS {
        let mut server = Process::start(many_members::server(folder.path(), WRITERS));
        check_file(&mut writers, &ledger);

        // The moment is a number of answers, so that it falls into the midst of the work on every machine. Now and then it
        // is a long time off, because a ledger does some of its work after thousands of saves only.
        let moment = 1 + if round % 5 == 4 { random.below(20_000) } else { random.below(600) };
        let (address, guard) = (server.address(), server.kill_on_panic());
        let answers = run_until(&mut writers, &[address], moment, guard, || server.kill());
        assert_answers(&answers);
        done.extend(answers.into_iter().filter(|(_, code)| *code == 0).map(|(kind, _)| kind));
        many_members::assert_sound(&ledger);
    }

    assert_eq!(done.len(), Kind::ALL.len(), "{done:?}");
    let mut server = Process::start(many_members::server(folder.path(), WRITERS));
    check_file(&mut writers, &ledger);
    server.terminate();
    let status = server.wait();
    assert!(status.success(), "{status}");
    many_members::settle(&ledger);
    check_file(&mut writers, &ledger);
    many_members::assert_sound(&ledger);
}

#[test]
fn every_write_that_was_answered_survives_the_kill_of_all_nodes() {
    let Some(database) = database() else { return };
    let mut random = SeededRandom::new();
    let mut writers = writers(&mut random);
    for _ in 0..5 {
        let mut nodes = Nodes::start(2, &database.url(), &many_members::seed(WRITERS));
        let (addresses, guards) = (nodes.addresses(), nodes.iter().map(Process::kill_on_panic).collect::<Vec<_>>());
        let told = run_until(&mut writers, &addresses, 1 + random.below(2000), guards, || nodes.kill());
        assert_answers(&told);
        // What the nodes have sent may still be at work in the database.
        let others =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        wait_for("the end of the nodes' sessions", || database.query(others) == [["0"]]);
        check_all(
            &mut writers,
            many_members::read_database(&database.url()),
            many_members::read_parts_of_database(&database.url()),
        );
    }
}

fn writers(random: &mut SeededRandom) -> Vec<Writer> {
    (1..=WRITERS)
        .map(|member| Writer { member, acknowledged: Stored::new(), in_flight: None, random: random.split() })
        .collect()
}

/// Lets all write, to one of the servers each, until so many calls were answered; then kills. Gives all answers.
fn run_until(
    writers: &mut [Writer],
    servers: &[SocketAddr],
    answers: u64,
    guard: impl Sized,
    kill: impl FnOnce(),
) -> Vec<(Kind, i32)> {
    thread::scope(|scope| {
        let _guard = guard;
        let (answered, arriving) = mpsc::channel();
        for (writer, address) in writers.iter_mut().zip(servers.iter().cycle()) {
            let answered = answered.clone();
            scope.spawn(move || writer.run(*address, &answered));
        }
        drop(answered);
        let mut told: Vec<_> = (0..answers).map(|_| arriving.recv_timeout(PATIENCE).expect("an answer")).collect();
        kill();
        told.extend(arriving);
        told
    })
}

fn assert_answers(told: &[(Kind, i32)]) {
    let is_right = |(kind, code): &(Kind, i32)| *code == 0 || kind.refusal() == Some(*code);
    assert!(told.iter().all(is_right), "{told:?}");
}

fn check_file(writers: &mut [Writer], ledger: &Path) {
    check_all(writers, many_members::read_phones(ledger), many_members::read_parts(ledger));
}

fn check_all(writers: &mut [Writer], phones: Phones, parts: Parts) {
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
