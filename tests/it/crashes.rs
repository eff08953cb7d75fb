//! SIGKILL at any moment: what was answered with 0 is there again, and nothing else is.

mod proofs;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Instant;

use crate::harness::{Connection, PATIENCE, Process};
use crate::many_members::{self, EMAIL_TYPES, Phones, TYPES};
use crate::seeded_random::SeededRandom;

const WRITERS: usize = 32;
const ROUNDS: usize = 20;
/// Few enough that writers are often after a number that another one holds.
const NUMBERS: usize = 300;

/// A member that saves one number or e-mail address after the other, and removes addresses.
struct Writer {
    member: usize,
    /// The last number of each type that was answered with 0; addresses have the types behind those of numbers.
    acknowledged: Phones,
    /// Sent, and not answered: the server may have saved or removed it, or not.
    in_flight: Option<((usize, usize), Option<u64>)>,
    random: SeededRandom,
}

impl Writer {
    /// Saves until the server is gone, and tells of every answer.
    fn run(&mut self, address: SocketAddr, answered: &Sender<i32>) {
        // It may be gone already.
        let Ok(mut connection) = Connection::try_open(address) else { return };
        loop {
            let index = self.random.index(TYPES.len() + EMAIL_TYPES.len());
            let number = many_members::number(self.random.index(NUMBERS));
            let (call, saved) = match index.checked_sub(TYPES.len()) {
                None => (many_members::save(self.member, TYPES[index], number), Some(number)),
                Some(email) if self.random.index(3) == 0 => {
                    (many_members::remove_email(self.member, EMAIL_TYPES[email]), None)
                }
                Some(email) => (many_members::save_email(self.member, EMAIL_TYPES[email], number), Some(number)),
            };
            let place = (self.member, index + 1);
            self.in_flight = Some((place, saved));
            let request = call.request(address);
            let Ok(answer) = connection.exchange(&request) else { return };
            let code = answer.return_code();
            self.in_flight = None;
            if code == 0 {
                self.acknowledge(place, saved);
            }
            let _ = answered.send(code);
        }
    }

    fn acknowledge(&mut self, place: (usize, usize), saved: Option<u64>) {
        match saved {
            Some(number) => self.acknowledged.insert(place, number),
            None => self.acknowledged.remove(&place),
        };
    }

    /// Compares with what the ledger has, which is what counts from now on.
    fn check(&mut self, stored: &Phones) {
        for kind in 1..=TYPES.len() + EMAIL_TYPES.len() {
            let place = (self.member, kind);
            let (is, was) = (stored.get(&place).copied(), self.acknowledged.get(&place).copied());
            let in_flight = self.in_flight.filter(|(other, _)| *other == place).map(|(_, saved)| saved);
            let is_right = is == was || in_flight == Some(is);
            assert!(is_right, "{place:?}: answered {was:?}, in flight {in_flight:?}, stored {is:?}");
            self.acknowledge(place, is);
        }
        self.in_flight = None;
    }
}

#[test]
fn every_save_that_was_answered_survives_being_killed() {
    let mut random = SeededRandom::new();
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = many_members::ledger_of(folder.path());
    let mut writers: Vec<_> = (1..=WRITERS)
        .map(|member| Writer { member, acknowledged: Phones::new(), in_flight: None, random: random.split() })
        .collect();

    for round in 0..ROUNDS {
        let mut server = Process::start(many_members::server(folder.path(), WRITERS));
        check_all(&mut writers, &ledger);

        // The moment is a number of answers, so that it falls into the midst of the work on every machine. Now and then it
        // is a long time off, because a ledger does some of its work after thousands of saves only.
        let moment = 1 + if round % 5 == 4 { random.below(20_000) } else { random.below(600) };
        let codes = thread::scope(|scope| {
            let _guard = server.kill_on_panic();
            let (answered, answers) = mpsc::channel();
            for writer in &mut writers {
                let (address, answered) = (server.address(), answered.clone());
                scope.spawn(move || writer.run(address, &answered));
            }
            drop(answered);
            let mut codes: Vec<i32> = (0..moment).map(|_| answers.recv_timeout(PATIENCE).expect("an answer")).collect();
            server.kill();
            codes.extend(answers);
            codes
        });

        assert!(codes.iter().all(|code| [0, 314, 315].contains(code)), "{codes:?}");
        many_members::assert_sound(&ledger);
    }

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
    let (mut stored, emails) = (many_members::read_phones(ledger), many_members::read_emails(ledger));
    many_members::assert_one_member_a_number(&stored);
    many_members::assert_one_member_a_number(&emails);
    stored.extend(emails.into_iter().map(|((member, kind), number)| ((member, TYPES.len() + kind), number)));
    for writer in writers {
        writer.check(&stored);
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
