//! Failures while the service runs: return code 1 and nothing else, nothing lost, and 0 again once the cause is gone.

use std::path::{Path, PathBuf};
use std::time::Instant;

use rusqlite::Connection;

use super::MEMBERS;
use super::limits::{SmallDisk, limit_files, that_survives_its_limit};
use crate::harness::{PATIENCE, Process, skip};
use crate::many_members::{self, Phones};

/// A server whose acknowledged numbers are noted.
struct Service {
    server: Process,
    ledger: PathBuf,
    acknowledged: Phones,
    calls: usize,
}

impl Service {
    fn start(folder: &Path) -> Self {
        Self::with_server(Process::start(many_members::server(folder, MEMBERS)), folder)
    }

    fn with_server(server: Process, folder: &Path) -> Self {
        let mut service =
            Self { server, ledger: many_members::ledger_of(folder), acknowledged: Phones::new(), calls: 0 };
        for _ in 0..MEMBERS {
            assert_eq!(service.save(), 0);
        }
        service
    }

    /// Saves a number that nobody has, for one member after the other.
    fn save(&mut self) -> i32 {
        self.calls += 1;
        let (member, number) = (1 + self.calls % MEMBERS, many_members::number(self.calls));
        let answer = self.server.call(&many_members::save(member, "HOME", number));
        assert_eq!(answer.status, 200, "{answer:?}");
        if answer.return_code() == 0 {
            self.acknowledged.insert((member, 1), number);
        } else {
            assert_eq!(answer.saved_phone_number(), "");
        }
        answer.return_code()
    }

    /// Goes on saving while the answer is `now`, until it is `then`.
    fn save_until(&mut self, now: i32, then: i32) {
        let start = Instant::now();
        loop {
            let code = self.save();
            if code == then {
                return;
            }
            assert_eq!(code, now);
            assert!(start.elapsed() < PATIENCE, "still {now}: {}", self.server.stderr());
        }
    }

    /// Fails unless every acknowledged number is held: a stranger doesn't get it.
    fn check(&self) {
        for ((member, _), number) in &self.acknowledged {
            let stranger = 1 + member % MEMBERS;
            let answer = self.server.call(&many_members::save(stranger, "WORK", *number));
            assert_eq!(answer.return_code(), 315, "{number} of member {member}");
        }
    }

    /// Kills the server. The next one finds what was acknowledged, and nothing else.
    fn check_after_crash(mut self) {
        self.server.kill();
        many_members::assert_sound(&self.ledger);
        let folder = self.ledger.parent().expect("a folder");
        self.server = Process::start(many_members::server(folder, MEMBERS));
        assert_eq!(many_members::read_phones(&self.ledger), self.acknowledged);
        assert_eq!(self.save(), 0);
    }
}

#[test]
fn a_locked_ledger_answers_1_and_0_again_after_the_lock() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut service = Service::start(folder.path());
    for _ in 0..2 {
        let locker = Connection::open(&service.ledger).expect("the ledger");
        locker.execute_batch("BEGIN EXCLUSIVE").expect("a lock");
        assert_eq!(service.save(), 1);
        assert_eq!(service.save(), 1);
        drop(locker);
        assert_eq!(service.save(), 0);
        service.check();
    }
    assert!(service.server.stderr().contains("another process has locked the file"), "{}", service.server.stderr());
    // The line names the call, as the journal does.
    assert!(service.server.stderr().contains("answered with code 1 request="), "{}", service.server.stderr());
    service.check_after_crash();
}

#[test]
fn a_locked_ledger_still_answers_refusals_that_need_no_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = Service::start(folder.path());
    let locker = Connection::open(&service.ledger).expect("the ledger");
    locker.execute_batch("BEGIN EXCLUSIVE").expect("a lock");
    let call = many_members::save(1, "HOME", many_members::number(0));
    for (call, code) in [
        (call.clone().with("SecurityToken", "UNKNOWN"), 100),
        (call.clone().with("PhoneNumber", ""), 2),
        (call.clone().with("PhoneNumberTypeExternalReference", "FAX"), 308),
        (call.clone().with("PhoneNumberTypeExternalReference", "FAX").with("MemberId", MEMBERS + 1), 311),
        (call.clone().with("MobileCarrierExternalReference", "PIGEON"), 316),
    ] {
        assert_eq!(service.server.call(&call).return_code(), code, "{call:?}");
    }
}

#[test]
fn a_full_disk_answers_1_and_0_again_when_there_is_room() {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(reason) => return skip(&reason),
    };
    let mut service = Service::start(disk.path());
    for _ in 0..2 {
        disk.fill(32 << 10);
        service.save_until(0, 1);
        assert_eq!(service.save(), 1);
        disk.make_room();
        assert_eq!(service.save(), 0);
        service.check();
    }
    assert!(service.server.stderr().contains("full"), "{}", service.server.stderr());
    service.check_after_crash();
}

#[test]
fn a_crash_on_a_full_disk_loses_nothing() {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(reason) => return skip(&reason),
    };
    let mut service = Service::start(disk.path());
    disk.fill(32 << 10);
    service.save_until(0, 1);
    service.server.kill();
    disk.make_room();
    service.check_after_crash();
}

#[test]
fn files_that_may_not_grow_answer_1_and_0_again_when_they_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let command = that_survives_its_limit(&many_members::server(folder.path(), MEMBERS));
    let mut service = Service::with_server(Process::start(command), folder.path());
    for _ in 0..2 {
        // Less than a redo log takes when it begins, so that the server can't help itself by beginning another one.
        let limit = 32 << 10;
        if let Err(reason) = limit_files(service.server.pid(), &limit.to_string()) {
            return skip(&reason);
        }
        service.save_until(0, 1);
        assert_eq!(service.save(), 1);
        limit_files(service.server.pid(), "unlimited").expect("what it was allowed before");
        assert_eq!(service.save(), 0);
        service.check();
    }
    service.check_after_crash();
}
