//! SaveAccountCore: saves who a member is.

use jiff::tz::TimeZone;

use super::caller::{check_call, member_of, optional, refuse_behind_member};
use super::parts::{Changing, change_parts};
use super::{Attempt, Platform, Refusal};
use crate::contract::{Output, Request, SAVE_ACCOUNT_CORE, TextField};
use crate::domain::core::parse_birthdate;
use crate::domain::text::fits;
use crate::domain::{Gender, ReturnCode};
use crate::ledger::seed::CoreState;
use crate::ledger::{Begun, Part, PartChange, Program};

const FIRST_NAME: TextField = SAVE_ACCOUNT_CORE.request.text("FirstName");
const MIDDLE_NAME: TextField = SAVE_ACCOUNT_CORE.request.text("MiddleName");
const LAST_NAME: TextField = SAVE_ACCOUNT_CORE.request.text("LastName");
const SUFFIX: TextField = SAVE_ACCOUNT_CORE.request.text("Suffix");
const NICK_NAME: TextField = SAVE_ACCOUNT_CORE.request.text("NickName");
const BIRTHDATE: TextField = SAVE_ACCOUNT_CORE.request.text("Birthdate");
const GENDER: TextField = SAVE_ACCOUNT_CORE.request.text("Gender");

/// Names have at most so many UTF-16 units (documented, W1815; for nick names our choice).
const LONGEST_NAME: usize = 60;

/// Replaces names, birth date and gender; the flags and all else stay.
///
/// # Errors
/// Refused with 1, 2, 5, 100–105 or 311, or a failure of the ledger. Then nothing has changed.
pub async fn save_account_core(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let member = member_of(call);
    let core = match check(platform, program, call) {
        Ok(core) => core,
        Err(refusal) => return Err(refuse_behind_member(platform, program, member, refusal).await), // 1 or 5, behind 311
    };
    let changes = vec![PartChange::put(Part::core(&core))];
    let changing = Changing { program, member, changes, held: None };
    Ok(change_parts(platform, changing).await?.map(|()| (ReturnCode::Ok, Output::default()).into()))
}

fn check(platform: &Platform, program: &Program, call: &Request<'_>) -> Result<CoreState, Refusal> {
    let wrong = |why: &'static str| Refusal::because(program.settings.invalid_value.into(), why);
    let name = |field| {
        let name = optional(call.text(field));
        match fits(name.as_deref().unwrap_or_default(), LONGEST_NAME) {
            true => Ok(name),
            false => Err(wrong("a name is longer than 60 characters, or has some that XML doesn't")),
        }
    };
    let today = platform.clock.now().to_zoned(TimeZone::UTC).date();
    let birthdate = optional(call.text(BIRTHDATE)).map(|text| {
        parse_birthdate(&text, today).ok_or_else(|| wrong("Birthdate is no date such as 12-31-1999, or lies ahead"))
    });
    let gender = optional(call.text(GENDER))
        .map(|text| Gender::parse(&text).ok_or_else(|| wrong("Gender is none that there is")));
    Ok(CoreState {
        first_name: name(FIRST_NAME)?.unwrap_or_default(),
        middle_name: name(MIDDLE_NAME)?,
        last_name: name(LAST_NAME)?.unwrap_or_default(),
        suffix: name(SUFFIX)?,
        nick_name: name(NICK_NAME)?,
        birthdate: birthdate.transpose()?,
        gender: gender.transpose()?,
    })
}
