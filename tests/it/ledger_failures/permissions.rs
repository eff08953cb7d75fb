//! A ledger holds tokens and numbers. Who else may read its files is told, and taken care of where that is permitted.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use super::limits::as_ordinary_user;
use super::{MEMBERS, make_ledger, readiness, save};
use crate::harness::{Process, skip, wait_for};
use crate::many_members;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn files_that_others_may_read_are_tightened_with_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut server = Process::start(many_members::server(folder, MEMBERS));
    assert_eq!(save(&server, 1, 1), 0);
    // Killed, it leaves all files that there are.
    server.kill();
    let files = many_members::files_of(&many_members::ledger_of(folder));
    assert!(files.len() > 5, "{files:?}");
    for (file, mode) in files.iter().zip([0o644, 0o640, 0o666].into_iter().cycle()) {
        fs::set_permissions(file, Permissions::from_mode(mode)).expect("other permissions");
    }
    let server = Process::start(many_members::server(folder, MEMBERS));
    for file in many_members::files_of(&many_members::ledger_of(folder)) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    let name = many_members::ledger_of(folder).canonicalize().expect("a file");
    let line = format!("others had access to a file of the ledger; now only its owner has file={}", name.display());
    wait_for("a line that names the ledger", || server.stderr().contains(&line));
    assert_eq!(save(&server, 1, 2), 0);
}

#[test]
fn what_may_not_be_tightened_is_warned_of_and_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    make_ledger(folder);
    let mut command = many_members::server(folder, MEMBERS);
    if let Err(reason) = as_ordinary_user(&mut command, folder) {
        return skip(&reason);
    }
    let ledger = many_members::ledger_of(folder);
    // As on a volume that belongs to a group: it may be written, but it is somebody else's.
    if let Err(error) = chown(&ledger, Some(0), None) {
        return skip(&error.to_string());
    }
    fs::set_permissions(&ledger, Permissions::from_mode(0o666)).expect("other permissions");
    let server = Process::start(command);
    assert_eq!((save(&server, 1, 100), readiness(&server)), (0, 200));
    assert_eq!(mode(&ledger), 0o666);
    let warned = "WARN others have access to a file of the ledger; that can't be changed";
    wait_for("a warning", || server.stderr().contains(warned));
}
