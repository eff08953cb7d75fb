//! `sync-asmx recover`: says what would be lost, asks, and goes on.

use std::fs;

use rusqlite::Connection;

use super::{Killed, recover};
use crate::harness::{Process, command, run_to_end};
use crate::many_members;

#[test]
fn recover_changes_nothing_unless_somebody_says_yes() {
    let killed = Killed::new();
    let folder = killed.folder.path();
    let end = fs::read(killed.beside("-redo-end")).expect("a file");
    fs::remove_file(killed.beside("-redo-end")).expect("a file");
    let (status, told) = recover(folder, &[]);
    assert_eq!(status, Some(2), "{told}");
    assert!(told.contains("will be lost") && told.contains("--yes"), "{told}");
    Killed::assert_refused(folder, "the file that tells the last entry");
    fs::write(killed.beside("-redo-end"), end).expect("a file");
    killed.assert_whole(folder);
}

#[test]
fn recover_keeps_all_that_can_be_used() {
    let killed = Killed::new();
    let folder = killed.folder.path();
    fs::remove_file(killed.beside("-redo-end")).expect("a file");
    let (status, told) = recover(folder, &["--yes"]);
    assert_eq!(status, Some(0), "{told}");
    killed.assert_whole(folder);
    // Only once.
    let (status, told) = recover(folder, &["--yes"]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("nothing to recover"), "{told}");
}

#[test]
fn recover_counts_what_is_lost_with_a_log_that_is_gone() {
    let killed = Killed::new();
    let folder = killed.folder.path();
    for suffix in ["-redo", "-redo-wal", "-redo-shm"] {
        fs::remove_file(killed.beside(suffix)).expect(suffix);
    }
    let output = run_to_end(command(folder, &["recover", "--ledger", "sqlite:ledger.db", "--yes", "--json"]));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(
        output.status.success() && told["lost"].as_u64().is_some_and(|lost| lost > 0) && told["kept"] == 0,
        "{told}"
    );
    let server = Process::start(many_members::server(folder, super::MEMBERS));
    assert_eq!(server.call(&many_members::save(1, "HOME", many_members::number(777))).return_code(), 0);
}

#[test]
fn an_entry_that_can_not_be_applied_stops_the_start_and_is_not_dropped() {
    let killed = Killed::new();
    // The members are gone, as no change of a tester could bring it about.
    let ledger = Connection::open(killed.ledger()).expect("the ledger");
    ledger.execute_batch("DELETE FROM member; DELETE FROM phone").expect("a change");
    drop(ledger);
    Killed::assert_refused(killed.folder.path(), "can't be applied");
    Killed::assert_refused(killed.folder.path(), "can't be applied");
    let (status, told) = recover(killed.folder.path(), &["--yes"]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains(" 0 entries kept"), "{told}");
    drop(Process::start(many_members::server(killed.folder.path(), super::MEMBERS)));
}

#[test]
fn a_batch_of_a_newer_format_stops_the_start() {
    let killed = Killed::new();
    let log = Connection::open(killed.beside("-redo")).expect("the log");
    let (id, row): (String, i64) = log
        .query_one("SELECT ledger_id, (SELECT max(first_entry) FROM batch) FROM owner", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a batch");
    let (count, commands): (i64, Vec<u8>) = log
        .query_one("SELECT count, commands FROM batch WHERE first_entry = ?1", [row], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a batch");
    let numbers = [row, count, 99].map(i64::to_le_bytes);
    let checksum = crc32fast::hash(&[id.as_bytes(), &numbers.concat(), &commands].concat());
    log.execute("UPDATE batch SET format = 99, checksum = ?1 WHERE first_entry = ?2", [i64::from(checksum), row])
        .expect("a change");
    drop(log);
    Killed::assert_refused(killed.folder.path(), "newer version of sync-asmx (format 99)");
}

#[test]
fn recover_refuses_what_is_in_use_or_no_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, told) = recover(folder.path(), &["--yes"]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("no such file"), "{told}");
    let _server = Process::start(many_members::server(folder.path(), super::MEMBERS));
    let (status, told) = recover(folder.path(), &["--yes"]);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("another process has locked the file"), "{told}");
}
