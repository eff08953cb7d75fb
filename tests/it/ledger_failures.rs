//! A ledger that can't be used: refused at the start with advice, or return code 1 until it can be used again.

mod limits;
mod names;
mod permissions;
mod replaced;
mod service;
mod start;

use std::path::Path;

use crate::harness::{Process, exchange};
use crate::many_members;

const MEMBERS: usize = 20;

/// Makes a ledger in which every member has a number, and leaves no server behind.
fn make_ledger(folder: &Path) {
    let mut server = Process::start(many_members::server(folder, MEMBERS));
    for member in 1..=MEMBERS {
        let answer = server.call(&many_members::save(member, "HOME", many_members::number(member)));
        assert_eq!(answer.return_code(), 0, "{answer:?}");
    }
    server.terminate();
    let status = server.wait();
    assert!(status.success(), "{status}");
}

/// The status of `/_emulator/ready`.
fn readiness(server: &Process) -> u16 {
    let request = format!("GET /_emulator/ready HTTP/1.1\r\nHost: {}\r\n\r\n", server.address());
    exchange(server.address(), request.as_bytes()).status
}

/// Saves a member's number; gives the return code.
fn save(server: &Process, member: usize, number: usize) -> i32 {
    server.call(&many_members::save(member, "HOME", many_members::number(number))).return_code()
}
