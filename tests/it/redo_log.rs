//! A redo log that is owed: what was answered with 0 is there after a start, or the start says what is missing.

mod damage;
mod flushes;
mod misplaced;
mod older_format;
mod recover;

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::harness::{Process, command, run_to_end};
use crate::many_members::{self, Phones};

const MEMBERS: usize = 8;
/// More than a batch, and fewer than make a checkpoint.
const SAVES: usize = 60;

/// A ledger whose server was killed while its redo log held entries that the ledger's file lacks.
struct Killed {
    folder: TempDir,
    acknowledged: Phones,
}

impl Killed {
    fn new() -> Self {
        loop {
            let killed = Self::under_load();
            if killed.is_log_owed() {
                return killed;
            }
        }
    }

    /// Kills a server between two of its answers.
    fn under_load() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut server = Process::start(many_members::server(folder.path(), MEMBERS));
        let acknowledged = save_in_turn(&server, 0);
        server.kill();
        Self { folder, acknowledged }
    }

    fn ledger(&self) -> PathBuf {
        many_members::ledger_of(self.folder.path())
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("ledger.db{suffix}"))
    }

    /// Looks at a copy, so that the recovery is left to the server.
    fn is_log_owed(&self) -> bool {
        let copy = self.copy();
        let query = |file: &str, sql| {
            let connection = Connection::open(copy.path().join(file)).expect("a database");
            connection.query_one(sql, [], |row| row.get::<_, i64>(0)).expect("a number")
        };
        let checkpointed = query("ledger.db", "SELECT merged_entry FROM ledger");
        query("ledger.db-redo", "SELECT coalesce(max(first_entry), 0) FROM batch") > checkpointed
    }

    /// Another folder with the same files.
    fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().expect("a folder");
        for file in many_members::files_of(&self.ledger()) {
            fs::copy(&file, copy.path().join(file.file_name().expect("a name"))).expect("a copy");
        }
        copy
    }

    /// Fails unless a start in `folder` is refused with these words, and says what to do.
    fn assert_refused(folder: &Path, words: &str) {
        let output = run_to_end(many_members::server(folder, MEMBERS));
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]), "{told}");
        assert!(told.contains(words), "{words:?} is not in: {told}");
        assert!(told.contains("sync-asmx recover --ledger sqlite:"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }

    /// Fails unless a start in `folder` finds all that was acknowledged.
    fn assert_whole(&self, folder: &Path) {
        let server = Process::start(many_members::server(folder, MEMBERS));
        drop(server);
        assert_eq!(many_members::read_phones(&many_members::ledger_of(folder)), self.acknowledged);
    }
}

/// Saves numbers beginning with the one of this index, each once, and gives what was answered with 0, which is all of it.
fn save_in_turn(server: &Process, index: usize) -> Phones {
    let mut connection = server.connect();
    let mut acknowledged = Phones::new();
    for index in index..index + SAVES {
        let (member, number) = (1 + index % MEMBERS, many_members::number(index));
        let request = many_members::save(member, "HOME", number).request(server.address());
        assert_eq!(connection.exchange(&request).expect("an answer").return_code(), 0);
        acknowledged.insert((member, 1), number);
    }
    acknowledged
}

fn recover(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = run_to_end(command(folder, &[&["recover", "--ledger", "sqlite:ledger.db"], arguments].concat()));
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).expect("text"))
}

#[test]
fn a_clean_stop_leaves_the_ledgers_file_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(many_members::server(folder.path(), MEMBERS));
    let acknowledged = save_in_turn(&server, 0);
    server.stop();
    let left: Vec<_> = many_members::files_of(&many_members::ledger_of(folder.path()));
    assert!(left.iter().all(|file| !file.to_string_lossy().contains("-redo")), "{left:?}");
    // It can be moved by itself.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let moved = many_members::ledger_of(elsewhere.path());
    fs::rename(many_members::ledger_of(folder.path()), &moved).expect("a file");
    drop(Process::start(many_members::server(elsewhere.path(), MEMBERS)));
    assert_eq!(many_members::read_phones(&moved), acknowledged);
}

#[test]
fn a_killed_server_starts_again_with_all_its_files() {
    let killed = Killed::new();
    let copy = killed.copy();
    killed.assert_whole(copy.path());
    let (status, told) = recover(killed.folder.path(), &[]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("nothing to recover"), "{told}");
    killed.assert_whole(killed.folder.path());
    // Again and again, without a stop in between.
    for _ in 0..3 {
        let mut server = Process::start(many_members::server(killed.folder.path(), MEMBERS));
        let acknowledged = save_in_turn(&server, 1000);
        server.kill();
        Killed { acknowledged, folder: killed.copy() }.assert_whole(killed.folder.path());
    }
}
