//! The emulator's time: held, set, advanced.

use actix_web::HttpResponse;
use actix_web::web::Data;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ControlPlane;
use super::json::Json;
use super::problem::Problem;
use crate::clock::{Clock, Reading};

/// What the clock shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockState {
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    /// Whether it stands still.
    held: bool,
}

impl From<Reading> for ClockState {
    fn from(Reading { now, is_held: held }: Reading) -> Self {
        Self { now, held }
    }
}

/// How the clock is to go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClock {
    /// Without it: the present of the clock when it is held, that of the machine when it isn't.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    now: Option<Timestamp>,
    held: bool,
}

/// How far the clock is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// Back, if negative.
    seconds: i64,
}

/// What the clock shows
#[utoipa::path(get, path = "/_emulator/clock", tag = "clock", responses((status = 200, description = "The time", body = ClockState)))]
pub async fn read_clock(plane: Data<ControlPlane>) -> HttpResponse {
    show(&plane.platform.clock)
}

/// Hold or set the clock
///
/// `held: false` without `now` goes back to the machine's time.
#[utoipa::path(put, path = "/_emulator/clock", tag = "clock", request_body = NewClock,
    responses((status = 200, description = "The time", body = ClockState)))]
pub async fn set_clock(plane: Data<ControlPlane>, Json(new): Json<NewClock>) -> Result<HttpResponse, Problem> {
    let clock = &plane.platform.clock;
    if new.now.is_some_and(|now| !Clock::can_show(now)) {
        return Err(Problem::wrong("now", "expected a time in the years 0 to 9998"));
    }
    match (new.now, new.held) {
        (now, true) => clock.hold(now.unwrap_or_else(|| clock.now())).await?,
        (Some(now), false) => clock.run_from(now).await?,
        (None, false) => clock.clear().await?,
    }
    Ok(show(clock))
}

/// Go forward or back
///
/// A held clock stays held, a running one runs on.
#[utoipa::path(post, path = "/_emulator/clock/advance", tag = "clock", request_body = Advance,
    responses((status = 200, description = "The time", body = ClockState)))]
pub async fn advance_clock(plane: Data<ControlPlane>, Json(by): Json<Advance>) -> Result<HttpResponse, Problem> {
    let reading = plane.platform.clock.advance(SignedDuration::from_secs(by.seconds)).await?;
    let reading = reading.ok_or_else(|| Problem::wrong("seconds", "the clock goes from the year 0 to 9998"))?;
    Ok(HttpResponse::Ok().json(ClockState::from(reading)))
}

fn show(clock: &Clock) -> HttpResponse {
    HttpResponse::Ok().json(ClockState::from(clock.read()))
}
