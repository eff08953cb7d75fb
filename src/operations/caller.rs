//! What every operation begins with: who calls, whether they may, and whether all that is required is there.

use super::{OperationError, Platform, Refusal};
use crate::clock::Clock;
use crate::contract::{Operation, Request, TextField};
use crate::domain::program::MissingElements;
use crate::domain::{MemberId, Permissions, Reason, ReturnCode, SecurityToken};
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
    let reference = call.text(field);
    match program.items.find_item(kind, reference) {
        Some(item) => Ok(item),
        None => {
            let refusal = no_item(program, kind, reference, refusal);
            Err(refuse_behind_member(platform, program, member_of(call), refusal).await)
        }
    }
}

/// The refusal of a reference that no item of its kind has, with those that there are.
pub fn no_item(program: &Program, kind: ItemKind, reference: &str, refusal: ReturnCode) -> Refusal {
    let (one, known) = (kind.words().one, program.items.list(kind).map(|item| item.external_reference.as_str()));
    let (reference, name, known) = (quoted(reference), &program.name, Reason::list(known));
    Refusal::because(refusal, Reason::of(format_args!("program {name} has no {one} {reference}; there is {known}")))
}

/// 311, with the member that isn't there.
pub fn no_member(program: &Program, member: MemberId) -> Refusal {
    let why = Reason::of(format_args!("program {} has no member {}", program.name, member.0));
    Refusal::because(ReturnCode::InvalidInternalMemberId, why)
}

/// A value of the caller in a sentence, not longer than a sentence may be.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 100;
    let text = text.trim();
    match text.floor_char_boundary(LONGEST) {
        end if end < text.len() => format!("{:?} and more", &text[..end]),
        _ => format!("{text:?}"),
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
    refusal: impl Into<Refusal>,
) -> OperationError {
    match platform.ledger.has_member(program.id, member).await {
        Ok(true) => refusal.into().into(),
        Ok(false) => no_member(program, member).into(),
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
) -> Result<(&'d Program, &'d Permissions), Refusal> {
    let token = token.unwrap_or_default();
    let Some((program, permissions)) = directory.find_token(token) else {
        return Err(match SecurityToken::has_temporary_shape(token) {
            true => {
                let why = "no program has this temporary token, or no longer";
                Refusal::because(ReturnCode::InvalidTemporarySecurityToken, why)
            }
            false if token.trim().is_empty() => {
                Refusal::because(ReturnCode::InvalidSecurityToken, "the call has no security token")
            }
            false => Refusal::because(ReturnCode::InvalidSecurityToken, "no program has this security token"),
        });
    };
    permissions.check_usable(|| clock.now()).map_err(|code| match (code, permissions.expires_at) {
        (ReturnCode::SecurityTokenSuspended, _) => Refusal::because(code, "the token is suspended"),
        (ReturnCode::TokenIsATemplateToken, _) => {
            Refusal::because(code, "the token is a template: it only serves to make temporary tokens")
        }
        (_, Some(end)) => {
            let now = clock.now();
            Refusal::because(
                code,
                Reason::of(format_args!("the token expired at {end}; by the emulator's clock it is {now}")),
            )
        }
        (_, None) => code.into(),
    })?;
    Ok((program, permissions))
}

/// A token may call an operation if its methods cover any of the operation's names (our choice).
fn check_method(permissions: &Permissions, operation: &Operation) -> Result<(), Refusal> {
    if operation.names().any(|name| permissions.check_method(name).is_ok()) {
        return Ok(());
    }
    let methods = Reason::list(permissions.methods.iter().map(String::as_str));
    let why = Reason::of(format_args!("the token's methods ({methods}) don't cover {}", operation.name));
    Err(Refusal::because(ReturnCode::InsufficientPermission, why))
}

/// No required text may be blank, and where the program is strict, no element at all may be missing.
fn check_elements(program: &Program, call: &Request<'_>) -> Result<(), Refusal> {
    let is_strict = program.settings.missing_elements == MissingElements::Strict;
    if is_strict && call.has_missing_element() {
        let missing = Reason::list(call.missing_elements());
        let why = Reason::of(format_args!("not sent: {missing}; this program is strict about missing elements"));
        return Err(Refusal::because(ReturnCode::RequiredFieldMissing, why));
    }
    if call.lacks_required_text() {
        let blank = Reason::list(call.blank_required_texts());
        let why = Reason::of(format_args!("not sent, or blank: {blank}"));
        return Err(Refusal::because(ReturnCode::RequiredFieldMissing, why));
    }
    Ok(())
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
            let checked = check_method(&permissions, operation).map_err(|refusal| refusal.code);
            assert_eq!(checked, expected, "{method} {}", operation.name);
        }
    }
}
