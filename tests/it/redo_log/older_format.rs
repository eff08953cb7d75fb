//! A log with a row for each save, as versions with schema 4 wrote it.

use std::fs;
use std::path::Path;

use crate::harness::{Process, command, run_to_end};
use crate::many_members::{self, Phones};

/// What the files of `fixtures/ledgers/schema-4-killed` held when their server was killed: 8 entries in the ledger's file, 11 in the
/// log alone.
fn expected() -> Phones {
    let homes =
        (1..=8).map(|member: usize| ((member, 1), 15_192_000_000 + member as u64 + if member < 4 { 200 } else { 0 }));
    let works = (1..=8).map(|member: usize| ((member, 2), 15_192_000_100 + member as u64));
    homes.chain(works).collect()
}

fn copy_to(folder: &Path) {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledgers/schema-4-killed");
    for file in fs::read_dir(files).expect("a folder") {
        let file = file.expect("a file");
        fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
    }
}

#[test]
fn the_log_of_an_older_version_is_replayed_once_and_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_to(folder.path());
    let mut server = Process::start(many_members::server(folder.path(), 8));
    assert!(server.stderr().contains("entries=11"), "{}", server.stderr());
    // A later number isn't replaced by the older one when it is opened again.
    assert_eq!(server.call(&many_members::save(1, "HOME", many_members::number(900))).return_code(), 0);
    server.kill();
    let server = Process::start(many_members::server(folder.path(), 8));
    server.stop();
    let mut expected = expected();
    expected.insert((1, 1), many_members::number(900));
    assert_eq!(many_members::read_phones(&many_members::ledger_of(folder.path())), expected);
}

#[test]
fn the_log_of_an_older_version_that_has_a_hole_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_to(folder.path());
    let log = rusqlite::Connection::open(folder.path().join("ledger.db-redo")).expect("the log");
    assert_eq!(log.execute("DELETE FROM save WHERE entry = 12", []), Ok(1));
    drop(log);
    super::Killed::assert_refused(folder.path(), "goes on with entry 13 where entry 12 is due");
}

#[test]
fn a_ledger_of_an_older_version_is_backed_up_with_its_log() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_to(folder.path());
    let output = run_to_end(command(folder.path(), &["backup", "copy.db", "--ledger", "sqlite:ledger.db"]));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(many_members::read_phones(&folder.path().join("copy.db")), expected());
}
