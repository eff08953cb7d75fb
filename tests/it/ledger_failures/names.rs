//! A ledger has many names and is one: by whatever name it is served, copied or exported, it is the same, and served once.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::save;
use super::start::{LOCKED, assert_refused, start};
use crate::harness::{Process, command, run_to_end};
use crate::many_members::{self, Phones};

/// Names of the ledger `data/ledger.db` in the folder: a link, a link to a link, links to its folder, and ways round.
const NAMES: [&str; 7] = [
    "data/ledger.db",
    "links/ledger.db",
    "links/again.db",
    "folder/ledger.db",
    "links/folder/ledger.db",
    "./links/../data/ledger.db",
    "links/absolute.db",
];

/// A folder with those links. The ledger isn't made yet, nor is its folder's.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let links = folder.path().join("links");
    fs::create_dir_all(&links).expect("a folder");
    for (to, link) in
        [("../data/ledger.db", "ledger.db"), ("ledger.db", "again.db"), ("../data", "folder"), ("data", "../folder")]
    {
        symlink(to, links.join(link)).expect("a link");
    }
    symlink(folder.path().join("data/ledger.db"), links.join("absolute.db")).expect("a link");
    fs::write(folder.path().join("seed.json"), many_members::seed(NAMES.len())).expect("a seed");
    folder
}

fn serve(folder: &Path, name: &str) -> Process {
    let mut server = start(folder, name);
    server.args(["--seed", "seed.json"]);
    Process::start(server)
}

#[test]
fn saves_answered_under_one_name_are_there_under_all_others() {
    let folder = folder();
    let folder = folder.path();
    let mut saved = Phones::new();
    for round in 0..2 {
        for (index, name) in NAMES.into_iter().enumerate() {
            let mut server = serve(folder, name);
            assert_eq!(many_members::read_phones(&folder.join("data/ledger.db")), saved, "{name}");
            let number = round * NAMES.len() + index;
            assert_eq!(save(&server, index + 1, number), 0, "{name}");
            saved.insert((index + 1, 1), many_members::number(number));
            server.kill();
        }
    }
    let beside_links = |path: &str| fs::read_dir(folder.join(path)).expect("a folder").count();
    assert_eq!(beside_links("links"), 4, "nothing is kept beside a link");
}

#[test]
fn a_ledger_is_made_where_a_link_to_nothing_leads() {
    let folder = folder();
    fs::create_dir(folder.path().join("data")).expect("a folder");
    let server = serve(folder.path(), "links/again.db");
    assert_eq!(save(&server, 1, 1), 0);
    assert!(folder.path().join("data/ledger.db").is_file());
}

#[test]
fn a_ledger_is_served_once_by_whatever_names() {
    let folder = folder();
    let folder = folder.path();
    for first in ["data/ledger.db", "links/again.db", "folder/ledger.db"] {
        let server = serve(folder, first);
        for second in NAMES {
            assert_refused(start(folder, second), second, LOCKED);
        }
        assert_eq!(save(&server, 1, 1), 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_lock_file_that_was_removed_lets_nobody_in() {
    let folder = folder();
    let folder = folder.path();
    let server = serve(folder, "data/ledger.db");
    for second in ["data/ledger.db", "links/ledger.db"] {
        fs::remove_file(folder.join("data/ledger.db-lock")).expect("the lock's file");
        assert_refused(start(folder, second), second, LOCKED);
    }
    assert_eq!((save(&server, 1, 1), super::readiness(&server)), (0, 200));
}

/// Older versions lock only the file beside the ledger.
#[test]
fn a_ledger_that_an_older_version_serves_is_told_and_the_other_way_round() {
    let folder = folder();
    let folder = folder.path();
    drop(serve(folder, "data/ledger.db"));
    let lock = File::open(folder.join("data/ledger.db-lock")).expect("the lock's file");
    lock.try_lock().expect("nobody has it");
    assert_refused(start(folder, "links/ledger.db"), "links/ledger.db", LOCKED);
    drop(lock);
    let _server = serve(folder, "links/ledger.db");
    let lock = File::open(folder.join("data/ledger.db-lock")).expect("the lock's file");
    assert!(lock.try_lock().is_err(), "an older version would come in");
}

#[test]
fn a_ledger_with_two_hard_links_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    super::make_ledger(folder);
    fs::hard_link(folder.join("ledger.db"), folder.join("other.db")).expect("a link");
    symlink("other.db", folder.join("link.db")).expect("a link");
    for name in ["ledger.db", "other.db", "link.db"] {
        assert_refused(start(folder, name), name, "the file has 2 names (hard links)");
        let output = run_to_end(command(folder, &["backup", "copy.db", "--ledger", &format!("sqlite:{name}")]));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains("hard links"), "{told}");
    }
    fs::remove_file(folder.join("other.db")).expect("the link");
    Process::start(start(folder, "ledger.db"));
}

#[test]
fn an_export_by_a_link_has_what_the_redo_log_holds_or_is_refused() {
    let folder = folder();
    let folder = folder.path();
    let export = || -> Command { command(folder, &["export", "--ledger", "sqlite:links/again.db"]) };
    let mut server = serve(folder, "data/ledger.db");
    for member in 1..=NAMES.len() {
        assert_eq!(save(&server, member, member), 0);
    }
    let output = run_to_end(export());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && output.stdout.is_empty() && told.contains(LOCKED), "{told}");
    server.kill();
    let output = run_to_end(export());
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{told}");
    for member in 1..=NAMES.len() {
        assert!(told.contains(&format!("+{}", many_members::number(member))), "{member}: {told}");
    }
}
