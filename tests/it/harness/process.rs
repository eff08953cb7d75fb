//! The real binary in a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::{Answer, Connection, Envelope, PATIENCE, exchange};

/// The binary with arguments, to run in `folder`, and with none of its settings in the environment.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sync-asmx"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SYNC_ASMX_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(folder);
    command
}

/// Runs a command that ends by itself, such as a start that is refused.
pub fn run_to_end(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    wait(&mut child);
    child.wait_with_output().expect("its output")
}

/// A server that listens. It is killed when it is dropped.
pub struct Process {
    child: Child,
    address: SocketAddr,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts a command and waits until it says that it listens.
    pub fn start(command: Command) -> Self {
        Self::start_and_read(command, true)
    }

    /// As [`Self::start`], with a log that nobody reads.
    pub fn start_unread(command: Command) -> Self {
        Self::start_and_read(command, false)
    }

    fn start_and_read(mut command: Command, reads_log: bool) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
        let (first_line, ready) = mpsc::channel();
        let (stdout, stdout_reader) = collect(child.stdout.take().expect("piped"), Some(first_line));
        let mut readers = vec![stdout_reader];
        let mut stderr = Arc::default();
        if reads_log {
            let (log, reader) = collect(child.stderr.take().expect("piped"), None);
            readers.push(reader);
            stderr = log;
        }
        let Ok(line) = ready.recv_timeout(PATIENCE) else {
            unreachable!("no first line: {}", stderr.lock().expect("text"));
        };
        let origin = line.strip_prefix("listening on ").unwrap_or_default();
        let address = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        let address = address.and_then(|address| address.trim_end().parse().ok());
        let address = address.unwrap_or_else(|| unreachable!("the first line is {line:?}"));
        Self { child, address, stdout, stderr, readers }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has written on standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.lock().expect("text").clone()
    }

    /// What it has written on standard error so far: the log.
    pub fn stderr(&self) -> String {
        self.stderr.lock().expect("text").clone()
    }

    /// Stops it in order, and gives all that it has written: standard output, and standard error.
    pub fn stop(mut self) -> (String, String) {
        self.terminate();
        assert!(self.wait().success(), "{}", self.stderr());
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader");
        }
        (self.stdout(), self.stderr())
    }

    /// Makes the call that the envelope carries.
    pub fn call(&self, envelope: &Envelope) -> Answer {
        exchange(self.address, &envelope.request(self.address))
    }

    pub fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    /// Asks it to stop: SIGTERM.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends any signal by name, such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([format!("-{name}"), self.pid().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    /// Ends it at once: SIGKILL.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        wait(&mut self.child);
    }

    /// To be held by a test while others of its threads call the server until it is gone.
    pub fn kill_on_panic(&self) -> KillOnPanic {
        KillOnPanic(self.pid())
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }
}

/// Kills a server if the test fails meanwhile: threads that call the server until it is gone end then, and the test fails, rather
/// than wait for them for ever.
pub struct KillOnPanic(u32);

impl Drop for KillOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = Command::new("kill").args(["-KILL", &self.0.to_string()]).status();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a process of ours") {
            return status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            unreachable!("process {} should have ended", child.id());
        }
        thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// Reads a stream to its end in the background, so that the process never waits for us.
fn collect(
    stream: impl Read + Send + 'static,
    first_line: Option<mpsc::Sender<String>>,
) -> (Arc<Mutex<String>>, JoinHandle<()>) {
    let text = Arc::new(Mutex::new(String::new()));
    let all = Arc::clone(&text);
    let reader = thread::spawn(move || {
        let mut first_line = first_line;
        let mut lines = BufReader::new(stream);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|length| length > 0) {
            all.lock().expect("text").push_str(&line);
            if let Some(waiting) = first_line.take() {
                let _ = waiting.send(line.clone());
            }
            line.clear();
        }
    });
    (text, reader)
}
