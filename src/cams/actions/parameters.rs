//! What actions require of their parameters.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::cams::error::Refusal;
use crate::cams::parameters::Parameters;
use crate::domain::cams::CamsSpace;
use crate::domain::{E164, PhoneNumber, Reason};
use crate::ledger::{CamsCaller, Program};
use crate::operations::Migration;

/// Parameters that have to be there, in the order of the action's page. An empty one is as good as none (seen in live answers).
///
/// # Errors
/// `Missing…`, for the first that isn't there.
pub fn required<'p, const N: usize>(
    parameters: &'p Parameters<'_>,
    names: [&'static str; N],
) -> Result<[Cow<'p, str>; N], Refusal> {
    let values = names.map(|name| parameters.first(name).filter(|value| !value.is_empty()));
    if let Some(missing) = values.iter().position(Option::is_none) {
        return Err(Refusal::Missing(names[missing]));
    }
    Ok(values.map(Option::unwrap_or_default))
}

/// A number of country calling code and national number, digits only (documented), as its program reads numbers.
pub fn check_number(digits: &str, parameter: &'static str, program: &Program) -> Result<PhoneNumber, Refusal> {
    if !is_digits(digits, 15) {
        return Err(Refusal::Invalid(parameter));
    }
    PhoneNumber::parse(&format!("+{digits}"), &program.settings).map_err(|_| Refusal::Invalid(parameter))
}

/// What the steps behind the first are about: a number on its way to a space of the caller's account.
///
/// # Errors
/// `InvalidPhoneNumber`, then `Unknown.ResourceOwnerId`.
pub fn migration<'d>(caller: &CamsCaller<'d>, space: &str, number: &str) -> Result<Migration<'d>, Refusal> {
    let number = check_number(number, "PhoneNumber", caller.program)?;
    Ok(Migration { program: caller.program, space: check_space(caller, space)?, number })
}

/// Whether a text is one to so many digits.
pub fn is_digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A space of the caller's account.
///
/// # Errors
/// `Unknown.ResourceOwnerId`, whether there is no such space or it is another account's.
pub fn check_space<'d>(caller: &CamsCaller<'d>, cust_space_id: &str) -> Result<&'d CamsSpace, Refusal> {
    let spaces = &caller.account.spaces;
    spaces.iter().find(|space| space.cust_space_id == cust_space_id).ok_or_else(|| {
        let known = Reason::list(spaces.iter().map(|space| space.cust_space_id.as_str()));
        Refusal::NotTheirs(Reason::of(format_args!("the account has no such space; there is {known}")))
    })
}

/// What all answers say of a number: its digits, and its id. The id has eleven digits (as in the sample) and comes from the
/// number alone, so it stays the same wherever the number goes (our choice).
pub fn identity(number: E164) -> [(&'static str, String); 2] {
    let digits = number.digits();
    let hash = Sha256::digest(digits.to_be_bytes());
    let seed = hash.iter().take(8).fold(0_u64, |seed, byte| seed << 8 | u64::from(*byte));
    let id = 10_000_000_000 + seed % 90_000_000_000;
    [("PhoneNumber", digits.to_string()), ("Id", id.to_string())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_eleven_digits_and_belongs_to_its_number() {
        let id = |digits| identity(E164::new(digits).expect("a number"))[1].1.clone();
        assert_eq!(id(8_613_800_000_000).len(), 11);
        assert_eq!(id(8_613_800_000_000), id(8_613_800_000_000));
        assert_ne!(id(8_613_800_000_000), id(8_613_800_000_001));
    }

    #[test]
    fn the_first_parameter_that_is_absent_or_empty_is_missing() {
        let parameters = Parameters::default().and(b"A=1&B=&C=3");
        assert_eq!(required(&parameters, ["A", "C"]), Ok(["1".into(), "3".into()]));
        assert_eq!(required(&parameters, ["A", "B", "D"]), Err(Refusal::Missing("B")));
        assert_eq!(required(&parameters, ["D", "B"]), Err(Refusal::Missing("D")));
    }
}
