//! How handlers find things in the ledger, and change them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use serde::Serialize;

use super::ControlPlane;
use super::problem::Problem;
use crate::domain::MemberId;
use crate::ledger::{Change, Changed, Directory, Program};
use crate::percent::encode;

/// How often a change is derived anew because another one came first.
const MAX_TRIES: usize = 50;

impl ControlPlane {
    /// Makes the change that `derive` takes from the directory; takes it anew if the directory changes meanwhile.
    ///
    /// # Errors
    /// What `derive` says; 409 if it contradicts what is there, 503 if the ledger can't.
    pub async fn change(
        &self,
        derive: impl AsyncFn(&Directory) -> Result<Change, Problem>,
    ) -> Result<Changed, Problem> {
        let ledger = &self.platform.ledger;
        let _turn = self.turn.lock().await;
        for _ in 0..MAX_TRIES {
            let directory = ledger.directory();
            let change = derive(&directory).await?;
            match ledger.change(directory.version(), change).await? {
                Changed::Outdated => {}
                changed => match changed.contradiction() {
                    Some(detail) => return Err(Problem::conflict(detail)),
                    None => return Ok(changed),
                },
            }
        }
        Err(Problem::busy("others change the ledger all the time; try again"))
    }
}

/// The program of that name.
///
/// # Errors
/// 404.
pub fn find_program<'d>(directory: &'d Directory, name: &str) -> Result<&'d Program, Problem> {
    directory.program(name).ok_or_else(|| Problem::not_found(format!("there is no program {name:?}")))
}

/// The member id in a path.
///
/// # Errors
/// 404: nothing can be there.
pub fn parse_member_id(text: &str) -> Result<MemberId, Problem> {
    let unknown = |_| Problem::not_found(format!("no member has the id {text:?}: expected a whole number of 32 bits"));
    text.parse().map(MemberId).map_err(unknown)
}

/// 201 for what was made, with its address; 200 for what was there before. `segments` lead from `/_emulator` to it.
pub fn answer(changed: &Changed, segments: &[&str], value: &impl Serialize) -> HttpResponse {
    if *changed == Changed::Made { made(segments).json(value) } else { HttpResponse::Ok().json(value) }
}

/// 201 with the address of what was made.
pub fn made(segments: &[&str]) -> actix_web::HttpResponseBuilder {
    let mut location = "/_emulator".to_owned();
    for segment in segments {
        location.push('/');
        location.extend(encode(segment));
    }
    let mut response = HttpResponse::build(StatusCode::CREATED);
    response.insert_header((LOCATION, location));
    response
}

/// 204, or 404 if there was nothing to remove.
///
/// # Errors
/// 404 with this text.
pub fn removed(changed: &Changed, missing: impl FnOnce() -> String) -> Result<HttpResponse, Problem> {
    match changed {
        Changed::NotFound => Err(Problem::not_found(missing())),
        _ => Ok(HttpResponse::NoContent().finish()),
    }
}
