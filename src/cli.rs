//! The command line: serving, and what a tester does to a server that runs.

mod arguments;
mod backup;
mod call;
mod confirm;
mod failure;
mod manual;
mod member;
mod message;
mod output;
mod own_ledger;
mod printable;
mod progress;
mod recover;
mod remote;
mod token;
mod transfer;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::settings::Settings;
use failure::Failure;
use output::Output;
use printable::printable_lines;
use remote::Remote;

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "sync-asmx", version, about, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<ServeOrCommand>,
    #[command(flatten)]
    settings: Settings,
}

/// What the program is to do.
#[derive(Debug)]
pub enum Task {
    Serve(Box<Settings>),
    /// Anything that ends by itself.
    Do(Box<Command>),
}

impl CommandLine {
    /// The arguments of this process; ends it if they can't be understood.
    pub fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| arguments::without_secrets(error, std::env::args_os()).exit())
    }

    /// Serving is what happens without a command, too.
    pub fn task(self) -> Task {
        match self.command {
            None => Task::Serve(Box::new(self.settings)),
            Some(ServeOrCommand::Serve(settings)) => Task::Serve(settings),
            Some(ServeOrCommand::Command(command)) => Task::Do(command),
        }
    }
}

#[derive(Debug, Subcommand)]
enum ServeOrCommand {
    /// Serve the service (what happens without a command, too)
    ///
    /// Example: sync-asmx serve --listen 127.0.0.1:0 --ledger memory:
    #[command(verbatim_doc_comment)]
    Serve(Box<Settings>),
    #[command(flatten)]
    Command(Box<Command>),
}

/// A command that ends by itself.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Replace everything in the ledger by a seed
    ///
    /// Where there are programs already, it asks on a terminal, and elsewhere wants --yes.
    ///
    /// Example: sync-asmx seed seed.json
    /// Example: sync-asmx export | sync-asmx seed - --ledger sqlite:copy.db
    #[command(verbatim_doc_comment)]
    Seed(transfer::Seed),
    /// Write everything in the ledger as a seed
    ///
    /// Example: sync-asmx export --program demo > demo.json
    #[command(verbatim_doc_comment)]
    Export(transfer::Export),
    /// Copy an SQLite ledger into a file, also while a server has it open and is busy
    ///
    /// Example: sync-asmx backup monday.db --ledger sqlite:data/sync-asmx.db
    #[command(verbatim_doc_comment)]
    Backup(backup::Backup),
    /// Go on with an SQLite ledger whose start is refused because its redo log is missing or damaged: shows what would be lost, and asks
    ///
    /// Example: sync-asmx recover --ledger sqlite:data/sync-asmx.db
    #[command(verbatim_doc_comment)]
    Recover(recover::Recover),
    /// Make, list, suspend and delete security tokens
    ///
    /// Example: sync-asmx token create --method 'Save*'
    #[command(verbatim_doc_comment, subcommand)]
    Token(token::Token),
    /// Add and show members
    ///
    /// Example: sync-asmx member add 1004 --phone HOME=+15195550104
    #[command(verbatim_doc_comment, subcommand)]
    Member(member::Member),
    /// Read the text messages that would have been sent, and the codes in them
    ///
    /// Example: sync-asmx message code +15195550123
    #[command(verbatim_doc_comment, subcommand)]
    Message(message::Message),
    /// Call an operation, as a client would, and tell its return code
    ///
    /// Example: sync-asmx call save-account-phone --member-id 1001 --number '+1 519 555 0123'
    #[command(verbatim_doc_comment, subcommand)]
    Call(call::Call),
    /// Ask a server whether it is well
    ///
    /// Example: sync-asmx health --server http://127.0.0.1:8080
    #[command(verbatim_doc_comment)]
    Health(Health),
    /// Write completions for a shell
    ///
    /// Example: sync-asmx completions bash > /etc/bash_completion.d/sync-asmx
    #[command(verbatim_doc_comment)]
    Completions(manual::Completions),
    /// Write the manual pages into a folder
    ///
    /// Example: sync-asmx man /usr/local/share/man/man1
    #[command(verbatim_doc_comment)]
    Man(manual::Man),
}

/// Whether a server is well.
#[derive(Debug, Args)]
pub struct Health {
    #[command(flatten)]
    remote: Remote,
    #[command(flatten)]
    output: Output,
}

/// Runs a command, and tells on standard error why it can't be done.
pub fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Seed(seed) => seed.run(),
        Command::Export(export) => export.run(),
        Command::Backup(backup) => backup.run(),
        Command::Recover(recover) => recover.run(),
        Command::Token(token) => token.run(),
        Command::Member(member) => member.run(),
        Command::Message(message) => message.run(),
        Command::Call(call) => call.run(),
        Command::Health(health) => health.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", shorten(printable_lines(&failure.to_string())));
            failure.status()
        }
    }
}

impl Health {
    fn run(self) -> Result<(), Failure> {
        let health = self.remote.get("/_emulator/ready")?;
        self.output.tell(&health, |_| "ready".into())
    }
}

/// As much of what a server says as a person reads.
fn shorten(mut text: String) -> String {
    const MOST: usize = 4000;
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.replace_range(end.., "…");
    }
    text
}
