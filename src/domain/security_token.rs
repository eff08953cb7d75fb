//! Security tokens: who calls, for which program, and what they may do.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ReturnCode;

/// The text of a token. A credential, so it shows itself to nobody: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecurityToken(String);

/// What temporary tokens begin with, before 32 letters or digits (our choice: the real form is not public).
const TEMPORARY_PREFIX: &str = "TMP-";

impl SecurityToken {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the ledger and for comparing.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How many random letters or digits a temporary token has.
    pub const TEMPORARY_RANDOM: usize = 32;

    /// A temporary token with this random part.
    pub fn temporary(random: &str) -> Self {
        Self(format!("{TEMPORARY_PREFIX}{random}"))
    }

    /// Whether an unknown token looks like a temporary one, which turns code 100 into 104 (documented; the shape is our
    /// choice).
    pub fn has_temporary_shape(text: &str) -> bool {
        text.strip_prefix(TEMPORARY_PREFIX).is_some_and(|rest| {
            rest.len() == Self::TEMPORARY_RANDOM && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    }
}

impl fmt::Debug for SecurityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityToken(…)")
    }
}

/// What a known token permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Names of operations; `*` stands for any characters.
    pub methods: Vec<String>,
    pub suspended: bool,
    /// Serves only to make temporary tokens of.
    pub template: bool,
    /// Set for temporary tokens: when they end.
    pub expires_at: Option<Timestamp>,
}

impl Permissions {
    /// Checks the state of the token: suspended, then template, then expired (the order is our choice).
    ///
    /// # Errors
    /// 102, 103 or 105 (documented, W472).
    pub fn check_usable(&self, now: impl FnOnce() -> Timestamp) -> Result<(), ReturnCode> {
        if self.suspended {
            return Err(ReturnCode::SecurityTokenSuspended);
        }
        if self.template {
            return Err(ReturnCode::TokenIsATemplateToken);
        }
        match self.expires_at {
            Some(end) if end <= now() => Err(ReturnCode::TemporaryTokenHasExpired),
            _ => Ok(()),
        }
    }

    /// Checks that the token's role has the method.
    ///
    /// # Errors
    /// 101 (documented, W472).
    pub fn check_method(&self, method: &str) -> Result<(), ReturnCode> {
        match self.methods.iter().any(|pattern| matches_pattern(pattern, method)) {
            true => Ok(()),
            false => Err(ReturnCode::InsufficientPermission),
        }
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for any characters, or none.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts = rest.split('*');
    let end = parts.next_back().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, fits) in [
            ("*", "SaveAccountPhone", true),
            ("Save*", "SaveAccountPhone", true),
            ("Fetch*", "SaveAccountPhone", false),
            ("*Phone", "SaveAccountPhone", true),
            ("*Account*", "SaveAccountPhone", true),
            ("Save*Phone", "SavePhone", true),
            ("Save*e*Phone", "SavePhone", false),
            ("SaveAccountPhone", "SaveAccountPhone", true),
            ("saveaccountphone", "SaveAccountPhone", false),
            ("SaveAccount", "SaveAccountPhone", false),
            ("a*a", "a", false),
            ("", "SaveAccountPhone", false),
        ] {
            assert_eq!(matches_pattern(pattern, text), fits, "{pattern} for {text}");
        }
    }

    #[test]
    fn the_state_of_a_token_is_checked_in_order() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
        let fresh = Permissions { methods: vec!["*".into()], suspended: false, template: false, expires_at: None };
        for (permissions, expected) in [
            (fresh.clone(), Ok(())),
            (Permissions { expires_at: "2026-01-01T00:00:01Z".parse().ok(), ..fresh.clone() }, Ok(())),
            (Permissions { expires_at: Some(now), ..fresh.clone() }, Err(ReturnCode::TemporaryTokenHasExpired)),
            (
                Permissions { template: true, expires_at: Some(now), ..fresh.clone() },
                Err(ReturnCode::TokenIsATemplateToken),
            ),
            (Permissions { suspended: true, template: true, ..fresh.clone() }, Err(ReturnCode::SecurityTokenSuspended)),
        ] {
            assert_eq!(permissions.check_usable(|| now), expected, "{permissions:?}");
        }
    }

    #[test]
    fn only_one_shape_is_temporary() {
        for (text, temporary) in [
            ("TMP-0123456789abcdefABCDEF0123456789", true),
            ("TMP-0123456789abcdefABCDEF012345678", false),
            ("TMP-0123456789abcdefABCDEF01234567-9", false),
            ("tmp-0123456789abcdefABCDEF0123456789", false),
            ("TEST-TOKEN", false),
        ] {
            assert_eq!(SecurityToken::has_temporary_shape(text), temporary, "{text}");
        }
    }

    #[test]
    fn a_token_does_not_show_itself() {
        assert_eq!(format!("{:?}", SecurityToken::new("secret")), "SecurityToken(…)");
    }
}
