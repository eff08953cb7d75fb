//! What every operation begins with: who calls, whether they may, and whether all that is required is there.

use super::{OperationError, Platform};
use crate::clock::Clock;
use crate::contract::{Operation, Request, TextField};
use crate::domain::program::MissingElements;
use crate::domain::{MemberId, Permissions, ReturnCode, SecurityToken};
use crate::ledger::{Begun, Directory, ItemKind, ItemState, Program};

/// Checks what is checked first of all calls, in the order of this list (our choice; the documentation lists codes, not an order).
/// Gives the program that the token decides.
///
/// # Errors
/// Refused with 2 or 100–105; and if the program was replaced since the call began.
pub async fn check_call<'d>(
    platform: &Platform,
    directory: &'d Directory,
    begun: &Begun,
    call: &Request<'_>,
) -> Result<&'d Program, OperationError> {
    let (program, permissions) = check_token(directory, &platform.clock, call.security_token())?; // 100, 102–105
    begun.check(&*platform.ledger, directory, Some(program.id)).await?;
    check_method(permissions, call.operation())?; // 101
    check_elements(program, call)?; // 2
    Ok(program)
}

/// The member that a call is about; a missing one is 0 (ASP.NET).
pub fn member_of(call: &Request<'_>) -> MemberId {
    MemberId(call.member_id().unwrap_or_default())
}

/// The item of a kind that a text of the call names.
///
/// # Errors
/// The refusal, behind 311.
pub async fn item_of<'p>(
    platform: &Platform,
    program: &'p Program,
    call: &Request<'_>,
    (kind, field): (ItemKind, TextField),
    refusal: ReturnCode,
) -> Result<&'p ItemState, OperationError> {
    match program.items.find_item(kind, call.text(field)) {
        Some(item) => Ok(item),
        None => Err(refuse_behind_member(platform, program, member_of(call), refusal).await),
    }
}

/// A text that isn't required, trimmed; `None` if it is absent or blank, which clears what is stored (our choice).
pub fn optional(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A flag as callers say it: 0 is false, anything else true (documented).
pub fn is_set(flag: i32) -> bool {
    flag != 0
}

/// A refusal that comes behind 311 in the list of checks. Where a write looks up the member by itself, which is one way to the ledger
/// and not two, a refusal before the write asks for the member first.
pub async fn refuse_behind_member(
    platform: &Platform,
    program: &Program,
    member: MemberId,
    refusal: ReturnCode,
) -> OperationError {
    match platform.ledger.has_member(program.id, member).await {
        Ok(true) => refusal.into(),
        Ok(false) => ReturnCode::InvalidInternalMemberId.into(),
        Err(error) => error.into(),
    }
}

/// Checks the token: unknown or blank, suspended, template, expired. Gives the program that it decides.
///
/// # Errors
/// 100, 102, 103, 104 or 105 (documented, W472; the order is our choice).
fn check_token<'d>(
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

/// A token may call an operation if its methods cover any of the operation's names (our choice).
fn check_method(permissions: &Permissions, operation: &Operation) -> Result<(), ReturnCode> {
    match operation.names().any(|name| permissions.check_method(name).is_ok()) {
        true => Ok(()),
        false => Err(ReturnCode::InsufficientPermission),
    }
}

/// No required text may be blank, and where the program is strict, no element at all may be missing.
fn check_elements(program: &Program, call: &Request<'_>) -> Result<(), ReturnCode> {
    let is_strict = program.settings.missing_elements == MissingElements::Strict;
    match is_strict && call.has_missing_element() || call.lacks_required_text() {
        true => Err(ReturnCode::RequiredFieldMissing),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{REMOVE_TO_LOYALTY_CLUB, SAVE_ACCOUNT_PHONE};

    #[test]
    fn a_token_may_call_an_operation_if_its_methods_cover_any_name_of_it() {
        for (method, operation, may_call) in [
            ("RemoveToLoyaltyClub", &REMOVE_TO_LOYALTY_CLUB, true),
            ("RemoveFrom*", &REMOVE_TO_LOYALTY_CLUB, true),
            ("Save*", &REMOVE_TO_LOYALTY_CLUB, false),
            ("Save*", &SAVE_ACCOUNT_PHONE, true),
            ("RemoveFrom*", &SAVE_ACCOUNT_PHONE, false),
        ] {
            let methods = vec![method.into()];
            let permissions = Permissions { methods, suspended: false, template: false, expires_at: None };
            let expected = if may_call { Ok(()) } else { Err(ReturnCode::InsufficientPermission) };
            assert_eq!(check_method(&permissions, operation), expected, "{method} {}", operation.name);
        }
    }
}
