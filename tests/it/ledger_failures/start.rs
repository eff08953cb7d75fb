//! Starts that are refused: the message names the setting and the file, and says what to do.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use sync_asmx::ledger::{self, LedgerUrl};
use tempfile::TempDir;

use super::limits::{SmallDisk, as_ordinary_user, that_survives_its_limit};
use super::make_ledger;
use crate::harness::{Process, command, run_to_end, skip};
use crate::many_members;

/// A folder with a ledger that is in order, and nobody uses.
fn folder_with_ledger() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    make_ledger(folder.path());
    folder
}

pub fn start(folder: &Path, ledger: &str) -> Command {
    command(folder, &["--listen", "127.0.0.1:0", "--ledger", &format!("sqlite:{ledger}")])
}

/// Fails unless the start is refused with one line that names the setting and the ledger, and has the advice.
pub fn assert_refused(command: Command, ledger: &str, advice: &str) {
    let output = run_to_end(command);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(stdout, "", "nothing listens");
    let beginning = format!("error: --ledger: can't open the ledger sqlite:{ledger}: ");
    assert!(stderr.starts_with(&beginning), "{stderr}");
    assert!(stderr.contains(advice), "{advice:?} is not in: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

const DAMAGED: &str = "the file is damaged or no ledger; restore it from a backup, or name another file";
pub const LOCKED: &str = "another process has locked the file; stop that process, or name another file";

#[test]
fn a_folder_that_is_a_file_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("data"), "").expect("a file");
    assert_refused(start(folder.path(), "data/ledger.db"), "data/ledger.db", "its folder can't be made");
}

#[test]
fn a_file_that_is_a_folder_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("ledger.db")).expect("a folder");
    assert_refused(start(folder.path(), "ledger.db"), "ledger.db", "it is a folder");
}

#[test]
fn what_is_no_regular_file_is_told_and_keeps_nobody_waiting() {
    let folder = folder_with_ledger();
    assert_refused(start(folder.path(), "/dev/null"), "/dev/null", "it is no regular file");
    let make_fifo = |name: &str| {
        let status = Command::new("mkfifo").arg(folder.path().join(name)).status();
        assert!(status.expect("mkfifo").success());
    };
    make_fifo("fifo.db");
    assert_refused(start(folder.path(), "fifo.db"), "fifo.db", "it is no regular file");
    let _socket = UnixListener::bind(folder.path().join("socket.db")).expect("a socket");
    assert_refused(start(folder.path(), "socket.db"), "socket.db", "it is no regular file");
    for suffix in ["-lock", "-wal", "-shm", "-redo", "-redo-wal", "-redo-shm", "-redo-end"] {
        let path = folder.path().join(format!("ledger.db{suffix}"));
        let is_there = path.exists();
        if is_there {
            fs::rename(&path, folder.path().join("aside")).expect("a file");
        }
        make_fifo(&format!("ledger.db{suffix}"));
        assert_refused(
            start(folder.path(), "ledger.db"),
            "ledger.db",
            &format!("ledger.db{suffix} is no regular file"),
        );
        fs::remove_file(&path).expect("the FIFO");
        if is_there {
            fs::rename(folder.path().join("aside"), &path).expect("a file");
        }
    }
    Process::start(start(folder.path(), "ledger.db"));
}

#[test]
fn a_place_where_no_file_can_be_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_refused(start(folder.path(), "/dev/null/ledger.db"), "/dev/null/ledger.db", "its folder can't be made");
}

#[test]
fn a_read_only_file_is_told() {
    refuse_without_permission("ledger.db", 0o400, "the file can't be written");
}

#[test]
fn a_read_only_folder_is_told() {
    refuse_without_permission(".", 0o500, "make both writable");
}

fn refuse_without_permission(path: &str, mode: u32, advice: &str) {
    let folder = folder_with_ledger();
    let mut command = start(folder.path(), "ledger.db");
    if let Err(reason) = as_ordinary_user(&mut command, folder.path()) {
        return skip(&reason);
    }
    let path = folder.path().join(path);
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("other permissions");
    assert_refused(command, "ledger.db", advice);
    fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("permission to clean up");
}

#[test]
fn a_file_of_random_bytes_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = crate::seeded_random::SeededRandom::new();
    let bytes: Vec<u8> = (0..50_000).map(|_| random.below(256).to_le_bytes()[0]).collect();
    let ledger = many_members::ledger_of(folder.path());
    fs::write(&ledger, &bytes).expect("a file");
    assert_refused(start(folder.path(), "ledger.db"), "ledger.db", DAMAGED);
    assert!(fs::read(ledger).expect("the file") == bytes, "somebody may want to have a look at it");
}

#[test]
fn a_ledger_cut_short_is_told() {
    let folder = folder_with_ledger();
    let ledger = many_members::ledger_of(folder.path());
    let bytes = fs::read(&ledger).expect("the ledger");
    // Less than the last page would not always be a loss: that of an empty table has nothing at its end.
    for length in [100, bytes.len() / 2, bytes.len() - 5 * 1024] {
        fs::write(&ledger, &bytes[..length]).expect("a shorter file");
        assert_refused(start(folder.path(), "ledger.db"), "ledger.db", DAMAGED);
    }
}

#[test]
fn a_ledger_with_a_damaged_page_is_told() {
    let folder = folder_with_ledger();
    let path = many_members::ledger_of(folder.path());
    // What is on a page that is free is no loss.
    rusqlite::Connection::open(&path).and_then(|file| file.execute_batch("VACUUM")).expect("no free page");
    let bytes = fs::read(&path).expect("the ledger");
    let page_size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    for page in 0..bytes.len() / page_size {
        let mut damaged = bytes.clone();
        for byte in &mut damaged[page * page_size..][..page_size] {
            *byte = !*byte;
        }
        fs::write(&path, damaged).expect("a damaged file");
        let told = ledger::open(&LedgerUrl::Sqlite(path.clone())).err().map(|error| error.to_string());
        assert!(told.as_ref().is_some_and(|told| told.contains(DAMAGED)), "page {page}: {told:?}");
    }
    // The program says what the library says.
    assert_refused(start(folder.path(), "ledger.db"), "ledger.db", DAMAGED);
}

#[test]
fn a_locked_ledger_is_told() {
    let folder = folder_with_ledger();
    for lock in ["BEGIN EXCLUSIVE", "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"] {
        let connection = Connection::open(many_members::ledger_of(folder.path())).expect("the ledger");
        connection.execute_batch(lock).expect("a lock");
        assert_refused(start(folder.path(), "ledger.db"), "ledger.db", LOCKED);
    }
}

/// Two servers would know nothing of each other's latest saves.
#[test]
fn a_second_server_on_a_ledger_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Process::start(many_members::server(folder.path(), 1));
    assert_refused(start(folder.path(), "ledger.db"), "ledger.db", LOCKED);
    assert_eq!(first.call(&many_members::save(1, "HOME", many_members::number(1))).return_code(), 0);
}

#[test]
fn a_damaged_redo_log_is_told_by_its_name() {
    let folder = folder_with_ledger();
    fs::write(folder.path().join("ledger.db-redo"), vec![0x55; 50_000]).expect("a damaged file");
    assert_refused(start(folder.path(), "ledger.db"), "ledger.db", "ledger.db-redo");
    assert_refused(start(folder.path(), "ledger.db"), "ledger.db", DAMAGED);
}

#[test]
fn a_ledger_of_a_newer_version_is_told_and_left_as_it_is() {
    let folder = folder_with_ledger();
    let connection = Connection::open(many_members::ledger_of(folder.path())).expect("the ledger");
    let newer = "INSERT INTO refinery_schema_history SELECT 9999, 'of_the_future', applied_on, checksum
                 FROM refinery_schema_history LIMIT 1";
    assert_eq!(connection.execute(newer, []), Ok(1));
    drop(connection);
    let phones = many_members::read_phones(&many_members::ledger_of(folder.path()));
    assert_refused(start(folder.path(), "ledger.db"), "ledger.db", "newer");
    assert_eq!(many_members::read_phones(&many_members::ledger_of(folder.path())), phones);
}

#[test]
fn a_full_disk_is_told() {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(reason) => return skip(&reason),
    };
    for room in [0, 4096, 20_480] {
        disk.fill(room);
        // SQLite calls it a full disk or a failed one, depending on what it was about to write.
        assert_refused(start(disk.path(), "ledger.db"), "ledger.db", " room");
        disk.make_room();
    }
}

#[test]
fn a_file_that_may_not_grow_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -f 8 && exec \"$0\" \"$@\""]).current_dir(folder.path());
    let start = that_survives_its_limit(&start(folder.path(), "ledger.db"));
    limited.arg(start.get_program()).args(start.get_args());
    assert_refused(limited, "ledger.db", "the room on it");
}
