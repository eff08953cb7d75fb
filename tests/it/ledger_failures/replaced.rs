//! Files that somebody removes or replaces while a server has them open: nothing is answered with 0 any more that a restart
//! would not find.

use std::fs;
use std::path::{Path, PathBuf};

use super::{MEMBERS, readiness, save};
use crate::harness::{Process, wait_for};
use crate::many_members::{self, Phones};

const FILES: [&str; 6] = ["", "-wal", "-shm", "-redo", "-redo-wal", "-redo-shm"];

/// Somebody takes the file away, and may put another one with the same bytes in its place. Gives where the old one is now.
fn take_away(folder: &Path, suffix: &str, and_replace: bool) -> PathBuf {
    let path = folder.join(format!("ledger.db{suffix}"));
    let aside = folder.join("aside");
    fs::rename(&path, &aside).expect("a file of the ledger");
    if and_replace {
        fs::copy(&aside, &path).expect("a file");
    }
    aside
}

/// It says so, and goes on saying so until a restart, even when the file is back.
fn assert_out_of_service(server: &Process, suffix: &str) {
    wait_for("a ledger that isn't ready", || readiness(server) == 503);
    assert_eq!(save(server, 2, 20), 1, "{suffix}");
    let named = format!("ledger.db{suffix} was re");
    wait_for("a line that names the file", || server.stderr().contains(&named));
}

fn assert_restart_finds(server: &mut Process, folder: &Path, saved: &Phones) {
    server.kill();
    *server = Process::start(many_members::server(folder, MEMBERS));
    let found = many_members::read_phones(&many_members::ledger_of(folder));
    for (place, number) in saved {
        assert_eq!(found.get(place), Some(number), "{place:?}");
    }
    assert_eq!((save(server, 2, 20), readiness(server)), (0, 200));
}

#[test]
fn a_file_that_was_removed_is_noticed_before_the_next_save_is_answered() {
    for suffix in FILES {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let mut server = Process::start(many_members::server(folder, MEMBERS));
        assert_eq!((save(&server, 1, 1), readiness(&server)), (0, 200));
        let aside = take_away(folder, suffix, false);
        assert_eq!(save(&server, 1, 2), 1, "{suffix}");
        assert_out_of_service(&server, suffix);
        fs::rename(aside, folder.join(format!("ledger.db{suffix}"))).expect("the file");
        assert_out_of_service(&server, suffix);
        // The one that was answered with 1 may be there, or not.
        server.kill();
        server = Process::start(many_members::server(folder, MEMBERS));
        let found = many_members::read_phones(&many_members::ledger_of(folder)).get(&(1, 1)).copied();
        assert!([1, 2].map(many_members::number).contains(&found.expect("a number")), "{suffix}: {found:?}");
    }
}

#[test]
fn a_file_that_was_replaced_is_noticed_while_nobody_calls() {
    for suffix in FILES {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let mut server = Process::start(many_members::server(folder, MEMBERS));
        assert_eq!((save(&server, 1, 1), readiness(&server)), (0, 200));
        let aside = take_away(folder, suffix, true);
        assert_out_of_service(&server, suffix);
        fs::rename(aside, folder.join(format!("ledger.db{suffix}"))).expect("the file");
        assert_restart_finds(&mut server, folder, &Phones::from([((1, 1), many_members::number(1))]));
    }
}

#[test]
fn a_change_by_a_tester_is_not_made_in_a_file_that_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let server = Process::start(many_members::server(folder, MEMBERS));
    take_away(folder, "", true);
    let body = "{}";
    let request = format!(
        "PUT /_emulator/programs/many_members/members/99 HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        server.address(),
        body.len()
    );
    let answer = crate::harness::exchange(server.address(), request.as_bytes());
    assert_eq!(answer.status, 503, "{answer:?}");
}

#[test]
fn a_server_whose_ledger_was_replaced_leaves_the_new_one_alone_when_it_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut old = Process::start(many_members::server(folder, MEMBERS));
    assert_eq!(save(&old, 1, 1), 0);
    for file in many_members::files_of(&many_members::ledger_of(folder)) {
        fs::rename(&file, folder.join(format!("old-{}", file.file_name().expect("a name").to_string_lossy())))
            .expect("a file");
    }
    let mut new = Process::start(many_members::server(folder, MEMBERS));
    assert_eq!(save(&new, 1, 2), 0);
    let before = many_members::files_of(&many_members::ledger_of(folder)).len();
    old.terminate();
    old.wait();
    assert_eq!(many_members::files_of(&many_members::ledger_of(folder)).len(), before);
    assert_eq!((save(&new, 2, 3), readiness(&new)), (0, 200));
    new.kill();
    many_members::settle(&many_members::ledger_of(folder));
    let stored = Phones::from([((1, 1), many_members::number(2)), ((2, 1), many_members::number(3))]);
    assert_eq!(many_members::read_phones(&many_members::ledger_of(folder)), stored);
}
