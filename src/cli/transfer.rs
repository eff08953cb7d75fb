//! Whole ledgers, in and out.

use std::fs;
use std::io::{self, Read};

use clap::Args;
use serde_json::Value;
use ureq::http::Method;

use super::remote::Remote;
use super::{Failure, write_line};
use crate::ledger::seed::Seed as Checked;
use crate::ledger::{self, Change, LedgerUrl, State};
use crate::percent::encode;

/// A seed to put in place of everything.
#[derive(Debug, Args)]
pub struct Seed {
    /// File in the seed's JSON format; - reads standard input
    file: String,
    #[command(flatten)]
    place: Place,
}

/// A ledger to write out.
#[derive(Debug, Args)]
pub struct Export {
    /// Only this program, in the seed's format of a program
    #[arg(long, value_name = "NAME")]
    program: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Which ledger.
#[derive(Debug, Args)]
struct Place {
    /// A ledger that no server has open, instead of a server's
    #[arg(long, value_name = "URL")]
    ledger: Option<LedgerUrl>,
    #[command(flatten)]
    remote: Remote,
}

impl Seed {
    pub fn run(self) -> Result<(), Failure> {
        let refused = |error: &dyn std::fmt::Display| Failure::Refused(format!("{}: {error}", self.file));
        let json = read(&self.file).map_err(|error| refused(&error))?;
        let Some(url) = &self.place.ledger else {
            let value: Value = serde_json::from_str(&json).map_err(|error| refused(&error))?;
            return self.place.remote.send(Method::PUT, "/_emulator/state", Some(&value)).map(drop);
        };
        let seed = Checked::parse(&json).map_err(|error| refused(&error))?;
        with_ledger(url, async move |ledger| {
            let change = Change::ReplaceAll { seed, is_origin: true };
            ledger.change(ledger.directory().version(), change).await.map(drop).map_err(|error| error.to_string())
        })
    }
}

impl Export {
    pub fn run(self) -> Result<(), Failure> {
        let state = match &self.place.ledger {
            None => self.of_server()?,
            Some(url) => with_ledger(url, async |ledger| self.of_ledger(ledger).await)?,
        };
        let json = match (&self.program, state.programs.first()) {
            (Some(_), Some(program)) => serde_json::to_string_pretty(program),
            _ => serde_json::to_string_pretty(&state),
        };
        write_line(&json.map_err(|error| Failure::Refused(error.to_string()))?)
    }

    fn of_server(&self) -> Result<State, Failure> {
        let remote = &self.place.remote;
        let state = match &self.program {
            None => serde_json::from_value(remote.get("/_emulator/state")?),
            Some(name) => serde_json::from_value(remote.get(&format!("/_emulator/programs/{}", encode(name)))?)
                .map(|program| State { programs: vec![program] }),
        };
        state.map_err(|error| Failure::Unreachable(format!("{}: {error}; is it another version?", remote.server)))
    }

    async fn of_ledger(&self, ledger: &dyn ledger::Ledger) -> Result<State, String> {
        let directory = ledger.directory();
        let find = |name: &String| directory.program(name).ok_or_else(|| format!("there is no program {name}"));
        let program = self.program.as_ref().map(find).transpose()?;
        ledger.export(program.map(|program| program.id)).await.map_err(|error| error.to_string())
    }
}

fn read(file: &str) -> io::Result<String> {
    if file != "-" {
        return fs::read_to_string(file);
    }
    let mut json = String::new();
    io::stdin().lock().read_to_string(&mut json)?;
    Ok(json)
}

/// Opens a ledger for a while.
fn with_ledger<T>(
    url: &LedgerUrl,
    work: impl AsyncFnOnce(&dyn ledger::Ledger) -> Result<T, String>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| Failure::Refused(error.to_string()))?;
    let ledger = ledger::open(url).map_err(|error| Failure::Refused(format!("--ledger: {error}")))?;
    runtime.block_on(async {
        let outcome = work(&*ledger).await;
        ledger.close().await;
        outcome.map_err(Failure::Refused)
    })
}
