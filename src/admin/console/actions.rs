//! How pages find programs, and change them.

use super::page_error::PageError;
use crate::admin::ControlPlane;
use crate::admin::change::find_program;
use crate::ledger::{Change, Changed, Program, ProgramId};

/// Changes something in a program.
///
/// # Errors
/// [`PageError::Problem`]; then nothing has changed.
pub async fn change_program(
    plane: &ControlPlane,
    name: &str,
    make: impl Fn(&Program) -> Change,
) -> Result<Changed, PageError> {
    Ok(plane.change(async |directory| Ok(make(find_program(directory, name)?))).await?)
}

/// The number of the program of that name.
///
/// # Errors
/// [`PageError::NoSuch`].
pub fn program_id(plane: &ControlPlane, name: &str) -> Result<ProgramId, PageError> {
    let directory = plane.platform.ledger.directory();
    directory.program(name).map(|program| program.id).ok_or(PageError::NoSuch("program"))
}
