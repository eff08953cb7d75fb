//! The whole ledger at once.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::ControlPlane;
use super::export::export;
use super::json::{Json, apart};
use super::precondition::MayReplace;
use super::problem::Problem;
use crate::ledger::{Change, Seed, State};

/// Everything, in the seed's format
#[utoipa::path(get, path = "/_emulator/state", tag = "ledger", responses((status = 200, description = "All programs", body = State)))]
pub async fn get_state(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    export(plane.platform.ledger.clone(), None).await
}

/// Replace everything
///
/// A reset of a program goes back to what is put here; a reset of all to the seed of the start. Journal, faults,
/// messages and clock stay. With `If-None-Match: *` it is done only where there is no program.
#[utoipa::path(put, path = "/_emulator/state", tag = "ledger",
    params(("If-None-Match" = Option<String>, Header, description = "* replaces no program")),
    request_body = State,
    responses((status = 204, description = "Replaced"),
        (status = 412, description = "A program is there already, and `If-None-Match: *` asks not to replace it")))]
pub async fn put_state(
    plane: Data<ControlPlane>,
    may_replace: MayReplace,
    Json(state): Json<State>,
) -> Result<HttpResponse, Problem> {
    let seed = apart(move || Ok(Seed::check(state)?)).await?;
    plane
        .change(async |directory| {
            may_replace.check(!directory.programs().is_empty(), || "a program".to_owned())?;
            Ok(Change::ReplaceAll { seed: seed.clone(), is_baseline: true })
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Back to the seed of the start
///
/// Journal, faults, messages and clock are cleared; so are what callers of companions have begun, their nonces, and how often they
/// called.
#[utoipa::path(post, path = "/_emulator/reset", tag = "ledger", responses((status = 204, description = "Reset")))]
pub async fn reset(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    let seed = plane.read_seed().await?;
    plane.change(async |_| Ok(Change::ReplaceAll { seed: seed.clone(), is_baseline: false })).await?;
    plane.calls.journal.clear(None).await?;
    plane.calls.fault_rules.clear(None).await?;
    plane.platform.shared_state.clear_messages().await?;
    plane.platform.shared_state.clear_callers().await?;
    plane.platform.clock.clear().await?;
    Ok(HttpResponse::NoContent().finish())
}

impl ControlPlane {
    /// The seed of the start, as it is now.
    ///
    /// # Errors
    /// 500 if its file is gone, or no seed any more.
    pub async fn read_seed(&self) -> Result<Seed, Problem> {
        let source = self.seed.clone();
        let unreadable = |error: crate::ledger::seed::SeedSourceError| {
            Problem::new(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR, format!("no reset is possible: {error}"))
        };
        apart(move || source.read().map_err(unreadable)).await
    }
}
