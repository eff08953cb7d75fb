//! Members with their numbers.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::{answer, find_program, parse_member_id, removed};
use super::parameters::Parameters;
use super::partial::Partial;
use super::precondition::{MayReplace, already_there};
use super::problem::Problem;
use crate::domain::MemberId;
use crate::ledger::seed::MemberSeed;
use crate::ledger::{Beginning, Change, Changed, MemberSearch, MemberState};

/// Some members of a program, by member id.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberList {
    members: Vec<MemberState>,
}

/// Members of a program
///
/// `search` is what a name begins with (first, last, or both in either order), or an e-mail address (all without regard to case), an
/// account id, the member id, or a phone number, read as the program reads numbers: `+336`, `00336` and `336` find what begins so, and
/// in legacy mode `06` does, too, where the default region is France. `after` is the last member id of the page before.
#[utoipa::path(get, path = "/_emulator/programs/{program}/members", tag = "members",
    params(("program" = String, Path), ("search" = Option<String>, Query), ("after" = Option<i32>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, description = "By member id; 100 unless told", body = MemberList)))]
pub async fn list_members(
    plane: Data<ControlPlane>,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &["search", "after", "limit"])?;
    let after = parameters.number("after", i32::MIN..=i32::MAX)?.map(MemberId);
    let limit = parameters.number("limit", 1..=1000)?.unwrap_or(100);
    let ledger = &plane.platform.ledger;
    let directory = ledger.directory();
    let program = find_program(&directory, &path)?;
    let beginning = Beginning::of(parameters.text("search").unwrap_or_default(), &program.settings);
    let search = MemberSearch { beginning, after, limit };
    Ok(HttpResponse::Ok().json(MemberList { members: ledger.search_members(program.id, search).await? }))
}

/// A member with its numbers
#[utoipa::path(get, path = "/_emulator/programs/{program}/members/{member_id}", tag = "members",
    params(("program" = String, Path), ("member_id" = i32, Path)),
    responses((status = 200, description = "The member", body = MemberState)))]
pub async fn get_member(plane: Data<ControlPlane>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (program, member) = path.into_inner();
    Ok(HttpResponse::Ok().json(plane.find_member(&program, parse_member_id(&member)?).await?))
}

/// Make a member, or replace it with all its parts
#[utoipa::path(put, path = "/_emulator/programs/{program}/members/{member_id}", tag = "members",
    params(("program" = String, Path), ("member_id" = i32, Path),
        ("If-None-Match" = Option<String>, Header, description = "* makes, and never replaces")),
    request_body = MemberState,
    responses((status = 200, description = "Replaced", body = MemberState),
        (status = 201, description = "Made", body = MemberState, headers(("Location" = String))),
        (status = 409, description = "Another member holds a number"),
        (status = 412, description = "It is there already, and `If-None-Match: *` asks not to replace it")))]
pub async fn put_member(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
    may_replace: MayReplace,
    member: Partial,
) -> Result<HttpResponse, Problem> {
    let (program, id) = path.into_inner();
    let member_id = parse_member_id(&id)?;
    let state: MemberState = member.with_id("member_id", member_id.0)?;
    let changed = plane.put_member(&program, &state, may_replace.0).await?;
    if changed == Changed::AlreadyThere {
        return Err(already_there(&format!("a member {member_id}")));
    }
    let member = plane.find_member(&program, member_id).await?;
    Ok(answer(&changed, &["programs", &program, "members", &id], &member))
}

/// Remove a member with its numbers
#[utoipa::path(delete, path = "/_emulator/programs/{program}/members/{member_id}", tag = "members",
    params(("program" = String, Path), ("member_id" = i32, Path)), responses((status = 204, description = "Gone")))]
pub async fn delete_member(plane: Data<ControlPlane>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (program, member) = path.into_inner();
    let member = parse_member_id(&member)?;
    let changed =
        plane.change(async |directory| Ok(Change::RemoveMember(find_program(directory, &program)?.id, member))).await?;
    removed(&changed, || missing(member))
}

impl ControlPlane {
    /// Makes a member, or replaces it as a whole.
    ///
    /// # Errors
    /// 404 if there is no such program, 409 if another member holds what this one is to have, 422 if a field is wrong.
    pub async fn put_member(&self, program: &str, state: &MemberState, may_replace: bool) -> Result<Changed, Problem> {
        self.change(async |directory| {
            let program = find_program(directory, program)?;
            let member = MemberSeed::check(state.clone(), program)?;
            Ok(match may_replace {
                true => Change::PutMember(program.id, member),
                false => Change::AddMember(program.id, member),
            })
        })
        .await
    }

    async fn find_member(&self, program: &str, member: MemberId) -> Result<MemberState, Problem> {
        let ledger = &self.platform.ledger;
        let program = find_program(&ledger.directory(), program)?.id;
        let found = ledger.find_member(program, member).await?;
        found.ok_or_else(|| Problem::not_found(missing(member)))
    }
}

fn missing(member: MemberId) -> String {
    format!("the program has no member {member}")
}
