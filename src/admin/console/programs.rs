//! Programs as wholes: made, reset, deleted.

use actix_web::web::{Data, Path};
use serde::Deserialize;

use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, Frame, Tab, View};
use super::settings::SettingsPage;
use crate::admin::problem::Problem;
use crate::admin::{ControlPlane, programs};
use crate::domain::Companions;
use crate::ledger::seed::ProgramSeed;
use crate::ledger::{Change, Directory, ProgramDocument, ProgramState};

/// A program to be made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProgramForm {
    program: Option<String>,
    name: String,
    /// The program whose settings, types and carriers it gets; empty for defaults and no items.
    like: String,
}

/// `POST /_emulator/console/programs`
pub async fn make(plane: Data<ControlPlane>, form: Form<ProgramForm>) -> Answer {
    let form = form.into_inner();
    let refuse = |reason| {
        let view = View { program: form.program.clone(), ..View::default() };
        page::refuse(&SettingsPage::without_program(&plane, view, &form.name, reason)?)
    };
    let name = form.name.trim();
    let wanted = wanted(&plane.platform.ledger.directory(), name, &form.like);
    let program = match ProgramSeed::check(wanted) {
        Ok(program) => program,
        Err(fault) => return refuse(fault.reason),
    };
    let change = async |directory: &Directory| match directory.program(name) {
        Some(_) => Err(Problem::conflict(format!("There is a program {name} already."))),
        None => Ok(Change::PutProgram(program.clone())),
    };
    match plane.change(change).await {
        Err(problem) if problem.is_conflict() => return refuse(problem.detail().to_owned()),
        changed => changed?,
    };
    let frame = Frame::new(Tab::Settings, &plane, View { program: Some(name.to_owned()), ..View::default() })?;
    Ok(page::go(&frame.here().with("done", "program-made")))
}

fn wanted(directory: &Directory, name: &str, like: &str) -> ProgramState {
    let document = directory
        .program(like)
        .map(|model| ProgramDocument::new(model.settings.clone(), model.items.clone(), Companions::default()));
    ProgramState::of(name.to_owned(), document.unwrap_or_default(), Vec::new(), Vec::new())
}

/// `POST /_emulator/console/programs/reset`
pub async fn reset(plane: Data<ControlPlane>, view: Form<View>) -> Answer {
    let frame = Frame::of_named(Tab::Settings, &plane, view.into_inner().program)?;
    let name = frame.program.clone().unwrap_or_default();
    programs::reset_program(plane, Path::from(name)).await?;
    Ok(page::go(&frame.here().with("done", "program-reset")))
}

/// `POST /_emulator/console/programs/delete`
pub async fn delete(plane: Data<ControlPlane>, view: Form<View>) -> Answer {
    let frame = Frame::of_named(Tab::Settings, &plane, view.into_inner().program)?;
    let name = frame.program.clone().unwrap_or_default();
    programs::delete_program(plane, Path::from(name)).await?;
    Ok(page::go(&Link::to("settings").with("done", "program-deleted")))
}
