//! Programs as wholes: made, reset, deleted.

use actix_web::web::{Data, Path};
use serde::Deserialize;

use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, Frame, Tab, View};
use super::settings::SettingsPage;
use crate::admin::problem::Problem;
use crate::admin::{ControlPlane, programs};
use crate::ledger::seed::ProgramSeed;
use crate::ledger::{Change, Directory, ItemState, ProgramState};

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
    let model = directory.program(like);
    let items = |references: Option<Vec<&String>>| {
        let mut references = references.unwrap_or_default();
        references.sort();
        let item = |reference: &String| ItemState { external_reference: reference.clone(), name: reference.clone() };
        references.into_iter().map(item).collect()
    };
    ProgramState {
        name: name.to_owned(),
        settings: model.map(|model| model.settings.clone()).unwrap_or_default(),
        security_tokens: Vec::new(),
        phone_number_types: items(model.map(|model| model.phone_number_types.keys().collect())),
        mobile_carriers: items(model.map(|model| model.mobile_carriers.keys().collect())),
        cams_accounts: Vec::new(),
        pims_accounts: Vec::new(),
        verifications: Vec::new(),
        members: Vec::new(),
    }
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
