//! Whether a call that is really its caller's is let in: it comes once, its caller may make it, and not too often.

use std::time::Duration;

use super::actions::{Action, ActionError};
use super::error::{Refusal, Throttling};
use super::signature::sha256;
use crate::ledger::{CamsCaller, RateLimitRequest};
use crate::operations::Platform;

/// As long as a time that is good now may be good: the window of both sides.
const NONCE_LIFE: Duration = Duration::from_mins(30);

/// Lets a call in. Calls are counted for an account and each action, over all its keys (documented); those that nobody may make
/// aren't, nor those that come again.
///
/// # Errors
/// `SignatureNonceUsed`, `Ram.PermissionDeny`, `Product.Unsubscript` or `Throttling.User`, in this order, or a failure of what
/// nodes share.
pub async fn admit(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    action: Action,
    nonce: &str,
) -> Result<(), ActionError> {
    let permitted = check_permission(caller, action);
    let limit = caller.program.settings.cams.calls_per_second;
    let counter = (permitted.is_ok() && limit > 0).then(|| counter(caller, action));
    let nonce = own_nonce(&caller.key.access_key_id, nonce);
    let admitted = platform.shared_state.admit(RateLimitRequest { nonce, nonce_life: NONCE_LIFE, counter }).await?;
    if !admitted.is_new {
        return Err(Refusal::NonceUsed.into());
    }
    permitted?;
    if limit > 0 && admitted.calls > limit {
        return Err(Refusal::Throttled(Throttling { limit, left: admitted.window_left }).into());
    }
    Ok(())
}

/// Whether the key may call this action of a product that its account has.
///
/// # Errors
/// `Ram.PermissionDeny` or `Product.Unsubscript`.
pub fn check_permission(caller: &CamsCaller<'_>, action: Action) -> Result<(), Refusal> {
    if !caller.key.permits(action.name()) {
        return Err(Refusal::Denied);
    }
    if caller.account.subscribed { Ok(()) } else { Err(Refusal::Unsubscribed) }
}

fn counter(caller: &CamsCaller<'_>, action: Action) -> String {
    format!("cams:{}:{}:{}", caller.program.id.0, caller.account.account_id, action.name())
}

/// A nonce belongs to its key, whose id has no U+0000. However long it is, its hash is short: it is looked up under a lock.
fn own_nonce(access_key_id: &str, nonce: &str) -> String {
    sha256(format!("{access_key_id}\0{nonce}").as_bytes())
}
