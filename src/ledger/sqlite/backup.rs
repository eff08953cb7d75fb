//! A copy of a ledger's file, made while a server has it open and is under load.
//!
//! What was answered is in the redo log until it is in the ledger's file, and it is noted in that file which entries it has. So
//! what to copy is the file as it is at one moment, and the entries beyond it.
//!
//! The order makes it right. The log is looked at first, the file second. An entry leaves the log only when it is in the file;
//! so one that isn't seen in the log any more is seen in the file, which is looked at later. The other way round, an entry
//! could be written after the file was looked at, be checkpointed, and leave the log before that is looked at: it would be in neither.
//! Nor can anything be run on a state that it doesn't belong to. Between the two looks the server may make a checkpoint, and then make
//! changes; but a checkpoint takes all entries that there are, so the file says that it has them, and none of them is run again.
//!
//! A look is a read transaction of SQLite: it keeps seeing the same, whatever the server writes, and keeps no one waiting. Only
//! the write-ahead log of the file grows meanwhile.

use std::path::Path;
use std::time::Duration;
use std::{fs, thread};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, ffi};

use super::database::{LOCK_PATIENCE, explain};
use super::draft::{self, Draft};
use super::ledger_file;
use super::redo::tail::{Found, LedgerRow, Tail, TailError};
use super::run;

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
/// every save that was answered before this was called, by whatever name the ledger is called. The copy is one closed file, for
/// its owner only. Drafts of backups to the same file that were killed are removed.
///
/// # Errors
/// The reason, in words a user can act on. Then nothing is left behind.
pub fn back_up(ledger: &Path, file: &Path, progress: impl FnMut(u64, u64)) -> Result<BackedUp, String> {
    refuse_to_replace(file)?;
    let draft = Draft::new(file)?;
    let backed_up = copy(&ledger_file::find(ledger)?, draft.path(), progress)?;
    let bytes = draft.publish()?;
    Ok(BackedUp { bytes, ..backed_up })
}

/// Early, so that nobody waits for a copy that can't get its name.
fn refuse_to_replace(file: &Path) -> Result<(), String> {
    // A link that leads nowhere is there, too.
    match fs::symlink_metadata(file) {
        Ok(_) => Err(draft::is_there(file)),
        Err(_) => Ok(()),
    }
}

/// So often it is looked again if what was found doesn't fit together: a server that starts, stops or recovers replaces its log.
const LOOKS: usize = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

fn copy(ledger: &Path, draft: &Path, progress: impl FnMut(u64, u64)) -> Result<BackedUp, String> {
    let mut looks = 1;
    let (look, tail) = loop {
        let found = Found::beside(ledger);
        let look = Look::at(ledger).map_err(|error| explain(&error))?;
        let row = LedgerRow::read(&look.0).map_err(|error| explain(&error))?;
        let examined = found.examine(&row.ok_or(NO_LEDGER)?);
        match examined.error {
            None => break (look, examined.tail),
            Some(error) if looks == LOOKS => return Err(error.advise(ledger)),
            Some(_) => thread::sleep(BETWEEN_LOOKS),
        }
        looks += 1;
    };
    let copied = copy_with_tail(&look, &tail, draft, progress);
    copied.map_err(|error| TailError::of(&error).map_or_else(|| explain(&error), |error| error.advise(ledger)))
}

fn copy_with_tail(
    look: &Look,
    tail: &Tail,
    draft: &Path,
    progress: impl FnMut(u64, u64),
) -> rusqlite::Result<BackedUp> {
    let mut copy = draft::open(draft)?;
    copy_pages(&look.0, &mut copy, progress)?;
    add_entries(&mut copy, tail)?;
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

/// Writes what isn't in the copy yet, as the server will do in its own file. The copy is a ledger of its own from then on, and
/// closed: the redo log that lies where it is put back one day holds what came later, and must not be added to it.
fn add_entries(copy: &mut Connection, tail: &Tail) -> rusqlite::Result<()> {
    let transaction = copy.transaction_with_behavior(TransactionBehavior::Immediate)?;
    run::add_tail(&transaction, tail)?;
    transaction.execute("UPDATE ledger SET id = lower(hex(randomblob(16)))", [])?;
    if transaction.column_exists(None, "ledger", "log_state")? {
        transaction.execute("UPDATE ledger SET log_state = 'closed'", [])?;
    }
    transaction.commit()
}

const NO_LEDGER: &str = "the file is no ledger; name another file";
