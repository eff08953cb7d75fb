//! The first page: how much is called, what is there, and what time it is.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::chart::{CodeBar, RateChart};
use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, FieldError, Frame, Refusal, Tab, View};
use super::page_error::PageError;
use super::words;
use crate::admin::{ControlPlane, state};
use crate::clock::Clock;
use crate::ledger::{LedgerCounts, LedgerError, LedgerUrl};

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Overview {
    frame: Frame,
    live: Live,
    clock: ClockForm,
    refused: Option<FieldError>,
}

/// What refreshes itself.
#[derive(Template)]
#[template(path = "console/overview_live.html")]
struct Live {
    chart: RateChart,
    codes: Vec<CodeBar>,
    /// Calls of the last minutes, in all.
    calls: u64,
    minutes: u64,
    ledger: &'static str,
    ledger_url: String,
    counts: LedgerCounts,
    is_journal_on: bool,
    rules: usize,
    messages: usize,
    now: Timestamp,
    is_held: bool,
    uptime: Duration,
}

impl Live {
    async fn of(plane: &ControlPlane) -> Result<Self, PageError> {
        let recent = plane.calls.metrics.recent();
        let calls = recent.slots.iter().map(|slot| slot.calls).sum();
        let ledger = match plane.ledger_url {
            LedgerUrl::Sqlite(_) => "SQLite file",
            LedgerUrl::Memory => "SQLite in memory, gone with the process",
            LedgerUrl::Postgres(_) => "PostgreSQL, shared by all its nodes",
        };
        Ok(Self {
            chart: RateChart::of(&recent),
            codes: CodeBar::all(&recent),
            calls,
            minutes: RateChart::minutes(&recent),
            ledger,
            ledger_url: plane.ledger_url.to_string(),
            counts: plane.platform.ledger.counts().await?,
            is_journal_on: plane.calls.journal.is_on(),
            rules: plane.calls.fault_rules.all().len(),
            messages: plane.platform.shared_state.find_messages(None).await?.len(),
            now: plane.platform.clock.now(),
            is_held: plane.platform.clock.read().is_held,
            uptime: plane.started.elapsed(),
        })
    }

    fn members(&self) -> u64 {
        self.counts.programs.iter().map(|program| program.members).sum()
    }

    fn phones(&self) -> u64 {
        self.counts.programs.iter().map(|program| program.phones).sum()
    }
}

/// `GET /_emulator`
pub async fn redirect() -> HttpResponse {
    page::go(&Link::to(""))
}

/// `GET /_emulator/`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>) -> Answer {
    let clock = ClockForm {
        now: plane.platform.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        ..ClockForm::default()
    };
    page::show(&overview(&plane, view.into_inner(), clock, None).await?)
}

async fn overview(
    plane: &ControlPlane,
    view: View,
    clock: ClockForm,
    refused: Option<FieldError>,
) -> Result<Overview, PageError> {
    Ok(Overview { frame: Frame::new(Tab::Overview, plane, view)?, live: Live::of(plane).await?, clock, refused })
}

/// `GET /_emulator/console/live`
pub async fn live(plane: Data<ControlPlane>) -> Answer {
    page::show(&Live::of(&plane).await?)
}

/// `POST /_emulator/console/reset`
pub async fn reset(plane: Data<ControlPlane>) -> Answer {
    state::reset(plane).await?;
    Ok(page::go(&Link::to("").with("done", "reset")))
}

/// What is to become of the clock.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ClockForm {
    program: Option<String>,
    /// `hold`, `advance` or `run`.
    action: String,
    now: String,
    seconds: String,
}

/// `POST /_emulator/console/clock`
pub async fn set_clock(plane: Data<ControlPlane>, form: Form<ClockForm>) -> Answer {
    let form = form.into_inner();
    match turn(&plane, &form).await? {
        Ok(done) => Ok(page::go(&Link::to("").with_some("program", form.program).with("done", done))),
        Err(error) => {
            let view = View { program: form.program.clone(), ..View::default() };
            page::refuse(&overview(&plane, view, form, Some(error)).await?)
        }
    }
}

/// Does what the form asks; gives the notice, or says what is wrong with the form.
async fn turn(plane: &ControlPlane, form: &ClockForm) -> Result<Result<&'static str, FieldError>, LedgerError> {
    let clock = &plane.platform.clock;
    match form.action.as_str() {
        "run" => {
            clock.clear().await?;
            Ok(Ok("clock-runs"))
        }
        "advance" => {
            let reading = match form.seconds.trim().parse() {
                Ok(seconds) => clock.advance(SignedDuration::from_secs(seconds)).await?,
                Err(_) => None,
            };
            let wrong = || FieldError::new("seconds", "Give a whole number of seconds, not beyond the year 9998.");
            Ok(reading.map(|_| "clock-advanced").ok_or_else(wrong))
        }
        _ => {
            let Some(now) = form.now.trim().parse().ok().filter(|now| Clock::can_show(*now)) else {
                let expected = "Give a time with its offset, such as 2026-01-01T00:00:00Z.";
                return Ok(Err(FieldError::new("now", expected)));
            };
            clock.hold(now).await?;
            Ok(Ok("clock-held"))
        }
    }
}
