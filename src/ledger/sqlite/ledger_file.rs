//! The file of a ledger, by whatever name it is called: where it is, that it is one, and that one process has it.

use std::fs::{self, File, TryLockError};
use std::mem;
use std::path::{Path, PathBuf};

use super::identity::{Identity, OpenFiles};
use super::paths::{beside, make_file};
use super::permissions;

/// What a user is told of a file that another process has.
pub const LOCKED: &str = "another process has locked the file; stop that process, or name another file";

/// What may lie beside a ledger's file; all of it is named after that file, not after a link to it.
const BESIDE: [&str; 9] =
    ["-lock", "-wal", "-shm", "-redo", "-redo-wal", "-redo-shm", "-redo-end", "-redo-new", "-redo-new-journal"];

/// Whether a process may lock the ledger's file itself. On Linux `flock` and the locks of SQLite know nothing of each other; on
/// macOS and the BSDs they conflict, even inside a process, and on Windows a lock keeps SQLite from reading.
const IS_LOCKED_ITSELF: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// A ledger's file that this process has to itself. The system takes the locks back when the process ends, however it ends.
///
/// It has to be there before SQLite opens the file, and until SQLite has closed it: whoever closes any descriptor of a file
/// drops the locks that SQLite has on it in this process.
#[derive(Debug)]
pub struct LedgerFile {
    path: PathBuf,
    identity: Identity,
    is_new: bool,
    lock_path: PathBuf,
    /// With the lock on the ledger's file. Nothing is read or written here.
    _file: Option<File>,
    /// With the lock on the file beside it, by which versions of sync-asmx know each other that don't lock the ledger's file.
    _lock: File,
}

impl LedgerFile {
    /// Makes the ledger's file if it isn't there, and its folder, and takes its locks.
    ///
    /// # Errors
    /// The reason, in words a user can act on: that it is no regular file, has several hard links, or another process has it.
    pub fn open(named: &Path) -> Result<Self, String> {
        let is_new = named.metadata().is_err();
        if is_new {
            make_file(named)?;
        }
        let path = find(named)?;
        let lock_path = beside(&path, "-lock");
        make_file(&lock_path)?;
        let lock =
            File::open(&lock_path).map_err(|error| format!("{} can't be opened: {error}", lock_path.display()))?;
        try_lock(&lock, &lock_path)?;
        let file = if IS_LOCKED_ITSELF { Some(open_locked(&path)?) } else { None };
        let identity = Identity::at(&path).map_err(|error| unreadable(&error))?;
        let opened = file.as_ref().map_or(Ok(identity), |file| file.metadata().map(|file| Identity::of(&file)));
        if opened.map_err(|error| unreadable(&error))? != identity {
            return Err("the file was replaced while it was opened; start again".into());
        }
        Ok(Self { path, identity, is_new, lock_path, _file: file, _lock: lock })
    }

    /// Where the file is, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there was no file before.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Takes the access of others to the file away, and to what lies beside it, where that is permitted. To be called once the
    /// ledger is open: what is refused stays as it is.
    pub fn tighten(&self) {
        permissions::tighten(&self.path);
        for suffix in BESIDE {
            permissions::tighten(&beside(&self.path, suffix));
        }
    }

    /// What has to stay where it is while the ledger is open; more files come to it once SQLite has opened them.
    ///
    /// # Errors
    /// If the lock's file is gone already, and needed.
    pub fn open_files(&self) -> std::io::Result<OpenFiles> {
        let mut files = OpenFiles::default();
        files.insert(self.path.clone(), self.identity);
        if !IS_LOCKED_ITSELF {
            // Without it, another process can come in.
            files.remember(self.lock_path.clone())?;
        }
        Ok(files)
    }
}

/// Where the ledger named so is, without links. Nothing is opened, so a FIFO keeps nobody waiting.
///
/// # Errors
/// The reason, in words a user can act on: it isn't there, it or something beside it is no regular file, or it has several
/// hard links.
pub fn find(named: &Path) -> Result<PathBuf, String> {
    let path = fs::canonicalize(named).map_err(|error| unreadable(&error))?;
    let file = path.metadata().map_err(|error| unreadable(&error))?;
    if !file.is_file() {
        return Err(format!("it is {}; name a file", kind(&file)));
    }
    let links = links(&file);
    if links > 1 {
        return Err(format!(
            "the file has {links} names (hard links), and what lies beside the others would be missed; remove the others"
        ));
    }
    for other in BESIDE.map(|suffix| beside(&path, suffix)) {
        match other.metadata() {
            Ok(file) if !file.is_file() => {
                return Err(format!("{} is {}; remove it", other.display(), kind(&file)));
            }
            _ => {}
        }
    }
    Ok(path)
}

fn kind(file: &fs::Metadata) -> &'static str {
    if file.is_dir() { "a folder" } else { "no regular file" }
}

#[cfg(unix)]
fn links(file: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(file)
}

/// Elsewhere it can't be told.
#[cfg(not(unix))]
fn links(_: &fs::Metadata) -> u64 {
    1
}

fn open_locked(path: &Path) -> Result<File, String> {
    let file = File::options().read(true).write(true).open(path);
    let file = file.map_err(|error| format!("the file can't be written: {error}"))?;
    match try_lock(&file, path) {
        Ok(()) => Ok(file),
        Err(reason) => {
            // It may be this process that has it; then closing the file would drop the locks of SQLite.
            mem::forget(file);
            Err(reason)
        }
    }
}

fn try_lock(file: &File, path: &Path) -> Result<(), String> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => LOCKED.into(),
        TryLockError::Error(error) => format!("{} can't be locked: {error}", path.display()),
    })
}

fn unreadable(error: &std::io::Error) -> String {
    format!("the file can't be opened: {error}")
}
