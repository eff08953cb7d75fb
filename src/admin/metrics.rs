//! What Prometheus asks for.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::ControlPlane;
use crate::calls::METRICS;

/// All counts, as OpenMetrics text.
pub async fn metrics(control_plane: Data<ControlPlane>) -> HttpResponse {
    let stats = control_plane.platform.ledger.stats();
    HttpResponse::Ok().content_type(METRICS).body(control_plane.calls.metrics.exposition(stats))
}
