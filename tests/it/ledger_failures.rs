//! A ledger that can't be used: refused at the start with advice, or return code 1 until it can be used again.

mod limits;
mod service;
mod start;

use std::path::Path;

use crate::crowd;
use crate::harness::Process;

const MEMBERS: usize = 20;

/// Makes a ledger in which every member has a number, and leaves no server behind.
fn make_ledger(folder: &Path) {
    let mut server = Process::start(crowd::server(folder, MEMBERS));
    for member in 1..=MEMBERS {
        let answer = server.call(&crowd::save(member, "HOME", crowd::number(member)));
        assert_eq!(answer.return_code(), 0, "{answer:?}");
    }
    server.terminate();
    let status = server.wait();
    assert!(status.success(), "{status}");
}
