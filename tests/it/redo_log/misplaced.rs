//! Files of a killed server that lie where they don't belong.

use std::fs;

use super::{Killed, save_in_turn};
use crate::harness::{Process, exchange};
use crate::many_members;

#[test]
fn a_ledger_moved_without_its_log_is_refused() {
    for suffixes in [&["", "-wal"][..], &[""]] {
        let killed = Killed::new();
        let elsewhere = tempfile::tempdir().expect("a folder");
        for suffix in suffixes {
            fs::copy(killed.beside(suffix), elsewhere.path().join(format!("ledger.db{suffix}"))).expect("a copy");
        }
        Killed::assert_refused(elsewhere.path(), "its redo log is missing");
    }
}

#[test]
fn an_older_ledger_beside_a_newer_log_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = many_members::ledger_of(folder.path());
    drop(Process::start(many_members::server(folder.path(), super::MEMBERS)));
    many_members::settle(&ledger);
    let older = fs::read(&ledger).expect("the ledger");

    let mut server = Process::start(many_members::server(folder.path(), super::MEMBERS));
    save_in_turn(&server, 0);
    // What a tester is shown is in the ledger's file: so the log has been cleared since the copy was made.
    exchange(server.address(), b"GET /_emulator/programs HTTP/1.1\r\nHost: localhost\r\n\r\n");
    save_in_turn(&server, 100);
    server.kill();
    fs::remove_file(folder.path().join("ledger.db-wal")).expect("a file");
    fs::write(&ledger, older).expect("a file");
    Killed::assert_refused(folder.path(), "redo log");
}

#[test]
fn a_ledger_beside_the_log_of_another_one_is_refused_if_that_holds_anything() {
    let killed = Killed::new();
    let other = tempfile::tempdir().expect("a folder");
    let server = Process::start(many_members::server(other.path(), super::MEMBERS));
    let stored = save_in_turn(&server, 500);
    server.stop();
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(killed.beside(suffix));
    }
    fs::copy(many_members::ledger_of(other.path()), killed.ledger()).expect("a copy");
    Killed::assert_refused(killed.folder.path(), "its redo log is another ledger's");

    // Nobody misses an empty one.
    many_members::settle(&many_members::ledger_of(other.path()));
    let third = tempfile::tempdir().expect("a folder");
    let mut server = Process::start(many_members::server(third.path(), super::MEMBERS));
    server.kill();
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(third.path().join(format!("ledger.db{suffix}")));
    }
    fs::copy(many_members::ledger_of(other.path()), many_members::ledger_of(third.path())).expect("a copy");
    drop(Process::start(many_members::server(third.path(), super::MEMBERS)));
    assert_eq!(many_members::read_phones(&many_members::ledger_of(third.path())), stored);
}

#[test]
fn a_log_whose_ledger_is_gone_is_dropped_with_a_warning_that_counts() {
    let killed = Killed::new();
    fs::remove_file(killed.ledger()).expect("the ledger");
    let server = Process::start(many_members::server(killed.folder.path(), super::MEMBERS));
    let (_, log) = server.stop();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("WARN")).collect();
    assert!(
        matches!(&warnings[..], [line] if line.contains("redo log was dropped") && line.contains("entries=")),
        "{log}"
    );
    assert_eq!(many_members::read_phones(&killed.ledger()).len(), 0);
}
