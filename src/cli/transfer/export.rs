//! Writes a ledger out.

use std::io::{self, ErrorKind, IsTerminal, Write};

use clap::Args;
use tokio::sync::mpsc;

use super::place::{Place, with_ledger};
use crate::cli::failure::Failure;
use crate::cli::output::unwritable;
use crate::cli::printable::JsonToTerminal;
use crate::cli::progress::Progress;
use crate::ledger::seed::StateWriter;
use crate::ledger::{CHUNKS_IN_FLIGHT, LedgerUrl, StateChunk};
use crate::percent::encode;

/// A ledger to write out.
#[derive(Debug, Args)]
pub struct Export {
    /// Only this program, in the seed's format of a program
    #[arg(long, value_name = "NAME")]
    program: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Export {
    pub fn run(self) -> Result<(), Failure> {
        match self.place.ledger() {
            Some(url) => self.of_ledger(url),
            None => self.of_server(),
        }
    }

    /// Writes what a server sends, as it comes.
    fn of_server(&self) -> Result<(), Failure> {
        let path = match &self.program {
            None => "/_emulator/state".to_owned(),
            Some(name) => format!("/_emulator/programs/{}", encode(name)),
        };
        let progress = Progress::of_stream().unless_seen();
        let mut out = output();
        let mut may_go_on = Ok(true);
        self.place.remote.download(&path, |bytes| {
            progress.advance(bytes.len());
            may_go_on = write(&mut out, bytes);
            matches!(may_go_on, Ok(true))
        })?;
        may_go_on.map(drop)
    }

    /// Writes what a ledger holds, chunk by chunk, so that it may be more than fits into memory.
    fn of_ledger(&self, url: &LedgerUrl) -> Result<(), Failure> {
        let progress = Progress::of_members().unless_seen();
        let written = with_ledger(url, async |ledger| {
            let program = match &self.program {
                None => None,
                Some(name) => Some(
                    ledger
                        .directory()
                        .program(name)
                        .ok_or_else(|| Failure::Refused(format!("there is no program {name}")))?
                        .id,
                ),
            };
            let writer = if program.is_none() { StateWriter::of_all() } else { StateWriter::of_one_program() };
            let (chunks, arriving) = mpsc::channel(CHUNKS_IN_FLIGHT);
            let (exported, written) =
                tokio::join!(ledger.export_chunks(program, chunks), write_all(arriving, writer, &progress));
            exported.map(|()| written).map_err(|error| Failure::Refused(error.to_string()))
        });
        progress.end();
        written?
    }
}

/// Writes chunks until there are no more, or until nobody reads what is written.
async fn write_all(
    mut arriving: mpsc::Receiver<StateChunk>,
    mut writer: StateWriter,
    progress: &Progress,
) -> Result<(), Failure> {
    let mut out = output();
    let mut text = Vec::new();
    while let Some(chunk) = arriving.recv().await {
        if let StateChunk::Members(members) = &chunk {
            progress.advance(members.len());
        }
        text.clear();
        writer.write(&chunk, &mut text).map_err(|error| Failure::Refused(error.to_string()))?;
        if !write(&mut out, &text)? {
            return Ok(());
        }
    }
    text.clear();
    writer.end(&mut text);
    write(&mut out, &text).map(drop)
}

/// Standard output, where a terminal gets its JSON escaped.
fn output() -> Box<dyn Write> {
    match io::stdout().is_terminal() {
        true => Box::new(JsonToTerminal::new(io::stdout())),
        false => Box::new(io::stdout()),
    }
}

/// Writes to standard output; says whether anybody reads it still.
fn write(out: &mut impl Write, bytes: &[u8]) -> Result<bool, Failure> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(unwritable(&error)),
    }
}
