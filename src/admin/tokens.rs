//! Security tokens: what they may, and whether they still may it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::{find_program, made, removed};
use super::json::Json;
use super::new_token::NewToken;
use super::partial::Partial;
use super::problem::Problem;
use crate::domain::{Permissions, SecurityToken};
use crate::ledger::{Change, Changed, Directory, Program, TokenState};

/// The tokens of a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenList {
    security_tokens: Vec<TokenState>,
}

/// The tokens of a program
#[utoipa::path(get, path = "/_emulator/programs/{program}/security-tokens", tag = "security tokens",
    params(("program" = String, Path)), responses((status = 200, description = "By text", body = TokenList)))]
pub async fn list_tokens(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let directory = plane.platform.ledger.directory();
    let program = find_program(&directory, &path)?;
    let mut security_tokens: Vec<_> =
        directory.tokens_of(program).map(|(token, permissions)| state(token, permissions)).collect();
    security_tokens.sort_by(|one, other| one.token.expose().cmp(other.token.expose()));
    Ok(HttpResponse::Ok().json(TokenList { security_tokens }))
}

/// Make a token
///
/// Without `token`, its text is 64 random letters and digits. With `from_template` it is a temporary one.
#[utoipa::path(post, path = "/_emulator/programs/{program}/security-tokens", tag = "security tokens",
    params(("program" = String, Path)), request_body = NewToken,
    responses((status = 201, description = "Made", body = TokenState, headers(("Location" = String))),
        (status = 409, description = "There is such a token already")))]
pub async fn make_token(
    plane: Data<ControlPlane>,
    path: Path<String>,
    Json(new): Json<NewToken>,
) -> Result<HttpResponse, Problem> {
    let now = plane.platform.clock.now();
    let text = new.text();
    plane
        .change(async |directory| {
            let program = find_program(directory, &path)?;
            if directory.find_token(text.expose()).is_some() {
                return Err(
                    Problem::conflict("there is such a token already; tokens belong to one program only").at("token")
                );
            }
            Ok(Change::PutToken(program.id, new.state(&text, directory, program, now)?))
        })
        .await?;
    let token = plane.find_token(&path, text.expose())?;
    Ok(made(&["programs", &path, "security-tokens", text.expose()]).json(token))
}

/// A token
#[utoipa::path(get, path = "/_emulator/programs/{program}/security-tokens/{token}", tag = "security tokens",
    params(("program" = String, Path), ("token" = String, Path)),
    responses((status = 200, description = "The token", body = TokenState)))]
pub async fn get_token(plane: Data<ControlPlane>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (program, token) = path.into_inner();
    Ok(HttpResponse::Ok().json(plane.find_token(&program, &token)?))
}

/// Suspend a token, or change what it permits
#[utoipa::path(patch, path = "/_emulator/programs/{program}/security-tokens/{token}", tag = "security tokens",
    params(("program" = String, Path), ("token" = String, Path)), request_body = TokenState,
    responses((status = 200, description = "Changed", body = TokenState)))]
pub async fn change_token(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
    change: Partial,
) -> Result<HttpResponse, Problem> {
    let (program, token) = path.into_inner();
    plane
        .change(async |directory| {
            let program = find_program(directory, &program)?;
            let changed: TokenState = change.applied_to(&find(directory, program, &token)?)?;
            if changed.token.expose() != token {
                return Err(Problem::wrong("token", "expected the one in the path, or none"));
            }
            let token = changed.check()?;
            Ok(Change::PutToken(program.id, token))
        })
        .await?;
    Ok(HttpResponse::Ok().json(plane.find_token(&program, &token)?))
}

/// Remove a token
#[utoipa::path(delete, path = "/_emulator/programs/{program}/security-tokens/{token}", tag = "security tokens",
    params(("program" = String, Path), ("token" = String, Path)), responses((status = 204, description = "Gone")))]
pub async fn delete_token(plane: Data<ControlPlane>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (program, token) = path.into_inner();
    let changed: Changed = plane
        .change(async |directory| {
            let program = find_program(directory, &program)?;
            Ok(Change::RemoveToken(program.id, SecurityToken::new(token.as_str())))
        })
        .await?;
    removed(&changed, || NO_TOKEN.to_owned())
}

/// Doesn't repeat the token, which is a credential.
const NO_TOKEN: &str = "the program has no such security token";

impl ControlPlane {
    fn find_token(&self, program: &str, token: &str) -> Result<TokenState, Problem> {
        let directory = self.platform.ledger.directory();
        find(&directory, find_program(&directory, program)?, token)
    }
}

fn find(directory: &Directory, program: &Program, token: &str) -> Result<TokenState, Problem> {
    let found = directory.find_token(token).filter(|(owner, _)| owner.id == program.id);
    found.map(|(_, permissions)| state(token, permissions)).ok_or_else(|| Problem::not_found(NO_TOKEN))
}

/// A token as the seed's format has it.
pub fn state(token: &str, permissions: &Permissions) -> TokenState {
    let Permissions { methods, suspended, template, expires_at } = permissions.clone();
    TokenState { token: SecurityToken::new(token), methods, suspended, template, expires_at }
}
