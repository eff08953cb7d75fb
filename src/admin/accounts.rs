//! Accounts of the companion APIs. All kinds are handled alike; each has a description of its own, as their bodies differ.

use actix_web::HttpResponse;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ControlPlane;
use super::change::made;
use super::companions::{check_alone, check_own_name};
use super::partial::Partial;
use super::precondition::MayReplace;
use super::problem::Problem;
use crate::domain::Companions;
use crate::domain::cams::CamsAccount;
use crate::domain::pims::PimsAccount;

/// A kind of accounts.
pub trait Account: Clone + Serialize + DeserializeOwned + 'static {
    /// What people call it.
    const WORDS: &'static str;
    /// The name of its list in paths.
    const SEGMENT: &'static str;
    /// The field with its id.
    const ID: &'static str;

    /// Its id.
    fn id(&self) -> &str;

    /// Those of a program.
    fn list(companions: &mut Companions) -> &mut Vec<Self>;
}

impl Account for CamsAccount {
    const WORDS: &'static str = "account of CAMS";
    const SEGMENT: &'static str = "cams-accounts";
    const ID: &'static str = "account_id";

    fn id(&self) -> &str {
        &self.account_id
    }

    fn list(companions: &mut Companions) -> &mut Vec<Self> {
        &mut companions.cams_accounts
    }
}

impl Account for PimsAccount {
    const WORDS: &'static str = "account of PIMS";
    const SEGMENT: &'static str = "pims-accounts";
    const ID: &'static str = "login";

    fn id(&self) -> &str {
        &self.login
    }

    fn list(companions: &mut Companions) -> &mut Vec<Self> {
        &mut companions.pims_accounts
    }
}

/// The account of that id.
///
/// # Errors
/// 404.
pub fn find<'c, A: Account>(companions: &'c mut Companions, id: &str) -> Result<&'c mut A, Problem> {
    let found = A::list(companions).iter_mut().find(|account| account.id() == id);
    found.ok_or_else(|| Problem::not_found(format!("the program has no {} {id:?}", A::WORDS)))
}

/// Shows an account.
///
/// # Errors
/// 404.
pub fn show<A: Account>(plane: &ControlPlane, (program, id): &(String, String)) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(find::<A>(&mut plane.companions(program)?, id)?))
}

/// Makes an account, or replaces it.
///
/// # Errors
/// 404 if there is no such program, 409 if another account has one of its names, 412 if it may not be replaced, 422 names a field.
pub async fn put<A: Account>(
    plane: &ControlPlane,
    (program, id): &(String, String),
    may_replace: MayReplace,
    body: Partial,
) -> Result<HttpResponse, Problem> {
    let account: A = body.with_id(A::ID, id.as_str())?;
    check(&account)?;
    let is_new = plane
        .change_companions(program, |companions| match find(companions, account.id()) {
            Ok(old) => {
                may_replace.check(true, || format!("an account {:?}", account.id()))?;
                *old = account.clone();
                Ok(false)
            }
            Err(_) => {
                A::list(companions).push(account.clone());
                Ok(true)
            }
        })
        .await?;
    Ok(match is_new {
        true => made(&["programs", program, A::SEGMENT, account.id()]).json(account),
        false => HttpResponse::Ok().json(account),
    })
}

/// Changes an account.
///
/// # Errors
/// 404, 409 if another account has one of its names, 422 names a field.
pub async fn change<A: Account>(
    plane: &ControlPlane,
    (program, id): &(String, String),
    change: Partial,
) -> Result<HttpResponse, Problem> {
    let account = plane
        .change_companions(program, |companions| {
            let account: &mut A = find(companions, id)?;
            *account = change.applied_to(account)?;
            check_own_name(A::ID, account.id(), id)?;
            check(account)?;
            Ok(account.clone())
        })
        .await?;
    Ok(HttpResponse::Ok().json(account))
}

/// Removes an account.
///
/// # Errors
/// 404.
pub async fn remove<A: Account>(
    plane: &ControlPlane,
    (program, id): &(String, String),
) -> Result<HttpResponse, Problem> {
    plane
        .change_companions(program, |companions| {
            find::<A>(companions, id)?;
            A::list(companions).retain(|account| account.id() != id);
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Checks an account by itself.
fn check<A: Account>(account: &A) -> Result<(), Problem> {
    let mut alone = Companions::default();
    A::list(&mut alone).push(account.clone());
    check_alone(&alone, 1)
}
