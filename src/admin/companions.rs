//! Accounts of the companion APIs: how they are found, and changed.

use std::cell::Cell;

use super::ControlPlane;
use super::change::find_program;
use super::problem::Problem;
use crate::domain::Companions;
use crate::ledger::seed::check_companions;
use crate::ledger::{Change, Edit, SeedFault};

impl ControlPlane {
    /// The accounts of a program.
    ///
    /// # Errors
    /// 404 if there is no such program.
    pub fn companions(&self, program: &str) -> Result<Companions, Problem> {
        let directory = self.platform.ledger.directory();
        Ok(find_program(&directory, program)?.companions.clone())
    }

    /// Changes the accounts of a program, and gives what `change` gives. All of them are one change of the ledger's, so two who
    /// change different accounts at once don't lose each other's.
    ///
    /// # Errors
    /// What `change` says; 404 if there is no such program; 409 if another caller has a name already.
    pub async fn change_companions<T>(
        &self,
        program: &str,
        change: impl Fn(&mut Companions) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        // What it gave when it was derived last, which is what was done.
        let given = Cell::new(None);
        self.change(async |directory| {
            let program = find_program(directory, program)?;
            let mut companions = program.companions.clone();
            given.set(Some(change(&mut companions)?));
            check_companions(&companions).map_err(|fault| taken(&fault))?;
            Ok(Change::EditProgram(program.id, Edit::PutCompanions(companions)))
        })
        .await?;
        given.take().ok_or_else(|| Problem::busy("nothing was changed; try again"))
    }
}

/// Each account was checked by itself before, so what is wrong with all of them is that they have something in common.
fn taken(fault: &SeedFault) -> Problem {
    let field = fault.path.rsplit('.').next().unwrap_or_default();
    Problem::conflict(format!("{field}: {}", fault.reason))
}

/// Checks accounts by themselves, before they come to the others.
///
/// # Errors
/// 422 with the place, as it is within an account (`depth` 1), or within an entry of one of its lists (2).
pub fn check_alone(companions: &Companions, depth: usize) -> Result<(), Problem> {
    check_companions(companions).map_err(|SeedFault { path, reason }| {
        let within = path.splitn(depth + 1, "].").last().unwrap_or_default();
        Problem::wrong(within, reason)
    })
}

/// What has changed keeps the name of its path.
///
/// # Errors
/// 422.
pub fn check_own_name(field: &str, own: &str, name: &str) -> Result<(), Problem> {
    match own == name {
        true => Ok(()),
        false => Err(Problem::wrong(field, format!("expected {name:?} as in the path, or none"))),
    }
}
