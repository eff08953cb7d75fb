//! Accounts of PIMS: whose they are, and what strong authentication says of them.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::made;
use super::companions::{check_alone, check_own_name};
use super::partial::Partial;
use super::precondition::MayReplace;
use super::problem::Problem;
use crate::domain::Companions;
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
    let (program, login) = path.into_inner();
    let mut companions = plane.companions(&program)?;
    Ok(HttpResponse::Ok().json(find_pims_account(&mut companions, &login)?))
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
    let (program, login) = path.into_inner();
    let account: PimsAccount = account.with_id("login", &login)?;
    check(&account)?;
    let is_new = plane
        .change_companions(&program, |companions| match find_pims_account(companions, &account.login) {
            Ok(old) => {
                may_replace.check(true, || format!("an account {:?}", account.login))?;
                *old = account.clone();
                Ok(false)
            }
            Err(_) => {
                companions.pims_accounts.push(account.clone());
                Ok(true)
            }
        })
        .await?;
    Ok(match is_new {
        true => made(&["programs", &program, "pims-accounts", &account.login]).json(account),
        false => HttpResponse::Ok().json(account),
    })
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
    let (program, login) = path.into_inner();
    let account = plane
        .change_companions(&program, |companions| {
            let account = find_pims_account(companions, &login)?;
            *account = change.applied_to(account)?;
            check_own_name("login", &account.login, &login)?;
            check(account)?;
            Ok(account.clone())
        })
        .await?;
    Ok(HttpResponse::Ok().json(account))
}

/// Remove an account of PIMS
#[utoipa::path(delete, path = "/_emulator/programs/{program}/pims-accounts/{login}", tag = "pims accounts",
    params(("program" = String, Path), ("login" = String, Path)), responses((status = 204, description = "Gone")))]
pub async fn delete_pims_account(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (program, login) = path.into_inner();
    plane
        .change_companions(&program, |companions| {
            find_pims_account(companions, &login)?;
            companions.pims_accounts.retain(|account| account.login != login);
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The account with that login.
///
/// # Errors
/// 404.
pub fn find_pims_account<'c>(companions: &'c mut Companions, login: &str) -> Result<&'c mut PimsAccount, Problem> {
    let found = companions.pims_accounts.iter_mut().find(|account| account.login == login);
    found.ok_or_else(|| Problem::not_found(format!("the program has no account of PIMS {login:?}")))
}

fn check(account: &PimsAccount) -> Result<(), Problem> {
    check_alone(&Companions { pims_accounts: vec![account.clone()], ..Companions::default() }, 1)
}
