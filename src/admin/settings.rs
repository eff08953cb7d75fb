//! The settings of a program.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::ControlPlane;
use super::change::find_program;
use super::partial::Partial;
use super::problem::Problem;
use crate::domain::ProgramSettings;
use crate::ledger::seed::check_settings;
use crate::ledger::{Change, Edit};

/// The settings of a program
#[utoipa::path(get, path = "/_emulator/programs/{program}/settings", tag = "settings", params(("program" = String, Path)),
    responses((status = 200, description = "The settings", body = ProgramSettings)))]
pub async fn get_settings(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let directory = plane.platform.ledger.directory();
    Ok(HttpResponse::Ok().json(&find_program(&directory, &path)?.settings))
}

/// Change settings
///
/// Those that aren't there stay, also those within a group; `null` goes back to the default (RFC 7396). What is stored stays as it is.
#[utoipa::path(patch, path = "/_emulator/programs/{program}/settings", tag = "settings",
    params(("program" = String, Path)), request_body = ProgramSettings,
    responses((status = 200, description = "All settings, changed", body = ProgramSettings)))]
pub async fn change_settings(
    plane: Data<ControlPlane>,
    path: Path<String>,
    change: Partial,
) -> Result<HttpResponse, Problem> {
    plane
        .change(async |directory| {
            let program = find_program(directory, &path)?;
            let settings = change.applied_to(&program.settings)?;
            check_settings(&settings)?;
            Ok(Change::EditProgram(program.id, Edit::PutSettings(settings)))
        })
        .await?;
    get_settings(plane, path).await
}
