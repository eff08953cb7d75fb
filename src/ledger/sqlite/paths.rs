//! Files and folders, by their names.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file beside the ledger's with more behind its name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Makes the folder, and the file with access for its owner only: it holds tokens and phone numbers. Both are on disk then.
pub fn make_file(path: &Path) -> Result<(), String> {
    let folder = folder_of(path);
    make_folder(folder).map_err(|error| format!("its folder can't be made: {error}"))?;
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).and_then(|_| sync_folder(path));
    made.map_err(|error| format!("the file can't be written: {error}"))
}

/// Makes a folder and those it lies in, each on disk before what is in it.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    make_folder(folder_of(folder))?;
    match fs::create_dir(folder) {
        Err(error) if !(error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir()) => Err(error),
        _ => sync_folder(folder),
    }
}

/// The folder that a file lies in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        // The root has no other one.
        _ if path.has_root() => path,
        _ => Path::new("."),
    }
}

/// Makes sure that a power cut leaves the name of a file that was just made, or renamed, or removed, as it is now.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(folder_of(path))?.sync_all()
}

/// Elsewhere a folder can't be flushed.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
