//! Who may reach the control plane: one place for all of it, and for the metrics.

mod answer;
mod caller;
mod guesses;
mod origin;
mod refusal;
mod sessions;

pub use answer::{protect, too_many_guesses};
pub use origin::is_this_machine;
pub use sessions::{COOKIE_NAME, LIFE};

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use actix_web::dev::RequestHead;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderMap};
use actix_web::http::uri::Authority;
use ipnet::IpNet;

use self::caller::is_loopback;
use self::guesses::{Guesses, Verdict};
pub use self::refusal::Refusal;
use self::sessions::{Sessions, equal};
use super::console::assets;
use crate::domain::Secret;
use crate::steps;

/// Decides who is let in. All threads share one.
#[derive(Debug)]
pub struct Guard {
    admin_token: Option<Secret>,
    listens_at: SocketAddr,
    /// In lower case, without ports.
    allowed_hosts: Vec<String>,
    trusted_proxies: Vec<IpNet>,
    guesses: Guesses,
    sessions: Sessions,
}

/// Where people give the token.
pub const SIGN_IN: &str = "/_emulator/sign-in";

impl Guard {
    /// A guard for a server that listens there. Without a token, only this machine is let in.
    pub fn new(admin_token: Option<Secret>, listens_at: SocketAddr, allowed_hosts: Vec<String>) -> Self {
        let allowed_hosts = allowed_hosts.into_iter().map(|host| origin::host(&host).to_ascii_lowercase()).collect();
        let (trusted_proxies, guesses, sessions) = (Vec::new(), Guesses::default(), Sessions::default());
        Self { admin_token, listens_at, allowed_hosts, trusted_proxies, guesses, sessions }
    }

    /// The same, behind these proxies, which are believed for whom they speak.
    #[must_use]
    pub fn behind(self, trusted_proxies: Vec<IpNet>) -> Self {
        Self { trusted_proxies, ..self }
    }

    /// Lets a request in, or says why not.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn check(&self, head: &RequestHead) -> Result<(), Refusal> {
        self.check_host(head)?;
        origin::check(head)?;
        match &self.admin_token {
            None if is_loopback(head) => Ok(()),
            None => Err(Refusal::Forbidden(
                "only callers on this machine are let in, and not through a proxy; start the server with --admin-token to \
                 let in others"
                    .to_owned(),
            )),
            Some(_) if is_needed_to_sign_in(head.uri.path()) => Ok(()),
            Some(_) if self.sessions.know(&head.headers) => Ok(()),
            Some(token) => self.judge(head, bearer(&head.headers).ok_or(Refusal::Unauthorized)?, token),
        }
    }

    /// Begins a session for whoever knows the token; gives what the cookie is to say.
    ///
    /// # Errors
    /// [`Refusal::Unauthorized`], [`Refusal::TooManyGuesses`].
    pub fn sign_in(&self, head: &RequestHead, token: &str) -> Result<String, Refusal> {
        let admin_token = self.admin_token.as_ref().ok_or(Refusal::Unauthorized)?;
        self.judge(head, token, admin_token)?;
        Ok(self.sessions.begin())
    }

    /// Compares what was given with the token, unless there were too many wrong ones.
    fn judge(&self, head: &RequestHead, given: &str, token: &Secret) -> Result<(), Refusal> {
        let from = caller::address(head, &self.trusted_proxies);
        match self.guesses.judge(from, Instant::now(), || equal(given, token.expose())) {
            Verdict::Right => Ok(()),
            Verdict::Wrong => {
                tracing::warn!(?from, path = head.uri.path(), "a wrong admin token was given");
                Err(Refusal::Unauthorized)
            }
            Verdict::Unheard => Err(Refusal::TooManyGuesses),
        }
    }

    /// Ends the session of this request.
    pub fn sign_out(&self, headers: &HeaderMap) {
        self.sessions.end(headers);
    }

    /// Whether there is a token to be given.
    pub fn asks_for_token(&self) -> bool {
        self.admin_token.is_some()
    }

    /// A page of another site can make a browser call a name that leads here (DNS rebinding), but it can't choose the name
    /// freely, so only known ones are answered.
    fn check_host(&self, head: &RequestHead) -> Result<(), Refusal> {
        let mut is_named = false;
        let named = head.headers.get_all(HOST).map(|value| value.to_str().unwrap_or("?"));
        for authority in named.chain(head.uri.authority().map(Authority::as_str)) {
            is_named = true;
            let host = origin::host(authority);
            if !self.is_own(host) {
                return Err(Refusal::Forbidden(format!(
                    "this host name is not known here; start the server with --allowed-host {} if it is right",
                    shorten(host),
                )));
            }
        }
        match is_named || is_loopback(head) {
            true => Ok(()),
            false => Err(Refusal::Forbidden("the header Host is missing".to_owned())),
        }
    }

    fn is_own(&self, host: &str) -> bool {
        let host = steps::over(host).to_ascii_lowercase();
        let listens_at = self.listens_at.ip().to_canonical();
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            // Nobody can make a number lead elsewhere.
            Ok(ip) => ip.is_loopback() || ip == listens_at || listens_at.is_unspecified() || self.allows(&host),
            Err(_) => is_this_machine(&host) || self.allows(&host),
        }
    }

    fn allows(&self, host: &str) -> bool {
        self.allowed_hosts.iter().any(|allowed| allowed == host)
    }
}

/// The form, and what it looks like.
fn is_needed_to_sign_in(path: &str) -> bool {
    path == SIGN_IN || path.starts_with(assets::ROOT)
}

/// The token that a request gives.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, given) = steps::over(headers.get(AUTHORIZATION)?.to_str().ok()?).split_once(' ')?;
    let given = given.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !given.is_empty()).then_some(given)
}

fn shorten(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(100).collect()
}

#[cfg(test)]
mod tests;
