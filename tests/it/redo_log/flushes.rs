//! Flushes that fail after the bytes were written: what callers are told, what the server believes and what a restart finds agree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::MEMBERS;
use crate::harness::{Answer, Process, exchange, wait_for};
use crate::many_members;

/// The library that makes flushes fail; made once, for it needs the C compiler.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let made = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("failing_fsync.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/redo_log/failing_fsync.c");
        let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).status();
        assert!(compiled.expect("a C compiler, which the build needs, too").success());
        (folder, library)
    });
    &made.1
}

/// A server whose flushes can be made to fail.
struct Service {
    folder: TempDir,
    server: Process,
}

impl Service {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Self::serve(folder.path());
        Self { folder, server }
    }

    fn serve(folder: &Path) -> Process {
        let mut command = many_members::server(folder, MEMBERS);
        command.env("LD_PRELOAD", library()).env("FAILING_FSYNC", folder.join("failing"));
        Process::start(command)
    }

    /// From now on, flushes fail of files whose names end like this.
    fn fail(&self, ending: &str) {
        // In one step: a file that is there but empty lets all flushes pass.
        fs::write(self.folder.path().join("failing.new"), ending).expect("a file");
        fs::rename(self.folder.path().join("failing.new"), self.folder.path().join("failing")).expect("a file");
    }

    fn heal(&self) {
        fs::remove_file(self.folder.path().join("failing")).expect("a file");
    }

    fn save(&self, member: usize, number: usize) -> i32 {
        self.server.call(&many_members::save(member, "HOME", many_members::number(number))).return_code()
    }

    fn is_ready(&self) -> bool {
        self.get("ready").status == 200
    }

    fn get(&self, path: &str) -> Answer {
        exchange(self.server.address(), format!("GET /_emulator/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
    }

    fn put_type(&self, reference: &str) -> u16 {
        let body = r#"{"name":""}"#;
        let path = format!("/_emulator/programs/many_members/phone-number-types/{reference}");
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        exchange(self.server.address(), format!("{head}{body}").as_bytes()).status
    }

    fn has_type(&self, reference: &str) -> bool {
        self.get(&format!("programs/many_members/phone-number-types/{reference}")).status == 200
    }

    fn kill_and_start_again(&mut self) {
        self.server.kill();
        self.server = Self::serve(self.folder.path());
    }
}

#[test]
fn a_save_whose_flush_failed_is_not_found_once_others_were_answered() {
    let mut service = Service::start();
    assert_eq!(service.save(1, 1), 0);
    assert!(service.is_ready());
    service.fail("-redo-wal");
    assert_eq!(service.save(2, 2), 1);
    assert_eq!(service.save(3, 3), 1);
    assert!(!service.is_ready(), "a load balancer would go on sending");
    service.heal();
    // Nobody calls, since the server isn't ready: it has to find out by itself.
    wait_for("a server that is ready", || service.is_ready());
    assert_eq!(service.save(4, 2), 0, "nobody holds the number");
    for _ in 0..2 {
        service.kill_and_start_again();
        assert_eq!(service.save(5, 2), 315, "what was answered with 0 is there");
        assert_eq!(service.save(5, 1), 315);
    }
    let phones = many_members::read_phones(&many_members::ledger_of(service.folder.path()));
    assert_eq!(
        phones,
        many_members::Phones::from([((1, 1), many_members::number(1)), ((4, 1), many_members::number(2))])
    );
}

/// "Nobody can tell" is what return code 1 says: both are right, but everybody has to agree.
#[test]
fn a_server_killed_after_a_flush_that_failed_is_whole() {
    let mut service = Service::start();
    assert_eq!(service.save(1, 1), 0);
    service.fail("-redo-wal");
    assert_eq!(service.save(2, 2), 1);
    service.server.kill();
    service.heal();
    service.server = Service::serve(service.folder.path());
    let phones = many_members::read_phones(&many_members::ledger_of(service.folder.path()));
    assert_eq!(phones.get(&(1, 1)), Some(&many_members::number(1)));
    let stranger = service.save(3, 2);
    assert_eq!(stranger, if phones.contains_key(&(2, 1)) { 315 } else { 0 });
}

#[test]
fn a_checkpoint_whose_flush_failed_loses_nothing() {
    let mut service = Service::start();
    service.fail("ledger.db-wal");
    // The redo log takes it; a moment later it can't be put into the ledger's file.
    assert_eq!(service.save(1, 1), 0);
    wait_for("a checkpoint that fails", || !service.is_ready());
    assert_eq!(service.save(2, 2), 1);
    service.server.kill();
    service.heal();
    service.server = Service::serve(service.folder.path());
    assert_eq!(service.save(3, 1), 315);

    service.fail("ledger.db-wal");
    assert_eq!(service.save(4, 4), 0);
    wait_for("a checkpoint that fails", || !service.is_ready());
    service.heal();
    wait_for("a server that is ready", || service.is_ready());
    assert_eq!(service.save(5, 4), 315);
    service.kill_and_start_again();
    assert_eq!(service.save(5, 4), 315);
}

#[test]
fn a_change_whose_flush_failed_is_not_found_once_others_were_answered() {
    let mut service = Service::start();
    service.fail("ledger.db-wal");
    let status = service.put_type("FAX");
    assert!(status >= 500, "{status}");
    assert!(!service.is_ready());
    service.heal();
    wait_for("a server that is ready", || service.is_ready());
    assert!(!service.has_type("FAX"));
    assert_eq!(service.save(1, 1), 0);
    service.kill_and_start_again();
    assert!(!service.has_type("FAX"), "it was refused, and the server went on without it");
    assert_eq!(service.put_type("FAX"), 201);
    service.kill_and_start_again();
    assert!(service.has_type("FAX"));
    assert_eq!(service.save(2, 1), 315);
}
