//! Keys with which calls of CAMS are signed.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::ControlPlane;
use super::accounts;
use super::companions::{check_alone, check_own_name};
use super::partial::Partial;
use super::problem::Problem;
use crate::domain::Companions;
use crate::domain::cams::{AccessKey, CamsAccount};

/// Checks a key by itself.
///
/// # Errors
/// 422 names the field.
fn check(key: &AccessKey) -> Result<(), Problem> {
    let access_keys = vec![key.clone()];
    let account = CamsAccount { account_id: "any".to_owned(), subscribed: true, access_keys, spaces: Vec::new() };
    check_alone(&Companions { cams_accounts: vec![account], ..Companions::default() }, 2)
}

/// Deactivate an access key, or change what it may call
#[utoipa::path(patch, path = "/_emulator/programs/{program}/cams-accounts/{account_id}/access-keys/{access_key_id}",
    tag = "cams accounts",
    params(("program" = String, Path), ("account_id" = String, Path), ("access_key_id" = String, Path)),
    request_body = AccessKey, responses((status = 200, description = "Changed", body = AccessKey)))]
pub async fn change_access_key(
    plane: Data<ControlPlane>,
    path: Path<(String, String, String)>,
    change: Partial,
) -> Result<HttpResponse, Problem> {
    let (program, account_id, access_key_id) = path.into_inner();
    let key = plane
        .change_companions(&program, |companions| {
            let keys = &mut accounts::find::<CamsAccount>(companions, &account_id)?.access_keys;
            let key = keys.iter_mut().find(|key| key.access_key_id == access_key_id).ok_or_else(no_such_key)?;
            *key = change.applied_to(key)?;
            check_own_name("access_key_id", &key.access_key_id, &access_key_id)?;
            check(key)?;
            Ok(key.clone())
        })
        .await?;
    Ok(HttpResponse::Ok().json(key))
}

fn no_such_key() -> Problem {
    Problem::not_found("the account has no such access key")
}
