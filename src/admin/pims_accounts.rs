//! Accounts of PIMS: whose they are, and what strong authentication says of them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::partial::Partial;
use super::precondition::MayReplace;
use super::problem::Problem;
use super::{ControlPlane, accounts};
use crate::domain::pims::PimsAccount;

/// The accounts of PIMS in a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct PimsAccountList {
    pims_accounts: Vec<PimsAccount>,
}

/// The accounts of PIMS
#[utoipa::path(get, path = "/_emulator/programs/{program}/pims-accounts", tag = "pims accounts",
    params(("program" = String, Path)),
    responses((status = 200, description = "All of them, passwords included", body = PimsAccountList)))]
pub async fn list_pims_accounts(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let pims_accounts = plane.companions(&path)?.pims_accounts;
    Ok(HttpResponse::Ok().json(PimsAccountList { pims_accounts }))
}

/// An account of PIMS
#[utoipa::path(get, path = "/_emulator/programs/{program}/pims-accounts/{login}", tag = "pims accounts",
    params(("program" = String, Path), ("login" = String, Path)),
    responses((status = 200, description = "The account, password included", body = PimsAccount)))]
pub async fn get_pims_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    accounts::show::<PimsAccount>(&plane, &path)
}

/// Make an account of PIMS, or replace it
///
/// No two accounts have the same login or instance, over all programs.
#[utoipa::path(put, path = "/_emulator/programs/{program}/pims-accounts/{login}", tag = "pims accounts",
    params(("program" = String, Path), ("login" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "* makes, and never replaces")),
    request_body = PimsAccount,
    responses((status = 200, description = "Replaced", body = PimsAccount),
        (status = 201, description = "Made", body = PimsAccount, headers(("Location" = String))),
        (status = 409, description = "Another account has the login, or an instance"),
        (status = 412, description = "It is there already, and `If-None-Match: *` asks not to replace it")))]
pub async fn put_pims_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
    may_replace: MayReplace,
    account: Partial,
) -> Result<HttpResponse, Problem> {
    accounts::put::<PimsAccount>(&plane, &path, may_replace, account).await
}

/// Block an account of PIMS, enroll its device, or change anything else of it
#[utoipa::path(patch, path = "/_emulator/programs/{program}/pims-accounts/{login}", tag = "pims accounts",
    params(("program" = String, Path), ("login" = String, Path)), request_body = PimsAccount,
    responses((status = 200, description = "Changed", body = PimsAccount),
        (status = 409, description = "Another account has an instance of that name")))]
pub async fn change_pims_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
    change: Partial,
) -> Result<HttpResponse, Problem> {
    accounts::change::<PimsAccount>(&plane, &path, change).await
}

/// Remove an account of PIMS
#[utoipa::path(delete, path = "/_emulator/programs/{program}/pims-accounts/{login}", tag = "pims accounts",
    params(("program" = String, Path), ("login" = String, Path)), responses((status = 204, description = "Gone")))]
pub async fn delete_pims_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    accounts::remove::<PimsAccount>(&plane, &path).await
}
