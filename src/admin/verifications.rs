//! Proofs that a number belongs to somebody: under way, or given.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::find_program;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::domain::{PhoneNumber, ProgramSettings, Purpose, VerificationKey};
use crate::ledger::{ProgramId, VerificationState};

/// How often a proof is looked up anew because its caller went on with it.
const MAX_TRIES: usize = 50;

/// The proofs of a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationList {
    verifications: Vec<VerificationState>,
}

/// The proofs of ownership of a program
///
/// With the code that was sent last, how often a wrong one was typed, and when the number was proved. `after` is the last one of the
/// page before, as `purpose/account/number`.
#[utoipa::path(get, path = "/_emulator/programs/{program}/verifications", tag = "verifications",
    params(("program" = String, Path), ("after" = Option<String>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, description = "Under way, or given; by purpose, number and account; 100 unless told",
        body = VerificationList)))]
pub async fn list_verifications(
    plane: Data<ControlPlane>,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &["after", "limit"])?;
    let after = parameters.text("after").map(parse_after).transpose()?;
    let limit = parameters.number("limit", 1..=1000)?.unwrap_or(100);
    let ledger = &plane.platform.ledger;
    let program = find_program(&ledger.directory(), &path)?.id;
    let verifications = ledger.list_verifications(program, after.as_ref(), limit).await?;
    Ok(HttpResponse::Ok().json(VerificationList { verifications }))
}

/// Forget a proof of ownership
///
/// Its code counts no more, and a number that was proved has to be proved anew. The number in the path has its country calling
/// code, in any spelling.
#[utoipa::path(delete, path = "/_emulator/programs/{program}/verifications/{purpose}/{account}/{number}",
    tag = "verifications",
    params(("program" = String, Path), ("purpose" = Purpose, Path), ("account" = String, Path),
        ("number" = String, Path)),
    responses((status = 204, description = "Gone")))]
pub async fn delete_verification(
    plane: Data<ControlPlane>,
    path: Path<(String, String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (program, purpose, account, number) = path.into_inner();
    let program = find_program(&plane.platform.ledger.directory(), &program)?.id;
    let key = key(&purpose, account, &number).ok_or_else(missing)?;
    match plane.forget_verification(program, &key).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(missing()),
    }
}

impl ControlPlane {
    /// Forgets a proof; says whether there was one.
    ///
    /// # Errors
    /// 503 if the ledger can't.
    pub async fn forget_verification(&self, program: ProgramId, key: &VerificationKey) -> Result<bool, Problem> {
        let ledger = &self.platform.ledger;
        for _ in 0..MAX_TRIES {
            let Some((_, revision)) = ledger.find_verification(program, key).await? else { return Ok(false) };
            if ledger.replace_verification(program, key, Some(revision), None).await? {
                return Ok(true);
            }
        }
        Err(Problem::busy("its caller goes on with it all the time; try again"))
    }
}

/// The last proof of the page before.
///
/// # Errors
/// 400.
pub fn parse_after(text: &str) -> Result<VerificationKey, Problem> {
    let parts = text.split_once('/').and_then(|(purpose, rest)| Some((purpose, rest.rsplit_once('/')?)));
    let found = parts.and_then(|(purpose, (account, number))| key(purpose, account.to_owned(), number));
    found.ok_or_else(|| Problem::bad_request("expected purpose/account/number").at("after"))
}

/// The key that a path says; none if nothing can be kept under it.
pub fn key(purpose: &str, account: String, number: &str) -> Option<VerificationKey> {
    let purpose = Purpose::named(purpose)?;
    let number = PhoneNumber::parse(number, &ProgramSettings::default()).ok()?.e164();
    Some(VerificationKey { purpose, account, number })
}

fn missing() -> Problem {
    Problem::not_found("the program has no such proof of ownership")
}
