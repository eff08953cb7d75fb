//! How many proofs of ownership there are: an account has a bounded number of them, and those that have expired go in the end.

use jiff::Timestamp;

use super::Platform;
use crate::domain::{Verification, VerificationKey};
use crate::ledger::{FoundProof, LedgerError, MOST_PROOFS, Program, Revision};

/// How many proofs the sweep looks at in one go.
const SWEPT_AT_ONCE: u32 = 100;

/// How often room is made for a proof that others take.
const MOST_TRIES: usize = 20;

/// Makes or replaces a proof, if it still is in that revision. For one more than an account may have, the oldest that has expired
/// goes.
///
/// # Errors
/// [`LedgerError::Full`] if none has expired, and failures of the ledger; then nothing was made.
pub async fn replace_proof(
    platform: &Platform,
    program: &Program,
    key: &VerificationKey,
    from: Option<Revision>,
    to: Verification,
) -> Result<bool, LedgerError> {
    let ledger = &platform.ledger;
    for _ in 0..MOST_TRIES {
        match ledger.replace_verification(program.id, key, from, Some(to.clone())).await {
            Err(LedgerError::Full) => make_room(platform, program, &key.account).await?,
            done => return done,
        }
    }
    Err(LedgerError::Full)
}

/// Removes the oldest of an account's proofs that have expired.
async fn make_room(platform: &Platform, program: &Program, account: &str) -> Result<(), LedgerError> {
    let (settings, now) = (&program.settings.verification_codes, platform.clock.now());
    let all = platform.ledger.verifications_of(program.id, account).await?;
    let excess = (all.len() + 1).saturating_sub(MOST_PROOFS as usize);
    // One that was only begun has no time yet by which it expires.
    let has_expired = |found: &&FoundProof| {
        found.verification != Verification::default() && found.verification.is_over(settings, now)
    };
    let expired: Vec<_> = all.iter().filter(has_expired).take(excess).collect();
    if expired.is_empty() && excess > 0 {
        return Err(LedgerError::Full);
    }
    for FoundProof { key, revision, .. } in expired {
        platform.ledger.replace_verification(program.id, key, Some(*revision), None).await?;
    }
    Ok(())
}

/// Removes the proofs that have expired and were kept for long enough by the machine's clock, which says `now`. One that is still
/// good by the emulator's clock, which may be held, is looked at again a day later. Gives how many were removed.
///
/// # Errors
/// [`LedgerError`]; then the rest is left for the next time.
pub async fn sweep_proofs(platform: &Platform, now: Timestamp) -> Result<usize, LedgerError> {
    let mut removed = 0;
    loop {
        let due = platform.ledger.verifications_due(now, SWEPT_AT_ONCE).await?;
        let is_last = due.len() < SWEPT_AT_ONCE as usize;
        let directory = platform.ledger.directory();
        let mut is_stuck = true;
        for FoundProof { program, key, verification, revision } in due {
            let Some(program) = directory.find(program) else { continue };
            let is_over = verification.is_over(&program.settings.verification_codes, platform.clock.now());
            let next = (!is_over).then_some(verification);
            // Its caller may have gone on with it.
            if platform.ledger.replace_verification(program.id, &key, Some(revision), next).await? {
                removed += usize::from(is_over);
                is_stuck = false;
            }
        }
        if is_last || is_stuck {
            return Ok(removed);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::domain::{E164, IssuedCode, Purpose};
    use crate::ledger::{LedgerUrl, Seed, open};

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    async fn platform() -> Platform {
        let ledger = open(&LedgerUrl::Memory).expect("a ledger");
        let seed = Seed::parse(&json!({"programs": [{"name": "demo"}]}).to_string()).expect("a seed");
        ledger.apply_seed(seed).await.expect("a ledger");
        Platform::new(ledger)
    }

    fn key(number: u64) -> VerificationKey {
        let number = E164::new(15_195_550_000 + number).expect("a number");
        VerificationKey { purpose: Purpose::PimsPhoneNumber, account: "ada".into(), number }
    }

    fn sent(made_at: Timestamp) -> Verification {
        let code = IssuedCode { code: "123456".into(), made_at, wrong_tries: 0, used_at: None };
        Verification { code: Some(code), verified_at: None }
    }

    async fn make(platform: &Platform, number: u64, verification: Verification) -> Result<bool, LedgerError> {
        let directory = platform.ledger.directory();
        replace_proof(platform, directory.program("demo").expect("demo"), &key(number), None, verification).await
    }

    async fn is_there(platform: &Platform, number: u64) -> bool {
        let program = platform.ledger.directory().program("demo").expect("demo").id;
        platform.ledger.find_verification(program, &key(number)).await.expect("a ledger").is_some()
    }

    #[tokio::test]
    async fn an_account_has_a_hundred_proofs_and_the_oldest_expired_ones_make_room() {
        let platform = platform().await;
        let (now, old) = (platform.clock.now(), platform.clock.now() - SignedDuration::from_mins(20));
        for number in 0..100 {
            let made_at = if (40..42).contains(&number) { old } else { now };
            assert_eq!(make(&platform, number, sent(made_at)).await, Ok(true));
        }
        assert_eq!(make(&platform, 5, sent(now)).await, Ok(false), "it is there");
        for (number, gone) in [(100, 40), (101, 41)] {
            assert_eq!(make(&platform, number, sent(now)).await, Ok(true));
            assert!(is_there(&platform, number).await && !is_there(&platform, gone).await, "{number}");
        }
        assert_eq!(make(&platform, 102, sent(now)).await, Err(LedgerError::Full));
        assert!(is_there(&platform, 0).await && !is_there(&platform, 102).await);
    }

    #[tokio::test]
    async fn an_expired_proof_is_swept_a_day_later_by_the_machines_clock() {
        let platform = platform().await;
        let now = Timestamp::now();
        make(&platform, 1, sent(now)).await.expect("a ledger");
        make(&platform, 2, Verification { verified_at: Some(now), code: None }).await.expect("a ledger");
        make(&platform, 3, Verification::default()).await.expect("a ledger");
        // Whatever the emulator's clock says.
        platform.clock.hold(now + DAY * 30).await.expect("a clock");
        assert_eq!(sweep_proofs(&platform, now + DAY).await, Ok(0));
        platform.clock.hold(now).await.expect("a clock");
        assert_eq!(
            sweep_proofs(&platform, now + DAY * 2).await,
            Ok(1),
            "only the one that was begun and never went on"
        );
        platform.clock.hold(now + DAY).await.expect("a clock");
        assert_eq!(sweep_proofs(&platform, now + DAY * 3).await, Ok(1), "the one that has expired by both clocks");
        assert!(!is_there(&platform, 1).await && is_there(&platform, 2).await && !is_there(&platform, 3).await);
        platform.clock.hold(now + DAY * 14).await.expect("a clock");
        assert_eq!(sweep_proofs(&platform, now + DAY * 16).await, Ok(1));
        assert!(!is_there(&platform, 2).await);
    }
}
