//! A copy of a ledger's file, made while a server has it open and is under load.
//!
//! What was answered is in the redo log until it is in the ledger's file, and it is noted in that file which entries it has. So
//! what to copy is the file as it is at one moment, and the entries beyond it.
//!
//! The order makes it right. The log is looked at first, the file second. An entry leaves the log only when it is in the file;
//! so one that isn't seen in the log any more is seen in the file, which is looked at later. The other way round, an entry
//! could be written after the file was looked at, be merged, and leave the log before that is looked at: it would be in neither.
//! Nor can anything be run on a state that it doesn't belong to. Between the two looks the server may merge, and then make
//! changes; but a merge takes all entries that there are, so the file says that it has them, and none of them is run again.
//!
//! A look is a read transaction of SQLite: it keeps seeing the same, whatever the server writes, and keeps no one waiting. Only
//! the write-ahead log of the file grows meanwhile.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::{io, process};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, ffi, params};

use super::database::{LOCK_PATIENCE, beside, explain};
use super::redo;
use super::save_phone::save_phone;
use crate::ledger::{PhoneSaved, SavePhone};

/// A backup that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    pub members: u64,
    pub phones: u64,
    /// The length of the file.
    pub bytes: u64,
}

/// Pages that are copied at a time, before it is told how far it is.
const STEP: i32 = 1024;

/// Copies the ledger at `ledger` to `file`, which must not be there, and tells how many of how many pages are copied. It holds
/// every save that was answered before this was called. The copy is one closed file, for its owner only.
///
/// # Errors
/// The reason, in words a user can act on. Then nothing is left behind.
pub fn back_up(ledger: &Path, file: &Path, progress: impl FnMut(u64, u64)) -> Result<BackedUp, String> {
    refuse_to_replace(file)?;
    let draft = Draft::new(file)?;
    let backed_up = copy(ledger, &draft.path, progress).map_err(|error| explain(&error))?;
    refuse_to_replace(file)?;
    let bytes = draft.publish(file).map_err(|error| format!("{} can't be written: {error}", file.display()))?;
    Ok(BackedUp { bytes, ..backed_up })
}

fn refuse_to_replace(file: &Path) -> Result<(), String> {
    // A link that leads nowhere is there, too.
    match fs::symlink_metadata(file) {
        Ok(_) => Err(format!("{} is there already; name another file, or remove it", file.display())),
        Err(_) => Ok(()),
    }
}

fn copy(ledger: &Path, draft: &Path, progress: impl FnMut(u64, u64)) -> rusqlite::Result<BackedUp> {
    let log = beside(ledger, "-redo");
    // Only what is known not to be there may be left out.
    let log = if matches!(log.try_exists(), Ok(false)) { None } else { Some(Look::at(&log)?) };
    let look = Look::at(ledger)?;
    let (id, merged): (String, i64) =
        look.0.query_row("SELECT id, merged_entry FROM ledger", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // There are some thousands at most, so that the log needn't be kept from being emptied while the file is copied.
    let (saves, last) = match log {
        Some(log) if log.owner()?.as_deref() == Some(&*id) => redo::read_after(&log.0, merged)?,
        // There is none, or it belongs to a ledger that is gone.
        _ => (Vec::new(), merged),
    };
    let mut copy = Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    copy_pages(&look.0, &mut copy, progress)?;
    drop(look);
    add_entries(&mut copy, &saves, last)?;
    // The copy came with the write-ahead log of its original; without one, it is a single file.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    let count = |sql| copy.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs));
    let (members, phones) = (count("SELECT count(*) FROM member")?, count("SELECT count(*) FROM phone")?);
    copy.close().map_err(|(_, error)| error)?;
    Ok(BackedUp { members, phones, bytes: 0 })
}

/// A file of SQLite as it is at one moment.
struct Look(Connection);

impl Look {
    fn at(path: &Path) -> rusqlite::Result<Self> {
        // Not opened for reading only: SQLite wants to write down who reads. Nothing else is written.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(LOCK_PATIENCE)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.execute_batch("BEGIN")?;
        // The transaction begins with the first thing that is read.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(Self(connection))
    }

    /// Whose redo log this is.
    fn owner(&self) -> rusqlite::Result<Option<String>> {
        let is_made = self.0.table_exists(None, "ledger")? && self.0.table_exists(None, "save")?;
        if !is_made {
            return Ok(None);
        }
        self.0.query_row("SELECT id FROM ledger", [], |row| row.get(0)).optional()
    }
}

/// Inside the transaction of the look, so that no write of the server makes it begin anew.
fn copy_pages(from: &Connection, to: &mut Connection, mut progress: impl FnMut(u64, u64)) -> rusqlite::Result<()> {
    let backup = Backup::new(from, to)?;
    let pages = |count| u64::try_from(count).unwrap_or_default();
    loop {
        match backup.step(STEP)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {
                let so_far = backup.progress();
                progress(pages(so_far.pagecount - so_far.remaining), pages(so_far.pagecount));
            }
            // Nobody else has the copy, and the look is under way.
            _ => return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)),
        }
    }
}

/// Saves what isn't in the copy yet, as the server will do in its own file. The copy is a ledger of its own from then on: the
/// redo log that lies where it is put back one day holds what came later, and must not be added to it.
fn add_entries(copy: &mut Connection, saves: &[SavePhone], last: i64) -> rusqlite::Result<()> {
    let transaction = copy.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for save in saves {
        if save_phone(&transaction, save)? != PhoneSaved::Saved {
            tracing::error!("an entry of the redo log could not be saved again; it is not in the backup");
        }
    }
    let sql = "UPDATE ledger SET merged_entry = ?1, id = lower(hex(randomblob(16)))";
    transaction.execute(sql, params![last])?;
    transaction.commit()
}

/// A file that isn't finished, under a name of its own. It is gone with its owner.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn new(file: &Path) -> Result<Self, String> {
        let path = beside(file, &format!(".part-{}", process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|error| format!("{} can't be made: {error}", path.display()))?;
        Ok(Self { path })
    }

    /// Gives the file its name, once it is on disk; tells its length.
    fn publish(self, file: &Path) -> io::Result<u64> {
        let draft = File::open(&self.path)?;
        draft.sync_all()?;
        fs::rename(&self.path, file)?;
        #[cfg(unix)]
        if let Some(folder) = file.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder)?.sync_all()?;
        }
        Ok(draft.metadata()?.len())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Once it has its name, there is nothing left under this one.
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(beside(&self.path, suffix));
        }
    }
}
