//! What was called, and what was answered.

mod har;

use std::time::{Duration, Instant};

use actix_web::http::header::{CONTENT_DISPOSITION, ContentType};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::ControlPlane;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::calls::{Api, Count, Page, known_name};
use crate::ledger::{EntryFilter, LedgerError};

/// Which calls: all that fit each of these.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "only described so: what comes is read so that an error names the parameter that is wrong"
)]
struct CallFilter {
    program: Option<String>,
    operation: Option<String>,
    member_id: Option<i32>,
    #[param(maximum = 65535)]
    return_code: Option<u16>,
    /// A `Code` of CAMS; `OK` for calls that were answered as asked
    code: Option<String>,
    api: Option<Api>,
    #[param(minimum = 100, maximum = 599)]
    http_status: Option<u16>,
    /// A part of what a fault says, in whatever case; empty for any fault
    fault: Option<String>,
    /// The number of the rule that broke the call
    #[param(minimum = 0)]
    rule: Option<i64>,
    /// Digits of a phone number that stands in a message, in whatever spelling
    number: Option<String>,
    /// A part of what the journal tells of a call, in whatever case
    text: Option<String>,
    /// Only calls behind this entry
    #[param(minimum = 0)]
    after: Option<i64>,
}

const FILTER: [&str; 12] = [
    "program",
    "operation",
    "member_id",
    "return_code",
    "code",
    "api",
    "http_status",
    "fault",
    "rule",
    "number",
    "text",
    "after",
];

/// The longest time that a check waits.
const LONGEST_WAIT: u64 = 60_000;
/// How often it looks meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// The calls that fit, newest last
///
/// Without `after` the newest; with it those behind that entry, to page or to follow. `before` an entry are the newest of the older
/// ones. What gives access is masked, in whatever form a message has it.
#[utoipa::path(get, path = "/_emulator/journal", tag = "journal",
    params(CallFilter, ("before" = Option<i64>, Query, minimum = 0), ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, description = "At most `limit`, 100 unless told", body = Page)))]
pub async fn read_journal(plane: Data<ControlPlane>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &[&FILTER[..], &["before", "limit"]].concat())?;
    let filter = EntryFilter {
        before: parameters.number("before", 0..=i64::MAX.unsigned_abs())?,
        limit: parameters.number("limit", 1..=1000)?,
        ..filter(&plane, &parameters)?
    };
    let json = plane.calls.journal.find_as(&filter, |page| serde_json::to_vec(&page)).await?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(json.map_err(unwritable)?))
}

/// How many calls fit
#[utoipa::path(get, path = "/_emulator/journal/count", tag = "journal", params(CallFilter),
    responses((status = 200, description = "Of those that the journal has", body = CallCount)))]
pub async fn count_journal(plane: Data<ControlPlane>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &FILTER)?;
    let Count { count, dropped, .. } = plane.calls.journal.count(&filter(&plane, &parameters)?).await?;
    Ok(HttpResponse::Ok().json(CallCount { count, dropped }))
}

/// How many calls there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallCount {
    count: u64,
    /// How many entries had to go since the journal was cleared.
    dropped: u64,
}

/// Whether as many calls came as expected
///
/// Waits until there are `at_least` so many that fit, but no longer than `timeout_ms`; then there may be `at_most` so many. Without
/// `at_least`, waits for `timeout_ms` and sees that there aren't more. If neither is given, one call at least is expected. More
/// than `at_most` is told at once. If entries behind `after` had to go, nobody can tell, and `ok` is false.
#[utoipa::path(get, path = "/_emulator/journal/verify", tag = "journal",
    params(CallFilter, ("at_least" = Option<u32>, Query, minimum = 0), ("at_most" = Option<u32>, Query, minimum = 0),
        ("timeout_ms" = Option<u32>, Query, minimum = 0, maximum = 60_000)),
    responses((status = 200, description = "`ok` says it", body = Verdict)))]
pub async fn verify_journal(plane: Data<ControlPlane>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &[&FILTER[..], &["at_least", "at_most", "timeout_ms"]].concat())?;
    let filter = filter(&plane, &parameters)?;
    let expected = Expected::read(&parameters)?;
    let until = Instant::now() + Duration::from_millis(parameters.number("timeout_ms", 0..=LONGEST_WAIT)?.unwrap_or(0));
    loop {
        let count = plane.calls.journal.count(&filter).await?;
        let is_over = Instant::now() >= until;
        if let Some(verdict) = expected.judge(count, is_over) {
            return Ok(HttpResponse::Ok().json(verdict));
        }
        if plane.calls.sleep(LOOK).await.is_err() {
            return Err(Problem::busy("the service is stopping"));
        }
    }
}

/// Whether calls came as expected.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verdict {
    ok: bool,
    count: u64,
    /// How many entries had to go since the journal was cleared.
    dropped: u64,
    /// Why it isn't `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// How many calls are expected.
#[derive(Clone, Copy)]
struct Expected {
    at_least: Option<u64>,
    at_most: Option<u64>,
}

impl Expected {
    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        let number = |name| parameters.number(name, 0..=u64::from(i32::MAX.unsigned_abs()));
        let (at_least, at_most) = (number("at_least")?, number("at_most")?);
        match (at_least, at_most) {
            (None, None) => Ok(Self { at_least: Some(1), at_most }),
            (Some(least), Some(most)) if least > most => {
                Err(Problem::bad_request(format!("at_least {least} is more than at_most {most}")).at("at_least"))
            }
            _ => Ok(Self { at_least, at_most }),
        }
    }

    /// The verdict; `None` if it is too early for one.
    fn judge(self, found: Count, is_over: bool) -> Option<Verdict> {
        let Count { count, dropped, is_incomplete } = found;
        let verdict = |reason: Option<String>| Some(Verdict { ok: reason.is_none(), count, dropped, reason });
        if is_incomplete {
            return verdict(Some(
                "entries had to go meanwhile; give --journal more, or an `after` that is newer".into(),
            ));
        }
        if let Some(most) = self.at_most.filter(|most| count > *most) {
            return verdict(Some(format!("{count} calls fit, expected at most {most}")));
        }
        match self.at_least {
            Some(least) if count >= least => verdict(None),
            Some(least) if is_over => verdict(Some(format!("{count} calls fit, expected at least {least}"))),
            None if is_over => verdict(None),
            _ => None,
        }
    }
}

/// The calls that fit, as a file
///
/// As JSON lines, an entry a line; or as an HTTP archive (HAR 1.2), which browsers and other tools open. The journal keeps no headers of
/// answers, so the archive has none.
#[utoipa::path(get, path = "/_emulator/journal/download", tag = "journal",
    params(CallFilter, ("format" = Option<Format>, Query)),
    responses((status = 200, description = "All of them, oldest first", content((String = "application/jsonl"), (String = "application/json")))))]
pub async fn download_journal(plane: Data<ControlPlane>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &[&FILTER[..], &["format"]].concat())?;
    let filter = EntryFilter { limit: Some(usize::MAX), ..filter(&plane, &parameters)? };
    let format = match parameters.text("format") {
        None | Some("json_lines") => Format::JsonLines,
        Some("har") => Format::Har,
        Some(_) => return Err(Problem::bad_request("expected json_lines or har").at("format")),
    };
    let (name, media_type) = match format {
        Format::JsonLines => ("journal.jsonl", "application/jsonl"),
        Format::Har => ("journal.har", "application/json"),
    };
    let file = plane.calls.journal.find_as(&filter, move |page| match format {
        Format::JsonLines => json_lines(&page),
        Format::Har => serde_json::to_vec(&har::archive(&page)),
    });
    let file = file.await?.map_err(unwritable)?;
    let disposition = (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""));
    Ok(HttpResponse::Ok().content_type(media_type).insert_header(disposition).body(file))
}

/// How a file has calls.
#[derive(Clone, Copy, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Format {
    JsonLines,
    Har,
}

fn json_lines(page: &Page) -> serde_json::Result<Vec<u8>> {
    page.entries.iter().try_fold(Vec::new(), |mut lines, entry| {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
        Ok(lines)
    })
}

/// Forget all calls
#[utoipa::path(delete, path = "/_emulator/journal", tag = "journal", responses((status = 204, description = "Gone")))]
pub async fn clear_journal(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    plane.calls.journal.clear(None).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn filter(plane: &ControlPlane, parameters: &Parameters) -> Result<EntryFilter, Problem> {
    let text = |name| parameters.text(name).map(str::to_owned);
    let id = |name| parameters.number(name, 0..=i64::MAX.unsigned_abs());
    let api = text("api");
    if api.as_deref().is_some_and(|api| !Api::ALL.iter().any(|known| known.name() == api)) {
        return Err(Problem::bad_request("expected sync, cams or pims").at("api"));
    }
    Ok(EntryFilter {
        program: text("program"),
        operation: text("operation").map(|name| known_name(&plane.operations, name)),
        member_id: parameters.number("member_id", i32::MIN..=i32::MAX)?,
        return_code: parameters.number("return_code", 0..=u16::MAX)?,
        code: text("code"),
        api,
        http_status: parameters.number("http_status", 100..=599)?,
        fault: text("fault"),
        rule: id("rule")?,
        number: text("number"),
        text: text("text"),
        after: id("after")?,
        ..EntryFilter::default()
    })
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unwritable(error: serde_json::Error) -> LedgerError {
    LedgerError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_waits_for_calls_and_not_for_what_is_settled() {
        let found = |count| Count { count, ..Count::default() };
        let lost = Count { is_incomplete: true, dropped: 3, ..found(2) };
        for (at_least, at_most, count, is_over, expected) in [
            (Some(2), None, found(1), false, None),
            (Some(2), None, found(1), true, Some(false)),
            (Some(2), None, found(2), false, Some(true)),
            (Some(2), Some(2), found(2), false, Some(true)),
            (Some(2), Some(2), found(3), false, Some(false)),
            (None, Some(2), found(3), false, Some(false)),
            (None, Some(2), found(2), false, None),
            (None, Some(2), found(2), true, Some(true)),
            (Some(1), None, lost, false, Some(false)),
        ] {
            let verdict = Expected { at_least, at_most }.judge(count, is_over);
            assert_eq!(verdict.as_ref().map(|verdict| verdict.ok), expected, "{at_least:?} {at_most:?} {count:?}");
            assert!(verdict.is_none_or(|verdict| verdict.ok == verdict.reason.is_none()));
        }
    }
}
