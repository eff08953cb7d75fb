//! What Prometheus asks for.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::ControlPlane;
use crate::calls::METRICS;

/// All counts, as OpenMetrics text.
pub async fn metrics(control_plane: Data<ControlPlane>) -> HttpResponse {
    let vitals = control_plane.platform.ledger.vitals();
    HttpResponse::Ok().content_type(METRICS).body(control_plane.calls.meters.exposition(vitals))
}
