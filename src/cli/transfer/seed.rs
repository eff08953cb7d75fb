//! Puts a seed in place of everything.

use std::fs::File;
use std::io::{self, Read};

use clap::Args;
use tokio::sync::mpsc;

use super::held::Held;
use super::place::{Place, with_ledger};
use crate::admin::MAX_BODY;
use crate::cli::confirm::Confirm;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::ledger::seed::{ReadError, read_chunks};
use crate::ledger::{CHUNKS_IN_FLIGHT, Ledger, LedgerUrl, SeedChunk};

/// A seed to put in place of everything.
#[derive(Debug, Args)]
pub struct Seed {
    /// File in the seed's JSON format; - reads standard input
    file: String,
    #[command(flatten)]
    confirm: Confirm,
    #[command(flatten)]
    place: Place,
}

impl Seed {
    pub fn run(self) -> Result<(), Failure> {
        match self.place.ledger() {
            Some(url) => self.put_into(url),
            None => self.send(),
        }
    }

    /// Puts it into a ledger while it is read, so that it may be longer than the memory.
    fn put_into(&self, url: &LedgerUrl) -> Result<(), Failure> {
        let (from, progress) = self.open()?;
        with_ledger(url, async |ledger| {
            let held = Held::in_ledger(&ledger.counts().await.map_err(|error| Failure::Refused(error.to_string()))?);
            if held.programs > 0 {
                let confirm = self.confirm.clone();
                // The ledger goes on working while a person thinks.
                let asked = tokio::task::spawn_blocking(move || confirm.ask(&held.to_string())).await;
                asked.map_err(|error| Failure::Refused(error.to_string()))??;
            }
            let put = import(ledger, from, progress.clone()).await;
            progress.end();
            put.map_err(|why| self.refused(&why))
        })
    }

    /// Sends it to a server, which wants all of it at once.
    fn send(&self) -> Result<(), Failure> {
        let (from, progress) = self.open()?;
        let mut json = String::new();
        from.take(MAX_BODY as u64 + 1).read_to_string(&mut json).map_err(|error| self.refused(&error))?;
        progress.end();
        if json.len() > MAX_BODY {
            let limit = MAX_BODY / 1_000_000;
            return Err(self.refused(&format!(
                "a server takes {limit} MB at most; stop it, and give its ledger's URL as --ledger, which takes any length"
            )));
        }
        serde_json::from_str::<serde::de::IgnoredAny>(&json).map_err(|error| self.refused(&error))?;
        let remote = &self.place.remote;
        let held = Held::in_list(&remote.get("/_emulator/programs")?);
        let held = held.ok_or_else(|| remote.unreachable(&"no list of programs: is it sync-asmx?"))?;
        if held.programs > 0 {
            self.confirm.ask(&held.to_string())?;
        }
        // Where there was none, a program that has appeared meanwhile isn't replaced.
        remote.put("/_emulator/state", json, held.programs > 0).map(drop)
    }

    fn open(&self) -> Result<(Box<dyn Read + Send>, Progress), Failure> {
        if self.file == "-" {
            return Ok((Box::new(io::stdin()), Progress::of_members()));
        }
        let file = File::open(&self.file).map_err(|error| self.refused(&error))?;
        let length = file.metadata().map_err(|error| self.refused(&error))?.len();
        let progress = Progress::of_bytes(length);
        Ok((progress.of_reading(file), progress))
    }

    fn refused(&self, why: &dyn std::fmt::Display) -> Failure {
        Failure::Refused(format!("{}: {why}", self.file))
    }
}

/// Reads and stores side by side. What is wrong with the seed comes before what the ledger says of its end that never came.
async fn import(ledger: &dyn Ledger, from: Box<dyn Read + Send>, progress: Progress) -> Result<(), String> {
    let (chunks, arriving) = mpsc::channel(CHUNKS_IN_FLIGHT);
    let counts_members = !progress.is_of_bytes();
    let take = move |chunk: SeedChunk| {
        if let (SeedChunk::Members(members), true) = (&chunk, counts_members) {
            progress.advance(members.len());
        }
        chunks.blocking_send(chunk).is_ok()
    };
    let reading = tokio::task::spawn_blocking(move || read_chunks(from, take));
    let (read, imported) = tokio::join!(reading, ledger.import_chunks(arriving));
    match read.map_err(|error| error.to_string())? {
        Ok(()) | Err(ReadError::Unwanted) => {}
        Err(error) => return Err(error.to_string()),
    }
    match imported.map_err(|error| error.to_string())?.contradiction() {
        None => Ok(()),
        Some(refusal) => Err(refusal),
    }
}
