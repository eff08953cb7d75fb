//! A file that isn't finished, under a name of its own beside the one that it will get.
//!
//! Its process holds a lock on it, which the system takes back when the process ends. So the next one can tell which drafts nobody
//! works on any more, also where several machines or containers share the folder, and numbers of processes tell nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::paths::{beside, folder_of, sync_folder};

/// What SQLite may keep beside a draft.
const BESIDE: [&str; 4] = ["", "-journal", "-wal", "-shm"];
/// Between the name of the file and the digits that make a draft's name its own.
const MARK: &str = ".part-";
const DIGITS: usize = 16;
const MAGIC: &[u8] = b"SQLite format 3\0";

/// A draft. It is gone with its owner.
pub struct Draft {
    /// The name that it will get.
    file: PathBuf,
    path: PathBuf,
    /// With the lock.
    locked: File,
}

impl Draft {
    /// Makes an empty draft for its owner only, and removes those that killed processes have left.
    ///
    /// # Errors
    /// The reason, in words a user can act on.
    pub fn new(file: &Path) -> Result<Self, String> {
        // SQLite takes some relative names for something else than a file.
        let folder = folder_of(file).canonicalize();
        let folder = folder.map_err(|error| format!("{} can't be made: {error}", file.display()))?;
        let name = file.file_name().ok_or_else(|| format!("{} names no file", file.display()))?;
        let path = folder.join(name);
        remove_abandoned(&path);
        let path = beside(&path, &format!("{MARK}{:0DIGITS$x}", rand::random::<u64>()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let draft = options.open(&path).map_err(|error| format!("{} can't be made: {error}", path.display()))?;
        let draft = Self { file: file.to_owned(), path, locked: draft };
        if cfg!(unix) {
            draft.locked.try_lock().map_err(|error| format!("{} can't be locked: {error}", draft.path.display()))?;
        }
        Ok(draft)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, once it is on disk; tells its length.
    ///
    /// # Errors
    /// The reason, in words a user can act on: among others, if a file with that name has appeared.
    pub fn publish(self) -> Result<u64, String> {
        self.name().map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => is_there(&self.file),
            _ => format!("{} can't be written: {error}", self.file.display()),
        })
    }

    fn name(&self) -> io::Result<u64> {
        self.locked.sync_all()?;
        // Unlike a rename, a link replaces nothing.
        match fs::hard_link(&self.path, &self.file) {
            Ok(()) => fs::remove_file(&self.path)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            Err(_) => {
                // The file system has no hard links. So the name is taken first, and then replaced.
                OpenOptions::new().write(true).create_new(true).open(&self.file)?;
                fs::rename(&self.path, &self.file)?;
            }
        }
        sync_folder(&self.file)?;
        Ok(self.locked.metadata()?.len())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Once it has its name, there is nothing left under this one.
        remove(&self.path);
    }
}

/// Opens the draft at `path`. SQLite doesn't lock it, because nobody else knows it, and its owner has done so.
pub fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = match cfg!(unix) {
        true => Connection::open_with_flags_and_vfs(path, flags, "unix-none"),
        false => Connection::open_with_flags(path, flags),
    }?;
    // Without locks, SQLite reads a write-ahead log only if it has it for itself.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    Ok(connection)
}

/// What is said when the name of a file to be made is taken.
pub fn is_there(file: &Path) -> String {
    format!("{} is there already; name another file, or remove it", file.display())
}

/// Removes the drafts of `file` that no process works on. What can't be removed stays, and harms nobody.
fn remove_abandoned(file: &Path) {
    let Ok(entries) = fs::read_dir(folder_of(file)) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if is_draft_of(file, &path) && is_abandoned(&path) {
            remove(&path);
        }
    }
}

fn is_draft_of(file: &Path, path: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.as_encoded_bytes().to_owned()).unwrap_or_default();
    let own = [&name(file), MARK.as_bytes()].concat();
    let name = name(path);
    let Some(digits) = name.strip_prefix(&*own) else { return false };
    let is_ours = digits.len() == DIGITS && digits.iter().all(u8::is_ascii_hexdigit);
    // An older version wrote the number of its process.
    let is_older = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_ours || is_older
}

/// Whether a file is a draft by what is in it, and no process holds its lock.
fn is_abandoned(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|file| file.is_file()) {
        return false;
    }
    let Ok(draft) = File::open(path) else { return false };
    let mut head = Vec::new();
    let is_read = (&draft).take(MAGIC.len() as u64).read_to_end(&mut head).is_ok();
    let is_database = head.is_empty() || head == MAGIC;
    // Where there is no lock on drafts, a file that is in use can't be removed.
    is_read && is_database && (!cfg!(unix) || draft.try_lock().is_ok())
}

fn remove(draft: &Path) {
    for suffix in BESIDE {
        let _ = fs::remove_file(beside(draft, suffix));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_replaces_no_file_that_appeared_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("copy.db");
        let draft = Draft::new(&file).expect("a draft");
        fs::write(&file, "somebody's own").expect("a file");
        let told = draft.publish().expect_err("a name that is taken");
        assert!(told.ends_with("copy.db is there already; name another file, or remove it"), "{told}");
        assert_eq!(fs::read_to_string(&file).expect("a file"), "somebody's own");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "the draft is gone");
    }

    #[test]
    fn a_published_draft_has_one_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("copy.db");
        let draft = Draft::new(&file).expect("a draft");
        fs::write(draft.path(), "all of it").expect("a file");
        assert_eq!(draft.publish(), Ok(9));
        assert_eq!(fs::read_to_string(&file).expect("a file"), "all of it");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
