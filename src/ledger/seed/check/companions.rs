//! What accounts of companions, and proofs of ownership, must keep to beyond their form.

use std::collections::HashSet;

use super::{Fault, each, only_once};
use crate::domain::cams::{AccessKey, CamsAccount, CamsSpace};
use crate::domain::companions::CallerKind;
use crate::domain::pims::PimsAccount;
use crate::domain::{
    Companions, E164, IssuedCode, PhoneNumber, ProgramSettings, Secret, Verification, VerificationKey,
};
use crate::ledger::VerificationState;
use crate::ledger::seed::text::{check_name_of_caller, check_secret};

/// The names of callers that were seen before: they are another's.
pub type Callers = HashSet<(CallerKind, String)>;

/// Checks the accounts of a program.
pub fn companions(companions: &Companions, callers: &mut Callers) -> Result<(), Fault> {
    let (mut accounts, mut spaces) = (HashSet::new(), HashSet::new());
    each("cams_accounts", companions.cams_accounts.iter().collect(), |account| {
        unique(&account.account_id, &mut accounts).map_err(|fault| fault.within("account_id"))?;
        cams_account(account, callers, &mut spaces)
    })?;
    each("pims_accounts", companions.pims_accounts.iter().collect(), |account| pims_account(account, callers))?;
    Ok(())
}

fn cams_account<'a>(
    account: &'a CamsAccount,
    callers: &mut Callers,
    spaces: &mut HashSet<&'a str>,
) -> Result<(), Fault> {
    each("access_keys", account.access_keys.iter().collect(), |key: &AccessKey| {
        caller(CallerKind::CamsAccessKey, &key.access_key_id, callers)
            .map_err(|fault| fault.within("access_key_id"))?;
        secret(&key.access_key_secret).map_err(|fault| fault.within("access_key_secret"))?;
        key.security_token.as_ref().map_or(Ok(()), secret).map_err(|fault| fault.within("security_token"))?;
        match (&key.security_token, key.expires_at) {
            (None, Some(_)) => Err(Fault::new("only a key with a security_token expires").within("expires_at")),
            _ => Ok(()),
        }
    })?;
    each("spaces", account.spaces.iter().collect(), |space: &'a CamsSpace| {
        unique(&space.cust_space_id, spaces).map_err(|fault| fault.within("cust_space_id"))
    })?;
    Ok(())
}

fn pims_account(account: &PimsAccount, callers: &mut Callers) -> Result<(), Fault> {
    caller(CallerKind::PimsLogin, &account.login, callers).map_err(|fault| fault.within("login"))?;
    account.password.as_ref().map_or(Ok(()), secret).map_err(|fault| fault.within("password"))?;
    each("instances", account.instances.iter().collect(), |instance: &String| {
        caller(CallerKind::PimsInstance, instance, callers)
    })?;
    Ok(())
}

fn caller(kind: CallerKind, name: &str, callers: &mut Callers) -> Result<(), Fault> {
    check_name_of_caller(name)?;
    match callers.insert((kind, name.to_owned())) {
        true => Ok(()),
        false => Err(Fault::new("a caller has it already, and no two callers have the same, in all programs")),
    }
}

fn unique<'a>(name: &'a str, seen: &mut HashSet<&'a str>) -> Result<(), Fault> {
    check_name_of_caller(name)?;
    match seen.insert(name) {
        true => Ok(()),
        false => Err(Fault::new("it is there already, and may be there only once in a program")),
    }
}

fn secret(secret: &Secret) -> Result<(), Fault> {
    check_secret(secret.expose())
}

/// Checks the proofs of ownership of a program.
pub fn verifications(states: Vec<VerificationState>) -> Result<Vec<(VerificationKey, Verification)>, Fault> {
    let mut seen = HashSet::new();
    each("verifications", states, |state| {
        check_name_of_caller(&state.account).map_err(|fault| fault.within("account"))?;
        let number = number(&state.number).map_err(|fault| fault.within("number"))?;
        if let Some(code) = &state.verification.code {
            check_code(code).map_err(|fault| fault.within("code").within("code").within("verification"))?;
        }
        let key = VerificationKey { purpose: state.purpose, account: state.account, number };
        only_once(&key, &mut seen, "number", "an account has one proof of a number for each purpose")?;
        Ok((key, state.verification))
    })
}

fn number(text: &str) -> Result<E164, Fault> {
    let number = PhoneNumber::parse(text, &ProgramSettings::default());
    let number = number.map_err(|error| Fault::new(format!("{error}; give it as \"+15195550123\"")))?;
    Ok(number.e164())
}

fn check_code(code: &IssuedCode) -> Result<(), Fault> {
    let is_right = (4..=8).contains(&code.code.len()) && code.code.bytes().all(|byte| byte.is_ascii_digit());
    if is_right { Ok(()) } else { Err(Fault::new("a code has 4 to 8 digits")) }
}
