//! Which files the names of a ledger lead to, and whether they still do.
//!
//! SQLite goes on with the files that it has opened when somebody removes them, or puts others in their place. What it writes
//! then is lost with the process, and a process that closes such a file may remove the new one's write-ahead log by its name.

use std::cell::{Cell, OnceCell};
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// The file that a path leads to, whatever other names it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Identity {
    /// The file at `path`. It isn't opened: closing it would drop the locks that SQLite has on it.
    pub fn at(path: &Path) -> io::Result<Self> {
        path.metadata().map(|file| Self::of(&file))
    }

    #[cfg(unix)]
    pub fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: file.dev(), inode: file.ino() }
    }

    /// Elsewhere nobody can remove or replace a file that SQLite has open.
    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Self {
        Self {}
    }
}

/// A folder, and when something in it was last made, removed or renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FolderState {
    identity: Identity,
    changed_at: SystemTime,
}

impl FolderState {
    /// `None` where the system doesn't tell.
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let folder = path.metadata().ok()?;
        // Unlike the time of the last modification, nobody can set it.
        let since = Duration::new(folder.ctime().try_into().ok()?, folder.ctime_nsec().try_into().ok()?);
        Some(Self { identity: Identity::of(&folder), changed_at: SystemTime::UNIX_EPOCH + since })
    }

    #[cfg(not(unix))]
    fn of(_: &Path) -> Option<Self> {
        None
    }

    /// Whether a change that is made now gets another time than this one: they are as coarse as two seconds.
    fn is_settled(&self) -> bool {
        self.changed_at.elapsed().is_ok_and(|age| age > Duration::from_secs(3))
    }
}

/// How long the folder may stand for its files.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);

/// The files that a process has open, all in one folder.
#[derive(Debug, Default)]
pub struct OpenFiles {
    files: Vec<(PathBuf, Identity)>,
    /// The folder when all files were last looked at, and when that was.
    folder: Cell<Option<(FolderState, Instant)>>,
    /// Which of them has changed. It stays so, whatever is put there later: nobody knows what was written in between.
    changed: OnceCell<String>,
}

impl OpenFiles {
    /// From now on `path` has to lead to this file.
    pub fn insert(&mut self, path: PathBuf, identity: Identity) {
        self.forget(&path);
        self.folder.set(None);
        self.files.push((path, identity));
    }

    /// What lies at `path` is going to be replaced on purpose.
    pub fn forget(&mut self, path: &Path) {
        self.files.retain(|(known, _)| known != path);
    }

    /// From now on `path` has to lead to the file that is there now. To be called once SQLite has it open.
    ///
    /// # Errors
    /// If there is none.
    pub fn remember(&mut self, path: PathBuf) -> io::Result<()> {
        let identity = Identity::at(&path)?;
        self.insert(path, identity);
        Ok(())
    }

    /// Whether all paths still lead to the files that they led to. They are looked at one by one if something was made, removed or
    /// renamed in their folder, and once a second; else the folder alone is, which takes about a microsecond.
    ///
    /// # Errors
    /// Which file is gone or replaced, for as long as the process lives; or which can't be looked at now.
    pub fn check_unchanged(&self) -> Result<(), String> {
        if let Some(changed) = self.changed.get() {
            return Err(changed.clone());
        }
        let folder = self.files.first().and_then(|(path, _)| path.parent()).and_then(FolderState::of);
        if let (Some(now), Some((then, looked_at))) = (folder, self.folder.get())
            && now == then
            && looked_at.elapsed() < LOOKED_AT_EVERY
        {
            return Ok(());
        }
        self.look_at_each()?;
        self.folder.set(folder.filter(FolderState::is_settled).map(|folder| (folder, Instant::now())));
        Ok(())
    }

    fn look_at_each(&self) -> Result<(), String> {
        for (path, known) in &self.files {
            let what = match Identity::at(path) {
                Ok(found) if found == *known => continue,
                Ok(_) => "was replaced",
                Err(error) if is_gone(&error) => "was removed",
                // Nobody knows; the next look may tell.
                Err(error) => return Err(format!("{} can't be looked at: {error}", path.display())),
            };
            let path = path.display();
            let changed =
                format!("{path} {what} while it was in use; stop the server, put its files in order, and start it");
            return Err(self.changed.get_or_init(|| changed).clone());
        }
        Ok(())
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    fn known(names: &[&str]) -> (tempfile::TempDir, OpenFiles) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = OpenFiles::default();
        for name in names {
            let path = folder.path().join(name);
            fs::write(&path, name).expect("a file");
            files.remember(path).expect("it is there");
        }
        (folder, files)
    }

    /// Not even what happens right after a look at a folder that nothing has happened in for long.
    #[test]
    fn a_file_that_is_removed_once_its_folder_is_settled_is_noticed() {
        let (folder, files) = known(&["a"]);
        let start = Instant::now();
        while files.folder.get().is_none() {
            assert_eq!(files.check_unchanged(), Ok(()));
            assert!(start.elapsed() < Duration::from_mins(1), "the folder doesn't settle");
            std::thread::sleep(Duration::from_millis(10));
        }
        fs::remove_file(folder.path().join("a")).expect("a file");
        assert!(files.check_unchanged().is_err());
    }

    #[test]
    fn a_file_that_was_removed_or_replaced_stays_changed_until_a_restart() {
        for what in ["removed", "replaced"] {
            let (folder, files) = known(&["a", "b"]);
            assert_eq!(files.check_unchanged(), Ok(()));
            let (path, aside) = (folder.path().join("b"), folder.path().join("aside"));
            fs::rename(&path, &aside).expect("a file");
            if what == "replaced" {
                fs::write(&path, "b").expect("a file");
            }
            let told = files.check_unchanged().expect_err("a change");
            assert!(told.contains(&*path.to_string_lossy()) && told.contains(what), "{told}");
            fs::rename(&aside, &path).expect("the same file again");
            assert_eq!(files.check_unchanged(), Err(told), "{what}");
        }
    }

    #[test]
    fn a_file_that_was_replaced_on_purpose_is_remembered_anew() {
        let (folder, mut files) = known(&["a", "b"]);
        let path = folder.path().join("b");
        fs::write(folder.path().join("new"), "").expect("a file");
        fs::rename(folder.path().join("new"), &path).expect("a file");
        files.remember(path).expect("it is there");
        assert_eq!(files.check_unchanged(), Ok(()));
        assert!(files.remember(folder.path().join("missing")).is_err());
    }

    #[test]
    fn a_changed_file_under_the_same_name_is_the_same_file() {
        let (folder, files) = known(&["a"]);
        fs::write(folder.path().join("a"), "longer than before").expect("a file");
        assert_eq!(files.check_unchanged(), Ok(()));
    }
}
