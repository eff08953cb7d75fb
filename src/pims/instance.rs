//! One facade, in one process of an app: what it was initialised with, and who is logged in. Kept among the sessions of callers,
//! so that any node answers it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::{ErrorCode, Failure};
use super::pims_error::PimsError;
use crate::domain::phone_number::Region;
use crate::domain::pims::PimsAccount;
use crate::ledger::{Directory, LedgerError, Program, SharedState};

/// What is known of an instance that is initialised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// `None` if credential or profile are of no use.
    pub brand: Option<Brand>,
    pub login: Login,
    /// By API.
    pub subscriptions: BTreeMap<String, Subscription>,
}

/// Whose customers use the app (documented).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Brand {
    Peugeot,
    Citroen,
    Ds,
    Opel,
    Vauxhall,
}

/// Who is logged in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Login {
    /// The account that the configuration binds the instance to, if it does.
    #[default]
    AsConfigured,
    /// By the account's login.
    Of(String),
    /// Logged out since.
    Nobody,
}

/// A stream of events that is open. It belongs to its node, which has to renew it: that of a node that was killed is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub transaction: String,
    /// By the machine's clock.
    pub renewed_at: Timestamp,
}

/// How long a subscription lasts that isn't renewed.
pub const LEASE: SignedDuration = SignedDuration::from_secs(15);

impl Brand {
    const ALL: [(&'static str, Self); 5] = [
        ("Peugeot", Self::Peugeot),
        ("Citroen", Self::Citroen),
        ("Ds", Self::Ds),
        ("Opel", Self::Opel),
        ("Vauxhall", Self::Vauxhall),
    ];

    /// The brand of that name, in any case of letters (our choice).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, brand)| brand)
    }

    /// Where its numbers are from if nothing else says so (our choice).
    pub fn region(self) -> Region {
        match self {
            Self::Peugeot | Self::Citroen | Self::Ds => Region::FRANCE,
            Self::Opel => Region::GERMANY,
            Self::Vauxhall => Region::UNITED_KINGDOM,
        }
    }
}

impl Instance {
    /// The account that is logged in, and the program that it decides.
    pub fn account<'d>(&self, name: &str, directory: &'d Directory) -> Option<(&'d Program, &'d PimsAccount)> {
        match &self.login {
            Login::AsConfigured => directory.find_pims_instance(name),
            Login::Of(login) => directory.find_pims_login(login),
            Login::Nobody => None,
        }
    }

    /// Whether somebody is subscribed to this API now.
    pub fn is_subscribed(&self, api: &str, now: Timestamp) -> bool {
        self.subscriptions.get(api).is_some_and(|found| now.duration_since(found.renewed_at) < LEASE)
    }

    /// Whether this subscription goes on.
    pub fn has_subscription(&self, api: &str, transaction: &str) -> bool {
        self.subscriptions.get(api).is_some_and(|found| found.transaction == transaction)
    }
}

/// The instance of that name, if it is initialised.
///
/// # Errors
/// [`LedgerError`].
pub async fn find(sessions: &dyn SharedState, name: &str) -> Result<Option<Instance>, LedgerError> {
    Ok(sessions.find_session(&key(name)).await?.as_deref().and_then(read))
}

/// Changes an instance in one step, however many change it at once; `None` is one that isn't initialised.
///
/// # Errors
/// What `change` says, and failures of the store; then nothing has changed.
pub async fn change(
    sessions: &dyn SharedState,
    name: &str,
    change: impl Fn(Option<Instance>) -> Result<Option<Instance>, Failure>,
) -> Result<(), PimsError> {
    let key = key(name);
    loop {
        let found = sessions.find_session(&key).await?;
        let next = change(found.as_deref().and_then(read))?;
        // Names, times and texts: writing them doesn't fail.
        let next = next.and_then(|instance| serde_json::to_string(&instance).ok());
        if sessions.set_session(&key, found.as_deref(), next).await? {
            return Ok(());
        }
    }
}

/// Changes an instance that is initialised.
///
/// # Errors
/// 2001, what `edit` says, and failures of the store.
pub async fn edit(
    sessions: &dyn SharedState,
    name: &str,
    edit: impl Fn(&mut Instance) -> Result<(), Failure>,
) -> Result<(), PimsError> {
    change(sessions, name, |present| {
        let mut instance = present.ok_or(ErrorCode::FacadeNotInitialized)?;
        edit(&mut instance)?;
        Ok(Some(instance))
    })
    .await
}

fn key(name: &str) -> String {
    format!("pims:{name}")
}

/// What another version of this service has written counts as nothing.
fn read(json: &str) -> Option<Instance> {
    serde_json::from_str(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::InMemoryState;

    #[test]
    fn a_subscription_that_is_not_renewed_is_over() {
        let began = Timestamp::UNIX_EPOCH;
        let subscription = Subscription { transaction: "1".into(), renewed_at: began };
        let subscriptions = BTreeMap::from([("a".to_owned(), subscription)]);
        let instance = Instance { subscriptions, ..Instance::default() };
        assert!(instance.is_subscribed("a", began));
        assert!(!instance.is_subscribed("b", began));
        assert!(!instance.is_subscribed("a", began + LEASE));
        assert!(instance.has_subscription("a", "1") && !instance.has_subscription("a", "2"));
    }

    #[tokio::test]
    async fn an_instance_changes_only_while_it_is_initialised() {
        let sessions = InMemoryState::default();
        let log_out = |instance: &mut Instance| {
            instance.login = Login::Nobody;
            Ok(())
        };
        let refused = edit(&sessions, "a", log_out).await;
        assert!(matches!(refused, Err(PimsError::Failed(Failure { code: ErrorCode::FacadeNotInitialized, .. }))));
        change(&sessions, "a", |_| Ok(Some(Instance::default()))).await.expect("a store");
        edit(&sessions, "a", log_out).await.expect("an instance");
        let found = find(&sessions, "a").await.expect("a store").expect("an instance");
        assert_eq!(found, Instance { login: Login::Nobody, ..Instance::default() });
        change(&sessions, "a", |_| Ok(None)).await.expect("a store");
        assert_eq!(find(&sessions, "a").await, Ok(None));
    }
}
