//! People who have given the token in a browser: a cookie stands for it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{COOKIE, HeaderMap};
use rand::distr::{Alphanumeric, SampleString};
use subtle::ConstantTimeEq;

use crate::steps;

/// The name of the cookie.
pub const COOKIE_NAME: &str = "sync_asmx_admin";
/// How long a session lasts.
pub const LIFE: Duration = Duration::from_secs(12 * 3600);
/// More at once end the oldest.
const MAX_SESSIONS: usize = 1000;

/// Sessions by their beginning.
#[derive(Default)]
pub struct Sessions(Mutex<VecDeque<(String, Instant)>>);

impl Sessions {
    /// Begins a session, and gives its id.
    pub fn begin(&self) -> String {
        let id = Alphanumeric.sample_string(&mut rand::rng(), 43);
        let mut sessions = self.lock();
        sessions.push_back((id.clone(), Instant::now()));
        if sessions.len() > MAX_SESSIONS {
            sessions.pop_front();
        }
        id
    }

    /// Whether a cookie is that of a session.
    pub fn know(&self, headers: &HeaderMap) -> bool {
        let Some(cookie) = cookie(headers) else { return false };
        self.lock().iter().any(|(id, begun)| begun.elapsed() < LIFE && equal(id, cookie))
    }

    /// Ends the sessions of these cookies.
    pub fn end(&self, headers: &HeaderMap) {
        if let Some(cookie) = cookie(headers) {
            self.lock().retain(|(id, _)| !equal(id, cookie));
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, Instant)>> {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while sessions.front().is_some_and(|(_, begun)| begun.elapsed() >= LIFE) {
            sessions.pop_front();
        }
        sessions
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions(…)")
    }
}

/// Compares without telling by the time it takes where the difference is. The length of a token is no secret.
pub fn equal(one: &str, other: &str) -> bool {
    // Of texts of two lengths no byte is compared.
    steps::count(one.len().min(other.len()));
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The cookie of ours; browsers send one.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers
        .get_all(COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| steps::parts(value.split(';')));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == COOKIE_NAME);
    values.next().map(|(_, value)| value)
}
