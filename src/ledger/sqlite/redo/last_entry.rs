//! The number of the last entry that was flushed, in a small file beside the redo log.
//!
//! SQLite drops what lies behind a damaged part of its write-ahead log without a word, so a log that was cut looks like one whose
//! last batches were never written. This file tells the difference. It is written after each flush and not flushed itself: it
//! survives the process, and after a power cut it may be behind the log, but never ahead of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::ledger::sqlite::paths::{beside, make_file};

/// Ledger id, entry number: `0123456789abcdef0123456789abcdef 00000000000000000042\n`.
const LENGTH: usize = 54;

/// The file, open for writing.
#[derive(Debug)]
pub struct LastEntryFile {
    file: File,
    ledger_id: String,
}

impl LastEntryFile {
    /// Makes the file of the ledger at `ledger`, or takes it over, with `entry` in it. It is on disk then.
    pub fn begin(ledger: &Path, ledger_id: &str, entry: i64) -> io::Result<Self> {
        let path = path(ledger);
        make_file(&path).map_err(io::Error::other)?;
        let file = File::options().write(true).open(&path)?;
        let begun = Self { file, ledger_id: ledger_id.to_owned() };
        begun.write(entry)?;
        begun.file.set_len(LENGTH as u64)?;
        begun.file.sync_all()?;
        Ok(begun)
    }

    /// Replaces the number, in one write of one sector.
    pub fn write(&self, entry: i64) -> io::Result<()> {
        write_at_start(&self.file, format!("{:<32} {entry:020}\n", self.ledger_id).as_bytes())
    }
}

#[cfg(unix)]
fn write_at_start(file: &File, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, 0)
}

#[cfg(not(unix))]
fn write_at_start(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(0))?;
    file.write_all(bytes)
}

/// Where the file of the ledger at `ledger` is.
pub fn path(ledger: &Path) -> PathBuf {
    beside(ledger, "-redo-end")
}

/// A ledger's id, and the number of its last flushed entry; `None` if there is no file, or it can't be read as one.
pub fn read(ledger: &Path) -> Option<(String, i64)> {
    let mut text = String::new();
    File::open(path(ledger)).ok()?.take(2 * LENGTH as u64).read_to_string(&mut text).ok()?;
    let (id, entry) = text.strip_suffix('\n')?.split_once(' ')?;
    if text.len() == LENGTH { Some((id.to_owned(), entry.parse().ok()?)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_back_with_the_ledger_it_belongs_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = folder.path().join("l.db");
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(read(&ledger), None);
        let file = LastEntryFile::begin(&ledger, id, 7).expect("a file");
        assert_eq!(read(&ledger), Some((id.to_owned(), 7)));
        file.write(i64::MAX).expect("room");
        assert_eq!(read(&ledger), Some((id.to_owned(), i64::MAX)));
        for damaged in ["", "7\n", "0123456789abcdef0123456789abcdef 0000000000000000000x\n"] {
            std::fs::write(path(&ledger), damaged).expect("a file");
            assert_eq!(read(&ledger), None, "{damaged:?}");
        }
    }
}
