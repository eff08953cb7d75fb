//! What a command tells, on standard output.

use std::io::{self, IsTerminal, Write};

use clap::Args;
use serde_json::Value;

use super::failure::Failure;
use super::printable::{printable, printable_json, printable_lines};

/// How to tell the outcome.
#[derive(Debug, Args)]
pub struct Output {
    /// Write JSON, for programs
    #[arg(long)]
    json: bool,
}

impl Output {
    /// Writes what there is to tell: as JSON, or in words.
    ///
    /// # Errors
    /// [`Failure::Refused`] if it can't be written.
    pub fn tell(&self, value: &Value, format: impl FnOnce(&Value) -> String) -> Result<(), Failure> {
        match self.json {
            true if io::stdout().is_terminal() => write_line(&printable_json(&format!("{value:#}"))),
            true => write_line(&format!("{value:#}")),
            false => write_line(&printable_lines(&format(value))),
        }
    }
}

/// Writes to standard output, where a reader may have gone.
///
/// # Errors
/// [`Failure::Refused`] if it can't be written.
pub fn write_line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// What is told of an output that can't be written.
pub fn unwritable(error: &io::Error) -> Failure {
    Failure::Refused(format!("standard output: {error}"))
}

/// The text of a field, for people.
pub fn text(value: &Value, field: &str) -> String {
    printable(value[field].as_str().unwrap_or_default())
}
