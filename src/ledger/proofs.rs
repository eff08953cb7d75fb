//! Changes of proofs of ownership, and which of them are looked up.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Directory, LedgerError, ProgramId};
use crate::domain::program::CodeSettings;
use crate::domain::{Verification, VerificationKey};

/// How many proofs an account may have (our choice): a space of CAMS, or a login of PIMS.
pub const MOST_PROOFS: u32 = 100;

/// How long a proof is kept that has expired, by the machine's clock.
const KEPT_EXPIRED: SignedDuration = SignedDuration::from_hours(24);

/// Which of its states a proof of ownership is in; each has another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision(pub i64);

impl Revision {
    /// One that no other state has.
    pub(super) fn random() -> Self {
        Self(rand::random())
    }
}

/// A compare-and-set of one proof. It stands in redo logs, so its fields never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaceVerification {
    pub program: ProgramId,
    pub key: VerificationKey,
    /// The revision that it still has to be in; `None` if it may not be there.
    pub from: Option<Revision>,
    /// JSON; see [`Verification`]. `None` removes it.
    pub to: Option<String>,
    /// The revision that it is in afterwards.
    pub next: Revision,
    /// Until when the proof is kept at least, in milliseconds since 1970 by the machine's clock.
    pub kept_until: i64,
}

/// A proof as it is found, to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProof {
    pub program: ProgramId,
    pub key: VerificationKey,
    pub verification: Verification,
    pub revision: Revision,
}

/// Until when a proof that is written now is kept at least, in milliseconds since 1970 by the machine's clock: the clock that
/// testers hold and move doesn't matter.
pub fn kept_until(verification: &Verification, settings: &CodeSettings, now: Timestamp) -> i64 {
    let life = verification.life(settings) + KEPT_EXPIRED;
    now.as_millisecond().saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX))
}

impl ReplaceVerification {
    /// A change that is made now, by the settings of its program.
    ///
    /// # Errors
    /// [`LedgerError`] if the proof has no JSON, which those of ours have.
    pub(super) fn new(
        directory: &Directory,
        program: ProgramId,
        key: &VerificationKey,
        from: Option<Revision>,
        to: Option<&Verification>,
    ) -> Result<Self, LedgerError> {
        let settings = directory.find(program).map(|program| program.settings.verification_codes).unwrap_or_default();
        let kept_until = to.map(|to| kept_until(to, &settings, Timestamp::now())).unwrap_or_default();
        let to = to.map(serde_json::to_string).transpose();
        let to = to.map_err(|error| LedgerError::Unavailable(error.to_string()))?;
        Ok(Self { program, key: key.clone(), from, to, next: Revision::random(), kept_until })
    }
}
