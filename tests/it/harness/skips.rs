//! Tests that can't be made on this machine.

use std::fs::OpenOptions;
use std::io::{Write, stderr};
use std::thread;

/// Says that this test, or a part of it, can't be made here, and why. `scripts/test` names the file in which that is counted; without
/// one it goes past the test runner, which keeps what tests print to itself.
///
/// To be called on the test's own thread, by whose name it is known.
pub fn skip(reason: &str) {
    let test = thread::current();
    let line = format!("{}: {}\n", test.name().unwrap_or("a test"), reason.replace('\n', " "));
    match std::env::var_os("SYNC_ASMX_TEST_SKIPS") {
        Some(path) => {
            let mut file = OpenOptions::new().append(true).create(true).open(path).expect("a file of skipped tests");
            file.write_all(line.as_bytes()).expect("a line");
        }
        None => drop(stderr().write_all(format!("skipped: {line}").as_bytes())),
    }
}
