//! Codes that prove who owns a number: sent there, typed in again, and good for one thing once.

use super::Platform;
use super::proofs::replace_proof;
use crate::domain::verification::CodeRefusal;
use crate::domain::{IssuedCode, TextMessage, Verification, VerificationKey};
use crate::ledger::{LedgerError, Program, Revision};

/// Makes a code for a proof and sends it to its number; an older code of the proof counts no more.
///
/// # Errors
/// [`LedgerError::Full`] if the account has too many proofs under way, and failures; then no code was sent.
pub async fn send_code(
    platform: &Platform,
    program: &Program,
    key: &VerificationKey,
    channel: &str,
    text: impl Fn(&str) -> String,
) -> Result<(), LedgerError> {
    let now = platform.clock.now();
    let issued = IssuedCode::random(&program.settings.verification_codes, now);
    loop {
        let found = platform.ledger.find_verification(program.id, key).await?;
        let (verification, revision) = split(found);
        let next = Verification { code: Some(issued.clone()), ..verification };
        if replace_proof(platform, program, key, revision, next).await? {
            break;
        }
        if is_gone(platform, program) {
            return Err(LedgerError::Replaced);
        }
    }
    let message = TextMessage {
        at: now,
        to: key.number.to_string(),
        channel: channel.to_owned(),
        text: text(&issued.code),
        code: Some(issued.code),
    };
    platform.shared_state.send_message(message).await
}

/// A code that counts now, and for nobody else: it was marked as used. Whoever can't make use of it gives it [back](Claim::give_back).
#[derive(Debug)]
#[must_use]
pub struct Claim {
    key: VerificationKey,
    before: Verification,
}

/// What became of a code that was typed in.
pub type Claimed = Result<Claim, CodeRefusal>;

/// Takes a code for the one thing that it is good for. Of many callers who type in the right code at once, one gets it. A wrong one
/// is counted, as long as there are tries left.
///
/// # Errors
/// [`LedgerError`]; then nothing was taken, or nobody can tell.
pub async fn claim_code(
    platform: &Platform,
    program: &Program,
    key: &VerificationKey,
    typed: &str,
) -> Result<Claimed, LedgerError> {
    loop {
        let now = platform.clock.now();
        let (verification, revision) = split(platform.ledger.find_verification(program.id, key).await?);
        let Some(code) = &verification.code else { return Ok(Err(CodeRefusal::Wrong)) };
        let (code, checked) = code.tried(typed, &program.settings.verification_codes, now);
        if checked == Err(CodeRefusal::Spent) {
            return Ok(Err(CodeRefusal::Spent));
        }
        let next = Verification { code: Some(code), ..verification.clone() };
        if platform.ledger.replace_verification(program.id, key, revision, Some(next)).await? {
            return Ok(checked.map(|()| Claim { key: key.clone(), before: verification }));
        }
        if is_gone(platform, program) {
            return Err(LedgerError::Replaced);
        }
    }
}

impl Claim {
    /// Makes the code count again, because nothing came of it; unless a newer one was sent meanwhile.
    ///
    /// # Errors
    /// [`LedgerError`]; then the code stays used.
    pub async fn give_back(self, platform: &Platform, program: &Program) -> Result<(), LedgerError> {
        self.settle(platform, program, |before| Some(before.clone())).await
    }

    /// Forgets the proof, which has served.
    ///
    /// # Errors
    /// [`LedgerError`]; then the code stays used, which is as good.
    pub async fn forget(self, platform: &Platform, program: &Program) -> Result<(), LedgerError> {
        self.settle(platform, program, |_| None).await
    }

    async fn settle(
        &self,
        platform: &Platform,
        program: &Program,
        next: impl Fn(&Verification) -> Option<Verification>,
    ) -> Result<(), LedgerError> {
        let found = platform.ledger.find_verification(program.id, &self.key).await?;
        let Some((present, revision)) = found else { return Ok(()) };
        if self.is_still_claimed(&present) {
            platform.ledger.replace_verification(program.id, &self.key, Some(revision), next(&self.before)).await?;
        }
        Ok(())
    }

    /// Whether no newer code was sent since. Nobody else changes a code that is used.
    fn is_still_claimed(&self, present: &Verification) -> bool {
        let issue = |code: &IssuedCode| (code.code.clone(), code.made_at);
        present.code.as_ref().map(issue) == self.before.code.as_ref().map(issue)
    }
}

fn split(found: Option<(Verification, Revision)>) -> (Verification, Option<Revision>) {
    found.map_or_else(Default::default, |(verification, revision)| (verification, Some(revision)))
}

/// Whether the program was replaced or removed since it was looked up.
fn is_gone(platform: &Platform, program: &Program) -> bool {
    !platform.ledger.directory().programs().iter().any(|known| known.id == program.id)
}
