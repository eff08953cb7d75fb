//! Failures on demand: rules that break the calls they fit.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::made;
use super::json::Json;
use super::problem::Problem;
use crate::calls::{FaultRule, NewFaultRule};

/// The rules in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultList {
    faults: Vec<FaultRule>,
}

/// The rules in force
#[utoipa::path(get, path = "/_emulator/faults", tag = "faults",
    responses((status = 200, description = "Oldest first; the first that fits a call breaks it", body = FaultList)))]
pub async fn list_faults(plane: Data<ControlPlane>) -> HttpResponse {
    HttpResponse::Ok().json(FaultList { faults: plane.calls.fault_rules.all() })
}

/// Break calls on purpose
///
/// What a rule doesn't name fits all, of those calls that can be answered so: a `code` (letters and dots, with a
/// `message` of its own if that is wanted) is for CAMS, a `soap_fault` for Sync. A rule
/// that is used up is gone.
#[utoipa::path(post, path = "/_emulator/faults", tag = "faults", request_body = NewFaultRule,
    responses((status = 201, description = "In force", body = FaultRule, headers(("Location" = String))),
        (status = 409, description = "There are too many rules")))]
pub async fn add_fault(plane: Data<ControlPlane>, Json(rule): Json<NewFaultRule>) -> Result<HttpResponse, Problem> {
    let directory = plane.platform.ledger.directory();
    if let Some(program) = &rule.program
        && directory.program(program).is_none()
    {
        return Err(Problem::wrong("program", format!("there is no program {program:?}")));
    }
    let rule = plane.calls.fault_rules.add(rule, &plane.operations).await?;
    Ok(made(&["faults", &rule.id.to_string()]).json(rule))
}

/// Remove all rules
#[utoipa::path(delete, path = "/_emulator/faults", tag = "faults", responses((status = 204, description = "Gone")))]
pub async fn clear_faults(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    plane.calls.fault_rules.clear(None).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Remove a rule
#[utoipa::path(delete, path = "/_emulator/faults/{id}", tag = "faults", params(("id" = u64, Path)),
    responses((status = 204, description = "Gone")))]
pub async fn remove_fault(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::not_found(format!("there is no rule {:?}; it may be used up", *path));
    let id = path.parse().map_err(|_| unknown())?;
    match plane.calls.fault_rules.remove(id).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(unknown()),
    }
}
