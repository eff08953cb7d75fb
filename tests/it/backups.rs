//! Backups of a ledger that a busy server has open.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{PATIENCE, Process, command, run_to_end};
use crate::many_members::{self, Phones, TYPES};

const WRITERS: usize = 6;
const MEMBERS: usize = 600;
const BACKUPS: usize = 8;
/// So many saves lie between two backups, so that the ledger is met before, in and behind its checkpoints.
const BETWEEN: usize = 1500;

/// What the writers share.
#[derive(Default)]
struct Load {
    /// The last number of each place that was answered with 0. The numbers of a place grow.
    acknowledged: Mutex<Phones>,
    count: AtomicUsize,
    is_over: AtomicBool,
}

impl Load {
    /// Saves number after number, for every sixth member, until it is over.
    fn write(&self, server: &Process, writer: usize) {
        let mut connection = server.connect();
        for round in 0.. {
            let member = 1 + writer + WRITERS * (round % (MEMBERS / WRITERS));
            let kind = round % TYPES.len();
            let number = many_members::number(round * WRITERS + writer);
            let request = many_members::save(member, TYPES[kind], number).request(server.address());
            let answer = connection.exchange(&request);
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            assert_eq!(answer.expect("an answer").return_code(), 0);
            self.acknowledged.lock().expect("phones").insert((member, kind + 1), number);
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn wait_for(&self, saves: usize) {
        let start = Instant::now();
        while self.count.load(Ordering::Relaxed) < saves {
            assert!(start.elapsed() < PATIENCE, "{saves} saves take too long");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Makes a backup, which has to hold what is acknowledged by now.
    fn back_up(&self, folder: &Path, ledger: &str, file: &str) {
        let before = self.acknowledged.lock().expect("phones").clone();
        let output = run_to_end(command(folder, &["backup", file, "--ledger", &format!("sqlite:{ledger}")]));
        assert!(output.status.success(), "{output:?}");
        let file = folder.join(file);
        // It is one file, and a sound one.
        assert_eq!(many_members::files_of(&file), std::slice::from_ref(&file));
        many_members::assert_sound(&file);
        let stored = many_members::read_phones(&file);
        many_members::assert_one_member_a_number(&stored);
        for (place, number) in &before {
            let is = stored.get(place);
            assert!(is.is_some_and(|is| is >= number), "{place:?}: answered {number}, stored {is:?}");
        }
        let told = String::from_utf8(output.stdout).expect("text");
        let length = fs::metadata(&file).expect("a file").len();
        assert!(told.ends_with(&format!(": {MEMBERS} members, {} phones, {length} bytes\n", stored.len())), "{told}");
        // It is a ledger.
        many_members::settle(&file);
        assert_eq!(many_members::read_phones(&file), stored);
    }
}

fn back_up(folder: &Path, file: &str) -> Output {
    run_to_end(command(folder, &["backup", file, "--ledger", "sqlite:ledger.db"]))
}

#[test]
fn a_backup_holds_whatever_was_answered_before_it_began() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut server = Process::start(many_members::server(folder, MEMBERS));
    let load = Load::default();
    let names = by_links(folder);
    thread::scope(|scope| {
        let _guard = server.kill_on_panic();
        for writer in 0..WRITERS {
            let (load, server) = (&load, &server);
            scope.spawn(move || load.write(server, writer));
        }
        for number in 0..BACKUPS {
            load.wait_for(number * BETWEEN + 1);
            load.back_up(folder, names[number % names.len()], &format!("backup-{number}.db"));
        }
        load.is_over.store(true, Ordering::Relaxed);
    });
    // A server that was killed leaves in its redo log what the file lacks.
    server.kill();
    for name in names {
        load.back_up(folder, name, &format!("of-the-dead-{}.db", name.replace('/', "-")));
    }
}

/// The ledger's name, and others that lead there.
#[cfg(unix)]
fn by_links(folder: &Path) -> [&'static str; 3] {
    use std::os::unix::fs::symlink;
    fs::create_dir(folder.join("links")).expect("a folder");
    symlink("../ledger.db", folder.join("links/other.db")).expect("a link");
    symlink("..", folder.join("links/folder")).expect("a link");
    ["ledger.db", "links/other.db", "links/folder/ledger.db"]
}

#[cfg(not(unix))]
fn by_links(_: &Path) -> [&'static str; 1] {
    ["ledger.db"]
}

#[test]
fn a_backup_put_back_is_not_mixed_with_what_came_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut server = Process::start(many_members::server(folder, 2));
    assert_eq!(server.call(&many_members::save(1, "HOME", many_members::number(1))).return_code(), 0);
    assert!(back_up(folder, "backup.db").status.success());
    let stored = many_members::read_phones(&folder.join("backup.db"));
    assert_eq!(stored, Phones::from([((1, 1), many_members::number(1))]));
    assert_eq!(server.call(&many_members::save(2, "HOME", many_members::number(2))).return_code(), 0);
    server.kill();
    // Somebody puts it back, and overlooks the redo log.
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        fs::remove_file(folder.join(file)).expect(file);
    }
    fs::rename(folder.join("backup.db"), folder.join("ledger.db")).expect("a file");
    // Unless the log is empty, a start is refused until somebody says that it may go.
    let recovered = run_to_end(command(folder, &["recover", "--ledger", "sqlite:ledger.db", "--yes"]));
    assert!(recovered.status.success(), "{recovered:?}");
    many_members::settle(&folder.join("ledger.db"));
    assert_eq!(many_members::read_phones(&folder.join("ledger.db")), stored);
}

#[test]
fn a_backup_that_cannot_be_made_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let refused = |arguments: &[&str], words: &str| {
        let output = run_to_end(command(folder, arguments));
        let told = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.code() == Some(1) && told.contains(words), "{arguments:?}: {told}");
    };
    let files = || {
        let mut files: Vec<_> =
            fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
        files.sort();
        files
    };
    refused(&["backup", "copy.db", "--ledger", "sqlite:missing.db"], "can't be opened");
    refused(&["backup", "copy.db"], "sqlite:data/sync-asmx.db");
    refused(&["backup", "copy.db", "--ledger", "memory:"], "sync-asmx export");
    refused(&["backup", "copy.db", "--ledger", "postgres://me@nowhere/ledger"], "pg_dump");
    refused(&["backup", "nowhere/copy.db", "--ledger", "sqlite:missing.db"], "nowhere/copy.db");
    fs::write(folder.join("letter.txt"), "no ledger, but long enough to be told from an empty file".repeat(99))
        .expect("a file");
    refused(&["backup", "copy.db", "--ledger", "sqlite:letter.txt"], "no ledger");
    fs::write(folder.join("empty.db"), "").expect("a file");
    refused(&["backup", "copy.db", "--ledger", "sqlite:empty.db"], "no ledger");
    assert_eq!(files(), [folder.join("empty.db"), folder.join("letter.txt")]);

    let server = Process::start(many_members::server(folder, 2));
    let before = files();
    fs::write(folder.join("there.db"), "of somebody").expect("a file");
    refused(&["backup", "there.db", "--ledger", "sqlite:ledger.db"], "there.db is there already");
    assert_eq!(fs::read_to_string(folder.join("there.db")).expect("a file"), "of somebody");
    fs::remove_file(folder.join("there.db")).expect("a file");
    assert_eq!(files(), before);
    drop(server);
}

/// A folder with a ledger that no server has open.
#[cfg(unix)]
fn folder_with_ledger() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    Process::start(many_members::server(folder.path(), 2)).stop();
    folder
}

/// The files in a folder whose names are those of drafts of `copy.db`.
#[cfg(unix)]
fn drafts(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").file_name());
    let mut files: Vec<_> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    files.retain(|name| name.starts_with("copy.db.part"));
    files.sort();
    files
}

#[cfg(unix)]
#[test]
fn a_backup_removes_what_killed_ones_have_left_and_nothing_else() {
    let folder = folder_with_ledger();
    let folder = folder.path();
    // While somebody has the ledger for himself, a backup waits, and its draft is there.
    let locker = rusqlite::Connection::open(folder.join("ledger.db")).expect("the ledger");
    locker.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").expect("a lock");
    let start = Instant::now();
    while drafts(folder).is_empty() {
        assert!(start.elapsed() < PATIENCE, "no backup was killed in time");
        let mut backup =
            command(folder, &["backup", "copy.db", "--ledger", "sqlite:ledger.db"]).spawn().expect("a process");
        while drafts(folder).is_empty() && backup.try_wait().expect("a process of ours").is_none() {
            thread::yield_now();
        }
        // It may be through already, and have removed its draft.
        let _ = backup.kill();
        backup.wait().expect("its end");
    }
    drop(locker);
    // Of an older version.
    for name in ["copy.db.part-4711", "copy.db.part-4711-journal"] {
        fs::write(folder.join(name), "").expect("a file");
    }
    // Not a draft, or one that somebody works on.
    let kept = ["copy.db.part-0123456789abcdef", "copy.db.part-12", "copy.db.part-aa", "copy.db.parts"];
    for name in kept {
        fs::write(folder.join(name), "somebody's own").expect("a file");
    }
    fs::write(folder.join(kept[0]), "SQLite format 3\0").expect("a file");
    let held = fs::File::open(folder.join(kept[0])).expect("a file");
    held.try_lock().expect("a lock");
    assert!(back_up(folder, "copy.db").status.success());
    assert_eq!(drafts(folder), kept);
    assert!(folder.join("copy.db").is_file());

    drop(held);
    fs::remove_file(folder.join("copy.db")).expect("the backup");
    assert!(back_up(folder, "copy.db").status.success());
    assert_eq!(drafts(folder), kept[1..]);
}

#[cfg(unix)]
#[test]
fn a_backup_is_for_its_owner_only_and_tells_json() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let _server = Process::start(many_members::server(folder.path(), 2));
    let mut backup = command(folder.path(), &["backup", "copy.db", "--json"]);
    backup.env("SYNC_ASMX_LEDGER", "sqlite:ledger.db");
    let output = run_to_end(backup);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let file = fs::metadata(folder.path().join("copy.db")).expect("a file");
    assert_eq!(told, serde_json::json!({"file": "copy.db", "members": 2, "phones": 0, "bytes": file.len()}));
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}
