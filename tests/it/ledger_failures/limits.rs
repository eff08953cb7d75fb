//! Ways to run out of room, and to be no administrator.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A file system of 2 MiB, of which only a part is free at first.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// # Errors
    /// Why there can be none; commonly because only root may mount.
    pub fn mount() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        succeed(Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path()))?;
        Ok(Self { folder })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all room but so many bytes.
    pub fn fill(&self, but: usize) {
        let ballast = self.ballast();
        let mut room = 2 << 20;
        while fs::write(&ballast, vec![1; room]).is_err() {
            room -= 4096;
        }
        fs::write(&ballast, vec![1; room - but]).expect("less than there was room for");
    }

    pub fn make_room(&self) {
        fs::remove_file(self.ballast()).expect("the ballast");
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// The command with a signal ignored that would end it when a file is to grow beyond its limit; then a write fails, as it
/// does on a full disk.
pub fn that_survives_its_limit(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// Limits the size of every file of a process: a number of bytes, or `unlimited`.
///
/// # Errors
/// Why it can't be limited; only Linux has the command.
pub fn limit_files(process: u32, bytes: &str) -> Result<(), String> {
    succeed(Command::new("prlimit").args([format!("--pid={process}"), format!("--fsize={bytes}:")]))
}

/// Makes the command run as somebody for whom permissions count, who owns the folder and what is in it.
///
/// # Errors
/// Why root can't.
pub fn as_ordinary_user(command: &mut Command, folder: &Path) -> Result<(), String> {
    const NOBODY: u32 = 65_534;
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root {
        return Ok(());
    }
    let program = command.get_program().to_owned();
    succeed(Command::new(program).arg("--version").uid(NOBODY))
        .map_err(|error| format!("root can't run the server as somebody else: {error}"))?;
    let owned = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let owned = owned.filter_map(|entry| Some(entry.ok()?.path())).chain([folder.to_owned()]);
    for path in owned {
        chown(path, Some(NOBODY), None).map_err(|error| error.to_string())?;
    }
    command.uid(NOBODY);
    Ok(())
}

fn succeed(command: &mut Command) -> Result<(), String> {
    match command.output() {
        Ok(Output { status, .. }) if status.success() => Ok(()),
        Ok(Output { stderr, .. }) => Err(String::from_utf8_lossy(&stderr).trim().to_owned()),
        Err(error) => Err(format!("{}: {error}", command.get_program().display())),
    }
}
