//! Keys with which calls of CAMS are signed.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::cams_accounts::find_cams_account;
use super::companions::check_alone;
use super::json::{Field, Json};
use super::problem::Problem;
use crate::domain::cams::{AccessKey, CamsAccount};
use crate::domain::companions::yes;
use crate::domain::{Companions, Secret};

/// What is to change of an access key. `null` goes back to the default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessKeyPatch {
    /// A new secret.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1)]
    access_key_secret: Option<Secret>,
    /// Calls with an inactive key get `InvalidAccessKeyId.Inactive`.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    active: Field<bool>,
    /// RAM actions that it may call; all of them by default.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    actions: Field<Vec<String>>,
    /// The token that has to come with every call, for temporary credentials.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1)]
    security_token: Field<Secret>,
    /// When the token ends, by the emulator's clock; then calls get `InvalidSecurityToken.Expired`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Field<Timestamp>,
}

impl AccessKeyPatch {
    fn apply(&self, key: &mut AccessKey) {
        if let Some(secret) = &self.access_key_secret {
            key.access_key_secret = secret.clone();
        }
        key.active = self.active.apply_or(key.active, yes);
        key.actions = self.actions.apply_or(key.actions.clone(), || vec!["*".to_owned()]);
        key.security_token = self.security_token.apply(key.security_token.take());
        key.expires_at = self.expires_at.apply(key.expires_at);
    }
}

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
    request_body = AccessKeyPatch, responses((status = 200, description = "Changed", body = AccessKey)))]
pub async fn change_access_key(
    plane: Data<ControlPlane>,
    path: Path<(String, String, String)>,
    Json(change): Json<AccessKeyPatch>,
) -> Result<HttpResponse, Problem> {
    let (program, account_id, access_key_id) = path.into_inner();
    let key = plane
        .change_companions(&program, |companions| {
            let keys = &mut find_cams_account(companions, &account_id)?.access_keys;
            let key = keys.iter_mut().find(|key| key.access_key_id == access_key_id).ok_or_else(no_such_key)?;
            change.apply(key);
            check(key)?;
            Ok(key.clone())
        })
        .await?;
    Ok(HttpResponse::Ok().json(key))
}

fn no_such_key() -> Problem {
    Problem::not_found("the account has no such access key")
}
