//! Whether the service is there: for callers who are let in, and in one word for probes, which know neither token nor host name.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::problem::Problem;
use super::{ControlPlane, PATH};
use crate::ledger::LedgerError;

/// A service that is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(value_type = String)]
    status: &'static str,
    /// Only for those who are let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    version: Option<&'static str>,
}

/// Whether the service is alive
#[utoipa::path(
    get,
    path = "/_emulator/health",
    tag = "service",
    description = "Who isn't let in is told the status, too, and nothing else.",
    responses((status = 200, description = "Alive", body = Health))
)]
pub async fn health(request: HttpRequest) -> HttpResponse {
    say_ok(is_probe(&request))
}

/// Whether the ledger answers, too
#[utoipa::path(
    get,
    path = "/_emulator/ready",
    tag = "service",
    description = "Who isn't let in is told the status, too, and nothing else; then it is at most a second old.",
    responses((status = 200, description = "Ready", body = Health))
)]
pub async fn ready(plane: Data<ControlPlane>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let is_probe = is_probe(&request);
    match is_probe {
        false => plane.platform.ledger.check().await?,
        true => {
            let told = plane.readiness.check(async || plane.platform.ledger.check().await).await;
            told.map_err(|_| Problem::busy("the ledger doesn't answer"))?;
        }
    }
    Ok(say_ok(is_probe))
}

fn say_ok(is_probe: bool) -> HttpResponse {
    let version = (!is_probe).then_some(env!("CARGO_PKG_VERSION"));
    HttpResponse::Ok().json(Health { status: "ok", version })
}

/// Marks a request of somebody who isn't let in, and is told whether the service is there.
struct Probe;

/// Marks the request of somebody who isn't let in as a probe if it asks whether the service is there; says whether it does.
pub fn admit_probe(request: &HttpRequest) -> bool {
    let asks = ["/health", "/ready"].iter().any(|path| request.path().strip_prefix(PATH) == Some(path));
    let is_probe = asks && [Method::GET, Method::HEAD].contains(request.method());
    if is_probe {
        request.extensions_mut().insert(Probe);
    }
    is_probe
}

fn is_probe(request: &HttpRequest) -> bool {
    request.extensions().contains::<Probe>()
}

/// What the ledger said last to those who aren't let in. Anybody may ask, so it is asked once a second at most; whoever comes
/// while it is asked waits for that answer.
#[derive(Default)]
pub struct Readiness(Mutex<Option<(Instant, Result<(), LedgerError>)>>);

impl Readiness {
    const AGE: Duration = Duration::from_secs(1);

    async fn check(&self, ask: impl AsyncFnOnce() -> Result<(), LedgerError>) -> Result<(), LedgerError> {
        let mut last = self.0.lock().await;
        if let Some((at, outcome)) = &*last
            && at.elapsed() < Self::AGE
        {
            return outcome.clone();
        }
        let outcome = ask().await;
        *last = Some((Instant::now(), outcome.clone()));
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn strangers_are_told_what_was_asked_within_the_last_second() {
        for outcome in [Ok(()), Err(LedgerError::Busy)] {
            let (readiness, asked, begun) = (Readiness::default(), Cell::new(0), Instant::now());
            let call = || {
                readiness.check(async || {
                    asked.set(asked.get() + 1);
                    // Others come meanwhile.
                    tokio::task::yield_now().await;
                    outcome.clone()
                })
            };
            let told = join_all((0..100).map(|_| call())).await;
            assert!(told.iter().all(|told| *told == outcome), "{told:?}");
            assert!((1..=begun.elapsed().as_secs() + 1).contains(&asked.get()), "asked {} times", asked.get());
        }
    }
}
