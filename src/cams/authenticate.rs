//! Who calls, and whether it is really them. Nothing here waits.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::error::Refusal;
use super::request::{Manner, Request};
use super::signature::{version1, version3};
use crate::clock::Clock;
use crate::domain::cams::AccessKey;
use crate::domain::program::CamsRequestTime;
use crate::ledger::{CamsCaller, Directory};

/// How far the time of a request may be from ours, either way: the stricter of the two figures that are documented.
pub const TIME_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Whose key a call says it is signed with.
///
/// # Errors
/// `MissingAccessKeyId`, `IncompleteSignature` or `InvalidAccessKeyId.NotFound`.
pub fn find_caller<'d>(request: &Request<'_>, directory: &'d Directory) -> Result<CamsCaller<'d>, Refusal> {
    let id = request.access_key_id()?;
    directory.find_access_key(&id).ok_or(Refusal::UnknownAccessKey)
}

/// Checks, in this order (our choice; the documentation lists codes, not an order): key, time, signature, security token.
///
/// # Errors
/// The [`Refusal`] of the first check that fails.
pub fn authenticate(request: &Request<'_>, caller: &CamsCaller<'_>, clock: &Clock) -> Result<(), Refusal> {
    if !caller.key.active {
        return Err(Refusal::InactiveAccessKey);
    }
    check_time(request, caller, clock)?;
    let secret = caller.key.access_key_secret.expose();
    match request.manner {
        Manner::Headers => version3::check(request, secret)?,
        Manner::Parameters => version1::check(request.method, &request.parameters, secret)?,
    }
    check_security_token(request, caller.key, clock.now())
}

fn check_time(request: &Request<'_>, caller: &CamsCaller<'_>, clock: &Clock) -> Result<(), Refusal> {
    let text = request.time().ok_or(Refusal::Missing("Timestamp"))?;
    let time = parse_time(&text).ok_or(Refusal::TimeFormat)?;
    let is_near = |now: Timestamp| now.duration_since(time).abs() <= TIME_WINDOW;
    let is_good = match caller.program.settings.cams.request_time {
        CamsRequestTime::Either => is_near(Timestamp::now()) || is_near(clock.now()),
        CamsRequestTime::Emulator => is_near(clock.now()),
    };
    if is_good { Ok(()) } else { Err(Refusal::TimeExpired) }
}

/// `yyyy-MM-ddTHH:mm:ssZ` and nothing else, as documented; a fraction of a second is too much already.
fn parse_time(text: &str) -> Option<Timestamp> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00Z";
    let fits = |(shape, byte): (&u8, u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == *shape };
    let has_shape = text.len() == SHAPE.len() && SHAPE.iter().zip(text.bytes()).all(fits);
    if has_shape { text.parse().ok() } else { None }
}

/// Temporary keys have a token that has to come along (documented); other keys have none, and one that comes with them is refused by
/// the rule for parameters (our choice).
fn check_security_token(request: &Request<'_>, key: &AccessKey, now: Timestamp) -> Result<(), Refusal> {
    let (own, given) = match (&key.security_token, request.security_token()) {
        (None, None) => return Ok(()),
        (None, Some(_)) => return Err(Refusal::Invalid("SecurityToken")),
        (Some(_), None) => return Err(Refusal::Missing("SecurityToken")),
        (Some(own), Some(given)) => (own, given),
    };
    if !bool::from(own.expose().as_bytes().ct_eq(given.as_bytes())) {
        return Err(if has_form_of_token(&given) { Refusal::TokenMismatch } else { Refusal::TokenMalformed });
    }
    match key.expires_at {
        Some(end) if end <= now => Err(Refusal::TokenExpired),
        _ => Ok(()),
    }
}

/// Visible ASCII, as all that is seen of the real service's (our choice: no page says what a token looks like).
fn has_form_of_token(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::parse_time;

    #[test]
    fn a_time_has_one_form() {
        assert!(parse_time("2026-11-22T15:42:59Z").is_some());
        for text in [
            "2026-11-22T15:42:59.0Z",
            "2026-11-22T15:42:59+00:00",
            "2026-11-22 15:42:59Z",
            "2026-11-22T15:42:59z",
            "2026-13-22T15:42:59Z",
            "2026-11-22T25:42:59Z",
            "20261122T154259Z",
            "Sun, 22 Nov 2026 15:42:59 GMT",
            "１２３４５６",
            "",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
