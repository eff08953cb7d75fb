//! Programs: each test suite takes one of its own.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::{find_program, made, removed};
use super::export::export;
use super::json::{Json, apart};
use super::precondition::MayReplace;
use super::problem::Problem;
use crate::domain::ProgramSettings;
use crate::domain::cams::CamsAccount;
use crate::domain::pims::PimsAccount;
use crate::ledger::seed::ProgramSeed;
use crate::ledger::{
    Change, Changed, Directory, ItemState, LedgerError, MemberState, ProgramState, TokenState, VerificationState,
};

/// Programs, without what belongs to them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramList {
    programs: Vec<ProgramEntry>,
}

/// A program, and how much belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgramEntry {
    name: String,
    members: u64,
    phones: u64,
}

/// A program to be put: the seed's format, but the name may be missing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProgram {
    /// The one in the path, if it is there.
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    settings: ProgramSettings,
    #[serde(default)]
    security_tokens: Vec<TokenState>,
    #[serde(default)]
    phone_number_types: Vec<ItemState>,
    #[serde(default)]
    mobile_carriers: Vec<ItemState>,
    #[serde(default)]
    email_types: Vec<ItemState>,
    #[serde(default)]
    address_types: Vec<ItemState>,
    #[serde(default)]
    account_id_types: Vec<ItemState>,
    #[serde(default)]
    loyalty_clubs: Vec<ItemState>,
    #[serde(default)]
    custom_fields: Vec<ItemState>,
    #[serde(default)]
    cams_accounts: Vec<CamsAccount>,
    #[serde(default)]
    pims_accounts: Vec<PimsAccount>,
    #[serde(default)]
    verifications: Vec<VerificationState>,
    #[serde(default)]
    members: Vec<MemberState>,
}

impl NewProgram {
    fn named(self, name: String) -> Result<ProgramState, Problem> {
        if self.name.is_some_and(|own| own != name) {
            return Err(Problem::wrong("name", format!("expected {name:?} as in the path, or none")));
        }
        Ok(ProgramState {
            name,
            settings: self.settings,
            security_tokens: self.security_tokens,
            phone_number_types: self.phone_number_types,
            mobile_carriers: self.mobile_carriers,
            email_types: self.email_types,
            address_types: self.address_types,
            account_id_types: self.account_id_types,
            loyalty_clubs: self.loyalty_clubs,
            custom_fields: self.custom_fields,
            cams_accounts: self.cams_accounts,
            pims_accounts: self.pims_accounts,
            verifications: self.verifications,
            members: self.members,
        })
    }
}

/// All programs, with counts
#[utoipa::path(get, path = "/_emulator/programs", tag = "programs",
    responses((status = 200, description = "By name", body = ProgramList)))]
pub async fn list_programs(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    let counts = plane.platform.ledger.counts().await?;
    let entry = |program: crate::ledger::ProgramCounts| {
        let crate::ledger::ProgramCounts { name, members, phones, .. } = program;
        ProgramEntry { name, members, phones }
    };
    Ok(HttpResponse::Ok().json(ProgramList { programs: counts.programs.into_iter().map(entry).collect() }))
}

/// One program, in the seed's format
#[utoipa::path(get, path = "/_emulator/programs/{program}", tag = "programs", params(("program" = String, Path)),
    responses((status = 200, description = "The program", body = ProgramState)))]
pub async fn get_program(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let directory = plane.platform.ledger.directory();
    let program = find_program(&directory, &path)?;
    export(plane.platform.ledger.clone(), Some(program.id)).await
}

/// Make or replace a program
///
/// A reset of it goes back to what is put here.
#[utoipa::path(put, path = "/_emulator/programs/{program}", tag = "programs",
    params(("program" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "* makes, and never replaces")),
    request_body = NewProgram,
    responses((status = 201, description = "Made", headers(("Location" = String))), (status = 204, description = "Replaced"),
        (status = 409, description = "A token, or a caller of companions, is another program's"),
        (status = 412, description = "It is there already, and `If-None-Match: *` asks not to replace it")))]
pub async fn put_program(
    plane: Data<ControlPlane>,
    path: Path<String>,
    may_replace: MayReplace,
    Json(program): Json<NewProgram>,
) -> Result<HttpResponse, Problem> {
    let name = path.into_inner();
    let state = program.named(name.clone())?;
    let seed = apart(move || Ok(ProgramSeed::check(state)?)).await?;
    let change = async |directory: &Directory| {
        may_replace.check(directory.program(&name).is_some(), || format!("a program {name:?}"))?;
        Ok(Change::PutProgram(seed.clone()))
    };
    match plane.change(change).await? {
        Changed::Made => Ok(made(&["programs", &name]).finish()),
        _ => Ok(HttpResponse::NoContent().finish()),
    }
}

/// Remove a program, with its journal entries and faults
#[utoipa::path(delete, path = "/_emulator/programs/{program}", tag = "programs", params(("program" = String, Path)),
    responses((status = 204, description = "Gone")))]
pub async fn delete_program(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let changed = plane.change(async |directory| Ok(Change::RemoveProgram(find_program(directory, &path)?.id))).await?;
    plane.forget_calls(&path).await?;
    removed(&changed, || format!("there is no program {:?}", *path))
}

/// Back to what the program was put as
///
/// Or to the seed of the start, if it came with it. Its journal entries and faults are cleared.
#[utoipa::path(post, path = "/_emulator/programs/{program}/reset", tag = "programs", params(("program" = String, Path)),
    responses((status = 204, description = "Reset"), (status = 409, description = "There is nothing to go back to")))]
pub async fn reset_program(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let name = path.into_inner();
    let changed = plane
        .change(async |directory| {
            let program = find_program(directory, &name)?;
            Ok(Change::ResetProgram(match plane.platform.ledger.baseline(program.id).await? {
                Some(origin) => apart(move || Ok(ProgramSeed::check(origin)?)).await?,
                None => plane.seeded(&name).await?,
            }))
        })
        .await?;
    plane.forget_calls(&name).await?;
    removed(&changed, || format!("there is no program {name:?}"))
}

impl ControlPlane {
    async fn seeded(&self, name: &str) -> Result<ProgramSeed, Problem> {
        let seed = self.read_seed().await?;
        let program = seed.programs.into_iter().find(|program| program.name == name);
        let detail = "the seed of the start has no such program any more; put it anew, or delete it";
        program.ok_or_else(|| Problem::conflict(detail))
    }

    async fn forget_calls(&self, program: &str) -> Result<(), LedgerError> {
        self.calls.journal.clear(Some(program)).await?;
        self.calls.fault_rules.clear(Some(program)).await
    }
}
