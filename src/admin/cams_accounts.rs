//! Accounts of CAMS: their keys and spaces.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::partial::Partial;
use super::precondition::MayReplace;
use super::problem::Problem;
use super::{ControlPlane, accounts};
use crate::domain::cams::CamsAccount;

/// The accounts of CAMS in a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct CamsAccountList {
    cams_accounts: Vec<CamsAccount>,
}

/// The accounts of CAMS
#[utoipa::path(get, path = "/_emulator/programs/{program}/cams-accounts", tag = "cams accounts",
    params(("program" = String, Path)),
    responses((status = 200, description = "With their keys and spaces, secrets included", body = CamsAccountList)))]
pub async fn list_cams_accounts(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let cams_accounts = plane.companions(&path)?.cams_accounts;
    Ok(HttpResponse::Ok().json(CamsAccountList { cams_accounts }))
}

/// An account of CAMS
#[utoipa::path(get, path = "/_emulator/programs/{program}/cams-accounts/{account_id}", tag = "cams accounts",
    params(("program" = String, Path), ("account_id" = String, Path)),
    responses((status = 200, description = "The account, secrets included", body = CamsAccount)))]
pub async fn get_cams_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    accounts::show::<CamsAccount>(&plane, &path)
}

/// Make an account of CAMS, or replace it with its keys and spaces
///
/// No two access keys have the same id, over all programs; no two accounts and no two spaces in a program.
#[utoipa::path(put, path = "/_emulator/programs/{program}/cams-accounts/{account_id}", tag = "cams accounts",
    params(("program" = String, Path), ("account_id" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "* makes, and never replaces")),
    request_body = CamsAccount,
    responses((status = 200, description = "Replaced", body = CamsAccount),
        (status = 201, description = "Made", body = CamsAccount, headers(("Location" = String))),
        (status = 409, description = "Another account has a key or a space of that name"),
        (status = 412, description = "It is there already, and `If-None-Match: *` asks not to replace it")))]
pub async fn put_cams_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
    may_replace: MayReplace,
    account: Partial,
) -> Result<HttpResponse, Problem> {
    accounts::put::<CamsAccount>(&plane, &path, may_replace, account).await
}

/// End the subscription of an account of CAMS, or change anything else of it
#[utoipa::path(patch, path = "/_emulator/programs/{program}/cams-accounts/{account_id}", tag = "cams accounts",
    params(("program" = String, Path), ("account_id" = String, Path)), request_body = CamsAccount,
    responses((status = 200, description = "Changed", body = CamsAccount),
        (status = 409, description = "Another account has a key or a space of that name")))]
pub async fn change_cams_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
    change: Partial,
) -> Result<HttpResponse, Problem> {
    accounts::change::<CamsAccount>(&plane, &path, change).await
}

/// Remove an account of CAMS with its keys and spaces
#[utoipa::path(delete, path = "/_emulator/programs/{program}/cams-accounts/{account_id}", tag = "cams accounts",
    params(("program" = String, Path), ("account_id" = String, Path)),
    responses((status = 204, description = "Gone")))]
pub async fn delete_cams_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    accounts::remove::<CamsAccount>(&plane, &path).await
}
