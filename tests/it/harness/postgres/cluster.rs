//! A PostgreSQL that a test may stop, kill and replace.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Rows, query, told};
use crate::harness::PATIENCE;

/// A cluster with a folder and a port of its own, which it keeps however often it is started. It is killed and removed when it is
/// dropped.
pub struct Cluster {
    bin: PathBuf,
    folder: TempDir,
    port: u16,
    running: Option<Child>,
}

impl Cluster {
    /// Makes and starts one; none where nobody says how.
    pub fn start() -> Option<Self> {
        Self::with_files("", &[])
    }

    /// As [`start`](Self::start), with lines for `postgresql.conf`, and files beside it.
    pub fn with_files(settings: &str, files: &[(&str, &str)]) -> Option<Self> {
        let mut cluster = Self::make(told("SYNC_ASMX_TEST_PG_BIN")?.into());
        let data = cluster.data();
        let made = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"];
        run(cluster.command("initdb").args(made).arg(&data));
        cluster.configure(settings);
        for (name, content) in files {
            cluster.write(&data.join(name), content);
        }
        cluster.start_again();
        Some(cluster)
    }

    /// Makes and starts a standby that this cluster waits for before it answers that anything is committed. It comes by this port,
    /// the cluster's own or a proxy's.
    pub fn standby_by(&self, port: u16) -> Self {
        let mut standby = Self::make(self.bin.clone());
        let from = format!("host=127.0.0.1 port={port} user=postgres application_name=standby");
        let data = standby.data();
        let copy = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--dbname", &from, "--pgdata"];
        run(standby.command("pg_basebackup").args(copy).arg(&data));
        standby.configure("");
        standby.start_again();
        self.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        self.query("SELECT pg_reload_conf()");
        let is_in_step = || self.query("SELECT sync_state FROM pg_stat_replication") == [["sync"]];
        crate::harness::wait_for("the standby", is_in_step);
        standby
    }

    /// Ends being a standby: from now on it can be written.
    pub fn promote(&self) {
        assert_eq!(self.query("SELECT pg_promote()"), [["t"]]);
    }

    fn make(bin: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if let Some((user, group)) = owner() {
            chown(folder.path(), Some(user), Some(group)).expect("a folder of PostgreSQL's");
        }
        Self { bin, folder, port: free_port(), running: None }
    }

    /// Adds lines to `postgresql.conf`; later ones win.
    fn configure(&self, settings: &str) {
        let mut file = fs::OpenOptions::new().append(true).open(self.data().join("postgresql.conf")).expect("a file");
        let sockets = self.folder.path().display();
        // Nobody switches the machine off meanwhile, so what the operating system has is safe.
        let own = "listen_addresses = '127.0.0.1'\nfsync = off\nfull_page_writes = off\nmax_connections = 200\n";
        write!(file, "{own}unix_socket_directories = '{sockets}'\nport = {}\n{settings}\n", self.port).expect("a file");
    }

    /// Writes a file that is PostgreSQL's alone, or it wouldn't take it for a key.
    fn write(&self, path: &Path, content: &str) {
        fs::write(path, content).expect("a file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("a file of ours");
        let folder = self.folder.path().metadata().expect("a folder");
        chown(path, Some(folder.uid()), Some(folder.gid())).expect("a file of ours");
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where its one database is.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Runs SQL straight in it.
    pub fn query(&self, sql: &str) -> Rows {
        query(&self.url(), sql)
    }

    /// Starts it once it has been stopped, and waits until it accepts connections.
    pub fn start_again(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log()).expect("a file");
        let data = self.data();
        let mut command = self.command("postgres");
        let child = command.arg("-D").arg(&data).stderr(log).spawn().expect("PostgreSQL");
        let child = self.running.insert(child);
        let waited = Instant::now();
        // Its eighth line tells how far it is. It is there once the one of an earlier start has been removed.
        while status(&data, child.id()).as_deref() != Some("ready") {
            let ended = child.try_wait().expect("a process of ours");
            assert!(ended.is_none() && waited.elapsed() < PATIENCE, "PostgreSQL doesn't start: {ended:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops it in order; who is connected is cut off.
    pub fn stop(&mut self) {
        self.end("INT");
    }

    /// Stops it as a crash does: as `pg_ctl stop --mode immediate`.
    pub fn kill(&mut self) {
        self.end("QUIT");
    }

    fn end(&mut self, signal: &str) {
        let mut child = self.running.take().expect("a cluster that runs");
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().expect("kill");
        assert!(sent.success(), "{signal} to PostgreSQL");
        let waited = Instant::now();
        while child.try_wait().expect("a process of ours").is_none() {
            assert!(waited.elapsed() < PATIENCE, "PostgreSQL doesn't end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// One of PostgreSQL's programs, which refuse to run as root.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        if let Some((user, group)) = owner() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if thread::panicking() {
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            eprintln!("PostgreSQL at {} says:\n{}", self.port, lines[lines.len().saturating_sub(20)..].join("\n"));
        }
        if let Some(child) = &mut self.running {
            // Its own processes end before it does.
            let _ = Command::new("kill").args(["-QUIT", &child.id().to_string()]).status();
            let _ = child.wait();
        }
    }
}

/// How far the start of a postmaster is, as it tells in its folder.
fn status(data: &Path, pid: u32) -> Option<String> {
    let file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let mut lines = file.lines();
    (lines.next()? == pid.to_string()).then(|| lines.nth(6).map(|line| line.trim().to_owned()))?
}

fn run(command: &mut Command) {
    let output = command.output().expect("a program of PostgreSQL's");
    assert!(output.status.success(), "{output:?}");
}

/// The user who runs PostgreSQL, and its group; none if we do, because we aren't root.
fn owner() -> Option<(u32, u32)> {
    let own = fs::metadata("/proc/self").expect("a process").uid();
    if own != 0 {
        return None;
    }
    let id = |option| {
        let output = Command::new("id").args([option, "postgres"]).output().expect("id");
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("a user postgres")
    };
    Some((id("-u"), id("-g")))
}

/// A port that nobody has, below those that the system gives to clients: one who tries again and again to reach such a port
/// while nobody listens there would at last be given it, and reach itself.
fn free_port() -> u16 {
    loop {
        let port = rand::random_range(15_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
