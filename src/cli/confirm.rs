//! Asks before something is lost.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;

use super::failure::Failure;

/// Leave to go on.
#[derive(Clone, Debug, Args)]
pub struct Confirm {
    /// Go on without being asked
    #[arg(long)]
    yes: bool,
}

impl Confirm {
    /// Says what will happen, and asks on a terminal whether it may.
    ///
    /// # Errors
    /// [`Failure::NotConfirmed`] without a terminal to ask on, or if the answer isn't yes. Nothing is to be changed then.
    pub fn ask(&self, what: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Failure::NotConfirmed(format!("{what}\nNothing has changed; add --yes to go on")));
        }
        eprint!("{what}\nGo on? [y/N] ");
        let mut answer = String::new();
        let read = io::stderr().flush().and_then(|()| io::stdin().lock().read_line(&mut answer));
        match (read, answer.trim()) {
            (Ok(_), "y" | "Y" | "yes") => Ok(()),
            _ => Err(Failure::NotConfirmed("nothing has changed".into())),
        }
    }
}
