//! FetchAccountCore: who a member is.

use super::caller::{check_call, member_of, no_member};
use super::parts::unreadable;
use super::{Attempt, Platform};
use crate::contract::{FETCH_ACCOUNT_CORE, IntField, Output, Request, TextField};
use crate::domain::core::format_date;
use crate::domain::{Gender, ReturnCode};
use crate::ledger::{Begun, PartKind};

const FIRST_NAME: TextField = FETCH_ACCOUNT_CORE.response.text("FirstName");
const MIDDLE_NAME: TextField = FETCH_ACCOUNT_CORE.response.text("MiddleName");
const LAST_NAME: TextField = FETCH_ACCOUNT_CORE.response.text("LastName");
const SUFFIX: TextField = FETCH_ACCOUNT_CORE.response.text("Suffix");
const NICK_NAME: TextField = FETCH_ACCOUNT_CORE.response.text("NickName");
const BIRTHDATE: TextField = FETCH_ACCOUNT_CORE.response.text("Birthdate");
const GENDER: TextField = FETCH_ACCOUNT_CORE.response.text("Gender");
const IS_EMPLOYEE: IntField = FETCH_ACCOUNT_CORE.response.int("IsEmployee");
const IS_SUSPENDED: IntField = FETCH_ACCOUNT_CORE.response.int("IsSuspended");
const IS_LOCKED: IntField = FETCH_ACCOUNT_CORE.response.int("IsLocked");

/// Names, birth date, gender and flags; what isn't stored is empty (our choice).
///
/// # Errors
/// Refused with 1, 2, 100–105 or 311, or a failure of the ledger.
pub async fn fetch_account_core(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let found = platform.ledger.find_parts(program.id, member_of(call), &[PartKind::Core, PartKind::Flags]).await?;
    let found = found.ok_or_else(|| no_member(program, member_of(call)))?; // 311
    let (core, flags) = found.core().map_err(unreadable)?;
    let output = Output::default()
        .text(FIRST_NAME, core.first_name)
        .text(MIDDLE_NAME, core.middle_name.unwrap_or_default())
        .text(LAST_NAME, core.last_name)
        .text(SUFFIX, core.suffix.unwrap_or_default())
        .text(NICK_NAME, core.nick_name.unwrap_or_default())
        .text(BIRTHDATE, core.birthdate.map(format_date).unwrap_or_default())
        .text(GENDER, core.gender.map_or("", Gender::as_str).to_owned())
        .int(IS_EMPLOYEE, flags.is_employee.into())
        .int(IS_SUSPENDED, flags.is_suspended.into())
        .int(IS_LOCKED, flags.is_locked.into());
    Ok(Some((ReturnCode::Ok, output).into()))
}
