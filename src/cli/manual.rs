//! Completions and manual pages, made of the command line itself.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::CommandLine;
use super::failure::Failure;
use super::output::write_line;

/// Completions for a shell.
#[derive(Debug, Args)]
pub struct Completions {
    shell: Shell,
}

/// Manual pages.
#[derive(Debug, Args)]
pub struct Man {
    /// Made if it isn't there
    folder: PathBuf,
}

impl Completions {
    pub fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut CommandLine::command(), "sync-asmx", &mut script);
        write_line(String::from_utf8_lossy(&script).trim_end())
    }
}

impl Man {
    pub fn run(self) -> Result<(), Failure> {
        let write = || -> io::Result<()> {
            fs::create_dir_all(&self.folder)?;
            clap_mangen::generate_to(CommandLine::command(), &self.folder)
        };
        write().map_err(|error| Failure::Refused(format!("{}: {error}", self.folder.display())))
    }
}
