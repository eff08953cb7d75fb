//! A ledger holds tokens and phone numbers, which are nobody's business but its owner's.

use std::path::Path;

/// Takes the access of others away from a file, if there is one. Where that isn't permitted, as on a volume that belongs to a
/// group, it stays as it is, and the log warns.
#[cfg(unix)]
pub fn tighten(path: &Path) {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    const OTHERS: u32 = 0o077;
    let mode = || fs::metadata(path).map(|file| file.permissions().mode());
    let Ok(before) = mode() else { return };
    if before & OTHERS == 0 {
        return;
    }
    let tightened = fs::set_permissions(path, Permissions::from_mode(before & 0o700)).and_then(|()| mode());
    let (file, was) = (path.display(), format_args!("{:04o}", before & 0o777));
    match tightened {
        Ok(after) if after & OTHERS == 0 => {
            tracing::info!(%file, %was, "others had access to a file of the ledger; now only its owner has");
        }
        Ok(_) => tracing::warn!(%file, mode = %was, "others have access to a file of the ledger; its disk keeps it so"),
        Err(error) => {
            tracing::warn!(%file, mode = %was, %error, "others have access to a file of the ledger; that can't be changed");
        }
    }
}

/// Elsewhere the folder decides who has access.
#[cfg(not(unix))]
pub fn tighten(_: &Path) {}
