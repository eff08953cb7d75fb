//! `pims.authentication.user`: in the SDK a browser opens; here the call brings what the browser would have got (our choice).

use std::fmt;

use subtle::ConstantTimeEq;

use super::Asked;
use crate::domain::Secret;
use crate::pims::error::Failure;
use crate::pims::parameters::Parameters;

/// What somebody logs in with.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    Login {
        login: String,
        password: Option<String>,
    },
    /// A test account by its login: as if the browser had come back already.
    Account(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Credentials {
    /// The login of the account.
    pub fn login(&self) -> &str {
        match self {
            Self::Login { login, .. } | Self::Account(login) => login,
        }
    }

    /// What is wrong with an account's login that isn't known.
    pub fn unknown(&self) -> Failure {
        match self {
            Self::Login { .. } => Failure::invalid("login"),
            Self::Account(_) => Failure::invalid("account"),
        }
    }

    /// Checks the password, where the account has one.
    ///
    /// # Errors
    /// 2101 or 2102.
    pub fn check(&self, expected: Option<&Secret>) -> Result<(), Failure> {
        let (Self::Login { password, .. }, Some(expected)) = (self, expected) else { return Ok(()) };
        let password = password.as_deref().ok_or(Failure::missing("password"))?;
        let is_right: bool = password.as_bytes().ct_eq(expected.expose().as_bytes()).into();
        if is_right { Ok(()) } else { Err(Failure::invalid("password")) }
    }
}

/// Reads a set.
///
/// # Errors
/// 2101 or 2102. Other actions of the SDK, such as `createAccount`, need its browser: 2102.
pub fn read(parameters: Parameters<'_>) -> Result<Asked, Failure> {
    match parameters.word("action", &["login", "logout"])? {
        "logout" => Ok(Asked::Logout),
        _ if parameters.optional("account").is_some() => {
            Ok(Asked::Login(Credentials::Account(text(parameters, "account")?)))
        }
        _ => {
            let login = text(parameters, "login")?;
            let password = parameters.optional("password").map(|_| text(parameters, "password")).transpose()?;
            Ok(Asked::Login(Credentials::Login { login, password }))
        }
    }
}

fn text(parameters: Parameters<'_>, name: &'static str) -> Result<String, Failure> {
    let value = parameters.required(name)?;
    value.as_str().map(str::to_owned).ok_or(Failure::invalid(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_counts_where_the_account_has_one() {
        let with =
            |password: Option<&str>| Credentials::Login { login: "a".into(), password: password.map(str::to_owned) };
        let secret = Secret::new("secret");
        for (credentials, expected, outcome) in [
            (with(Some("secret")), Some(&secret), Ok(())),
            (with(Some("Secret")), Some(&secret), Err(Failure::invalid("password"))),
            (with(None), Some(&secret), Err(Failure::missing("password"))),
            (with(None), None, Ok(())),
            (with(Some("any")), None, Ok(())),
            (Credentials::Account("a".into()), Some(&secret), Ok(())),
        ] {
            assert_eq!(credentials.check(expected), outcome);
        }
        assert_eq!(format!("{:?}", with(Some("secret"))), "Credentials(…)");
    }
}
