//! The log: what happens, a line each, on standard error.

mod queue;

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::settings::{LogForm, LogLevel};
use queue::LineQueue;

/// How long the end of the process waits for a standard error that nobody reads.
const PATIENCE: Duration = Duration::from_secs(1);

static LINES: LineQueue = LineQueue::new(1 << 20);

/// Logs what we have to say, and the failures of the web server itself. Of each broken request it would write a line,
/// too, with which anybody could fill the disk.
///
/// Lines go through a queue of 1 MiB to a thread that writes them, so whoever logs never waits for whoever reads. What doesn't fit is
/// left out and [counted](dropped).
///
/// # Errors
/// What the operating system says of the thread.
pub fn start(form: LogForm, level: LogLevel) -> io::Result<()> {
    thread::Builder::new().name("log".to_owned()).spawn(|| LINES.write_to(io::stderr(), tell_dropped))?;
    let which = Targets::new()
        .with_default(LevelFilter::from(level))
        .with_target("actix_http", LevelFilter::OFF)
        .with_target("actix_server", LevelFilter::from(level).min(LevelFilter::WARN));
    tracing_subscriber::registry().with(lines(form).with_filter(which)).init();
    std::panic::set_hook(Box::new(|panic| {
        // Only where it happened: what it says may quote a request.
        tracing::error!(at = panic.location().map(tracing::field::display), "a bug: this should not happen");
    }));
    Ok(())
}

/// How many lines were left out since the start of the process.
pub fn dropped() -> u64 {
    LINES.dropped()
}

/// Writes a line that isn't an event behind those that wait already.
pub fn say(text: &str) {
    LINES.push(format!("{text}\n").as_bytes());
}

/// Waits until everything is written, or a second if nobody reads it.
pub fn close() {
    LINES.close(PATIENCE);
}

fn tell_dropped(total: u64) {
    tracing::warn!(total, "log lines were left out: standard error is not read as fast as they come");
}

/// The times are UTC in both forms.
fn lines(form: LogForm) -> Box<dyn Layer<Registry> + Send + Sync> {
    let lines = fmt::layer().with_writer(|| ToQueue).with_target(false);
    match form {
        LogForm::Text => lines.boxed(),
        LogForm::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    }
}

/// Where the layer writes: each line in one chunk.
struct ToQueue;

impl Write for ToQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
