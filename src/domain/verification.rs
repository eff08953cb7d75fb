//! Proof that somebody owns a number: a code that was sent there, and typed in again.

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::E164;
use super::program::CodeSettings;

/// What a proof is for. A code that was asked for one purpose is wrong for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// CAMS: a number moves to a space.
    CamsMigration,
    /// PIMS: a number becomes an account's trusted phone number.
    PimsPhoneNumber,
    /// PIMS: an account's device is enrolled.
    PimsEnrollment,
    /// PIMS: an account gets a new PIN.
    PimsPin,
}

impl Purpose {
    pub const ALL: [Self; 4] = [Self::CamsMigration, Self::PimsPhoneNumber, Self::PimsEnrollment, Self::PimsPin];

    /// As ledgers keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CamsMigration => "cams_migration",
            Self::PimsPhoneNumber => "pims_phone_number",
            Self::PimsEnrollment => "pims_enrollment",
            Self::PimsPin => "pims_pin",
        }
    }

    /// The purpose that is kept so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }
}

/// Whose proof it is, of which number: a space of CAMS or a login of PIMS.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VerificationKey {
    pub purpose: Purpose,
    pub account: String,
    pub number: E164,
}

/// A proof under way, or given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Verification {
    /// The code that was asked for last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<IssuedCode>,
    /// When the number was last proved to be the account's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub verified_at: Option<Timestamp>,
}

/// How long a number that was proved needs no new proof (documented: 14 days).
const PROOF_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Verification {
    /// Whether the number was proved, and needs no new proof yet.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.verified_at.is_some_and(|at| now.duration_since(at) < PROOF_LIFE)
    }

    /// Whether nothing can come of it any more: it is no good, and its code, if one was sent, is too old.
    pub fn is_over(&self, settings: &CodeSettings, now: Timestamp) -> bool {
        !self.is_good(now) && self.code.as_ref().is_none_or(|code| code.is_expired(settings, now))
    }

    /// How long it may be good for something after it was written.
    pub fn life(&self, settings: &CodeSettings) -> SignedDuration {
        match self.verified_at {
            Some(_) => PROOF_LIFE,
            None => SignedDuration::from_secs(settings.life_seconds.into()),
        }
    }
}

/// A code that was sent. Times are the emulator's, which may be held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuedCode {
    #[schema(pattern = "^[0-9]{4,8}$")]
    pub code: String,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// How often a wrong one was typed instead.
    #[serde(default)]
    pub wrong_tries: u32,
    /// When it counted. It counts once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used_at: Option<Timestamp>,
}

/// Why a code doesn't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    Wrong,
    /// Its time is over, its tries are used up, or it has counted already.
    Spent,
}

impl IssuedCode {
    /// A new code, not to be guessed.
    pub fn random(settings: &CodeSettings, now: Timestamp) -> Self {
        let mut random = rand::rng();
        let code = (0..settings.digits).map(|_| char::from(random.random_range(b'0'..=b'9'))).collect();
        Self { code, made_at: now, wrong_tries: 0, used_at: None }
    }

    /// Whether `typed` counts now. Says nothing of what becomes of it.
    ///
    /// # Errors
    /// [`CodeRefusal`].
    pub fn check(&self, typed: &str, settings: &CodeSettings, now: Timestamp) -> Result<(), CodeRefusal> {
        let is_right = self.is(typed);
        if self.used_at.is_some() || self.is_expired(settings, now) || self.wrong_tries >= settings.tries {
            return Err(CodeRefusal::Spent);
        }
        if is_right { Ok(()) } else { Err(CodeRefusal::Wrong) }
    }

    /// What becomes of it when `typed` is typed in: used, or tried once more; one that is spent stays as it is. And whether that
    /// counts, as [`check`](Self::check) says.
    pub fn tried(&self, typed: &str, settings: &CodeSettings, now: Timestamp) -> (Self, Result<(), CodeRefusal>) {
        let checked = self.check(typed, settings, now);
        let next = match checked {
            Ok(()) => Self { used_at: Some(now), ..self.clone() },
            Err(CodeRefusal::Wrong) => Self { wrong_tries: self.wrong_tries + 1, ..self.clone() },
            Err(CodeRefusal::Spent) => self.clone(),
        };
        (next, checked)
    }

    /// Whether it is this code, whether it counts or not. Takes the same time wherever they differ.
    pub fn is(&self, typed: &str) -> bool {
        self.code.as_bytes().ct_eq(typed.as_bytes()).into()
    }

    fn is_expired(&self, settings: &CodeSettings, now: Timestamp) -> bool {
        now.duration_since(self.made_at) >= SignedDuration::from_secs(settings.life_seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_code_counts_in_its_time_and_for_its_tries_and_once() {
        let settings = CodeSettings::default();
        let fresh = IssuedCode { code: "012345".into(), made_at: at(0), wrong_tries: 0, used_at: None };
        let tried = |wrong_tries| IssuedCode { wrong_tries, ..fresh.clone() };
        let used = IssuedCode { used_at: Some(at(1)), ..fresh.clone() };
        for (code, typed, now, expected) in [
            (&fresh, "012345", 0, Ok(())),
            (&fresh, "012345", 599, Ok(())),
            (&fresh, "012345", 600, Err(CodeRefusal::Spent)),
            (&fresh, "012346", 0, Err(CodeRefusal::Wrong)),
            (&fresh, "12345", 0, Err(CodeRefusal::Wrong)),
            (&fresh, "", 0, Err(CodeRefusal::Wrong)),
            (&tried(4), "012345", 0, Ok(())),
            (&tried(5), "012345", 0, Err(CodeRefusal::Spent)),
            (&used, "012345", 1, Err(CodeRefusal::Spent)),
        ] {
            assert_eq!(code.check(typed, &settings, at(now)), expected, "{code:?} {typed} {now}");
            let becomes = match expected {
                Ok(()) => IssuedCode { used_at: Some(at(now)), ..code.clone() },
                Err(CodeRefusal::Wrong) => tried(code.wrong_tries + 1),
                Err(CodeRefusal::Spent) => code.clone(),
            };
            assert_eq!(code.tried(typed, &settings, at(now)), (becomes, expected), "{code:?} {typed} {now}");
        }
    }

    #[test]
    fn codes_have_as_many_digits_as_they_should_and_differ() {
        for digits in 4..=8 {
            let settings = CodeSettings { digits, ..CodeSettings::default() };
            let codes: std::collections::HashSet<_> =
                (0..50).map(|_| IssuedCode::random(&settings, at(0)).code).collect();
            assert!(codes.len() > 40, "{codes:?}");
            let is_right =
                |code: &String| code.len() == usize::from(digits) && code.bytes().all(|byte| byte.is_ascii_digit());
            assert!(codes.iter().all(is_right), "{codes:?}");
        }
    }

    #[test]
    fn a_purpose_is_kept_under_its_name() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::named(purpose.as_str()), Some(purpose));
            assert_eq!(serde_json::to_value(purpose).expect("JSON"), purpose.as_str());
        }
    }
}
