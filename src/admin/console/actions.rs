//! How pages find programs, and change them.

use super::trouble::Trouble;
use crate::admin::ControlPlane;
use crate::admin::change::find_program;
use crate::ledger::{Change, Changed, Program, ProgramId};

/// Changes something in a program.
///
/// # Errors
/// [`Trouble::Problem`]; then nothing has changed.
pub async fn change_program(
    plane: &ControlPlane,
    name: &str,
    make: impl Fn(&Program) -> Change,
) -> Result<Changed, Trouble> {
    Ok(plane.change(async |directory| Ok(make(find_program(directory, name)?))).await?)
}

/// The number of the program of that name.
///
/// # Errors
/// [`Trouble::NoSuch`].
pub fn program_id(plane: &ControlPlane, name: &str) -> Result<ProgramId, Trouble> {
    let directory = plane.platform.ledger.directory();
    directory.program(name).map(|program| program.id).ok_or(Trouble::NoSuch("program"))
}
