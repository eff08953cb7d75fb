//! Several servers on one ledger, each in a process of its own.

use std::fs;
use std::net::SocketAddr;
use std::ops::Index;
use std::process::Command;
use std::thread;

use tempfile::TempDir;

use super::{Process, command};

/// Nodes of one ledger, numbered from 0. They are killed when this is dropped.
pub struct Nodes {
    processes: Vec<Process>,
    ledger: String,
    folder: TempDir,
}

impl Nodes {
    /// Starts so many, all at once, with a seed in case that the ledger is empty.
    pub fn start(count: usize, ledger: &str, seed: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("seed.json"), seed).expect("a seed");
        let mut nodes = Self { processes: Vec::new(), ledger: ledger.to_owned(), folder };
        nodes.processes = thread::scope(|scope| {
            let nodes = &nodes;
            let starting: Vec<_> = (0..count).map(|_| scope.spawn(|| Process::start(nodes.command()))).collect();
            starting.into_iter().map(|process| process.join().expect("a node")).collect()
        });
        nodes
    }

    /// What starts one more.
    pub fn command(&self) -> Command {
        let arguments = ["--listen", "127.0.0.1:0", "--ledger", &self.ledger, "--seed", "seed.json"];
        command(self.folder.path(), &arguments)
    }

    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.iter().map(Process::address).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter()
    }

    /// Kills a node and starts it anew, most likely at another address.
    pub fn replace(&mut self, node: usize) {
        self.processes[node].kill();
        self.processes[node] = Process::start(self.command());
    }

    /// Kills all of them.
    pub fn kill(&mut self) {
        self.processes.iter_mut().for_each(Process::kill);
    }

    /// Stops all of them in order.
    pub fn stop(self) {
        for process in self.processes {
            process.stop();
        }
    }
}

impl Index<usize> for Nodes {
    type Output = Process;

    fn index(&self, node: usize) -> &Process {
        &self.processes[node]
    }
}
