//! Who calls: the checks that every operation begins with.

use crate::clock::Clock;
use crate::domain::{Permissions, ReturnCode, SecurityToken};
use crate::ledger::{Directory, Program};

/// Checks the token: unknown or blank, suspended, template, expired. Gives the program that it decides.
///
/// # Errors
/// 100, 102, 103, 104 or 105 (documented, W472; the order is our choice).
pub fn check_token<'d>(
    directory: &'d Directory,
    clock: &Clock,
    token: Option<&str>,
) -> Result<(&'d Program, &'d Permissions), ReturnCode> {
    let token = token.unwrap_or_default();
    let Some((program, permissions)) = directory.find_token(token) else {
        return Err(match SecurityToken::has_temporary_shape(token) {
            true => ReturnCode::InvalidTemporarySecurityToken,
            false => ReturnCode::InvalidSecurityToken,
        });
    };
    permissions.check_usable(|| clock.now())?;
    Ok((program, permissions))
}
