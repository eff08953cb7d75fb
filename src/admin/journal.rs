//! What was called, and what was answered.

use actix_web::http::header::ContentType;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::ControlPlane;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::calls::{Page, known_name};
use crate::ledger::{EntryFilter, LedgerError};

/// The calls that fit, newest last
///
/// Without `after` the newest; with it those behind that entry, to page or to follow. What gives access is masked, in whatever form a message has it.
#[utoipa::path(get, path = "/_emulator/journal", tag = "journal",
    params(("program" = Option<String>, Query), ("operation" = Option<String>, Query),
        ("member_id" = Option<i32>, Query), ("return_code" = Option<u16>, Query, maximum = 65535),
        ("code" = Option<String>, Query, description = "A `Code` of CAMS; `OK` for calls that were answered as asked"), ("after" = Option<i64>, Query, minimum = 0),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, description = "At most `limit`, 100 unless told", body = Page)))]
pub async fn read_journal(plane: Data<ControlPlane>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let known = ["program", "operation", "member_id", "return_code", "code", "after", "limit"];
    let parameters = Parameters::read(&request, &known)?;
    let text = |name| parameters.text(name).map(str::to_owned);
    let filter = EntryFilter {
        program: text("program"),
        operation: text("operation").map(|name| known_name(&plane.operations, name)),
        member_id: parameters.number("member_id", i32::MIN..=i32::MAX)?,
        return_code: parameters.number("return_code", 0..=u16::MAX)?,
        code: text("code"),
        after: parameters.number("after", 0..=i64::MAX.unsigned_abs())?,
        limit: parameters.number("limit", 1..=1000)?,
    };
    let json = plane.calls.journal.find_as(&filter, |page| serde_json::to_vec(&page)).await?;
    let json = json.map_err(|error| LedgerError::Unavailable(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(json))
}

/// Forget all calls
#[utoipa::path(delete, path = "/_emulator/journal", tag = "journal", responses((status = 204, description = "Gone")))]
pub async fn clear_journal(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    plane.calls.journal.clear(None).await?;
    Ok(HttpResponse::NoContent().finish())
}
