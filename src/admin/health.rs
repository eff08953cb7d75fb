//! Whether the service is there.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::problem::Problem;

/// A service that is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(value_type = String)]
    status: &'static str,
    #[schema(value_type = String)]
    version: &'static str,
}

/// Whether the service is alive
#[utoipa::path(get, path = "/_emulator/health", tag = "service", responses((status = 200, description = "Alive", body = Health)))]
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().json(OK)
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Whether the ledger answers, too
#[utoipa::path(get, path = "/_emulator/ready", tag = "service", responses((status = 200, description = "Ready", body = Health)))]
pub async fn ready(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    plane.platform.ledger.check().await?;
    Ok(HttpResponse::Ok().json(OK))
}
