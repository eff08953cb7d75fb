//! How far something is that takes long, shown on standard error if that is a terminal. Standard output is left alone.

use std::fmt;
use std::io::{self, IsTerminal, Read};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

/// A line that is drawn again and again, and is gone in the end.
#[derive(Clone, Debug)]
pub struct Progress(ProgressBar);

/// For what has an end that is known, in bytes.
const OF_BYTES: &str = "{bar:40} {bytes} of {total_bytes}, {eta} left";
/// For what has an end that is known, in pages of a file.
const OF_PAGES: &str = "{bar:40} {percent} %, {eta} left";
const MEMBERS: &str = "{human_pos} members, {rate} a second";
const BYTES: &str = "{bytes}, {bytes_per_sec}";

impl Progress {
    /// Of a file to be read, this long.
    pub fn of_bytes(length: u64) -> Self {
        Self::new(Some(length), OF_BYTES)
    }

    /// Of a file to be copied.
    pub fn of_pages() -> Self {
        Self::new(Some(0), OF_PAGES)
    }

    /// Of members, of whom nobody knows yet how many there are.
    pub fn of_members() -> Self {
        Self::new(None, MEMBERS)
    }

    /// Of bytes, of which nobody knows yet how many there are.
    pub fn of_stream() -> Self {
        Self::new(None, BYTES)
    }

    /// Nothing is shown if standard output goes somewhere that is shown itself, or where somebody shows how far he is: two lines
    /// would overwrite each other.
    pub fn unless_seen(self) -> Self {
        if io::stdout().is_terminal() || is_pipe() {
            self.0.set_draw_target(ProgressDrawTarget::hidden());
        }
        self
    }

    fn new(length: Option<u64>, template: &str) -> Self {
        // On anything but a terminal it draws nothing.
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
            // What can't be drawn is no reason to stop.
            let _ = write!(out, "{:.0}", state.per_sec());
        };
        Self(bar.with_style(style.with_key("rate", rate)).with_finish(ProgressFinish::AndClear))
    }

    /// Whether it shows bytes, of which it is known how many there are.
    pub fn is_of_bytes(&self) -> bool {
        self.0.length().is_some()
    }

    pub fn advance(&self, by: usize) {
        self.0.inc(by as u64);
    }

    /// So much of so much is done.
    pub fn reach(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }

    /// Shows how much is read.
    pub fn of_reading(&self, from: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        Box::new(self.0.wrap_read(from))
    }

    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// Whether standard output is read by another program.
#[cfg(unix)]
fn is_pipe() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let file = io::stdout().as_fd().try_clone_to_owned().map(std::fs::File::from);
    file.and_then(|file| file.metadata()).is_ok_and(|output| output.file_type().is_fifo())
}

/// Whether standard output is read by another program.
#[cfg(not(unix))]
fn is_pipe() -> bool {
    false
}
