//! What goes over a subscription, until it is over.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;
use tokio::runtime::Handle;

use crate::domain::program::PimsSettings;
use crate::ledger::Begun;
use crate::operations::Platform;
use crate::pims::api::SdkApi;
use crate::pims::call::Call;
use crate::pims::caller::Caller;
use crate::pims::error::{ErrorCode, Failure};
use crate::pims::instance::{self, Instance};
use crate::pims::message::{Message, TransactionId};
use crate::pims::pims_error::PimsError;
use crate::pims::run::{Who, run};
use crate::pims::streams::Room;

/// How often it is looked whether something has changed, through whichever API or node.
const LOOK: Duration = Duration::from_millis(250);
/// How often a comment goes out. Whether the client is gone shows when something is written to it.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How often the subscription is renewed, a third of what it lasts.
const RENEWAL: Duration = Duration::from_secs(5);

/// A subscription that is open on this node. When this is dropped, the subscription ends.
pub struct Subscriber {
    place: Place,
    api: SdkApi,
    parameters: Value,
    transaction: TransactionId,
    /// What the client knows.
    told: Result<Value, Failure>,
    room: Room,
    spoke_at: Instant,
    renewed_at: Instant,
}

/// Where the subscription is kept.
struct Place {
    platform: Platform,
    instance: String,
    api_name: String,
    transaction: String,
    /// Whether it isn't kept there any more.
    is_over: bool,
}

impl Subscriber {
    /// A subscription of a call that has just been noted in its instance; `state` is what a get has answered.
    pub fn new(call: &Call<'_>, api: SdkApi, api_name: &str, id: &TransactionId, (state, room): (Value, Room)) -> Self {
        let place = Place {
            platform: call.endpoint.platform.clone(),
            instance: call.instance.to_owned(),
            api_name: api_name.to_owned(),
            transaction: id.to_string(),
            is_over: false,
        };
        let (parameters, now) = (call.request.parameters().clone(), Instant::now());
        let transaction = id.clone();
        Self { place, api, parameters, transaction, told: Ok(state), room, spoke_at: now, renewed_at: now }
    }

    /// What goes over the wire next; `None` once the subscription is over.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if self.room.stops_within(LOOK).await {
                self.place.leave().await;
                return None;
            }
            if let Some(event) = self.look().await? {
                self.spoke_at = Instant::now();
                return Some(event);
            }
            if self.renewed_at.elapsed() >= RENEWAL {
                self.place.renew().await;
                self.renewed_at = Instant::now();
            }
            if self.spoke_at.elapsed() >= KEEP_ALIVE {
                self.spoke_at = Instant::now();
                return Some(": still here\n\n".into());
            }
        }
    }

    /// The event, if something has changed; `None` if the subscription is over.
    async fn look(&mut self) -> Option<Option<String>> {
        let Place { platform, instance: name, .. } = &self.place;
        let (state, settings) = match instance::find(&*platform.shared_state, name).await {
            Ok(instance) => {
                let instance = instance.filter(|instance| self.place.is_in(instance));
                let Some(instance) = instance else {
                    self.place.is_over = true;
                    return None;
                };
                let caller = Caller::of(&instance, name, &platform.ledger.directory());
                (self.state(&caller).await, caller.settings)
            }
            Err(error) => (Err(error.into()), PimsSettings::default()),
        };
        let state = match state {
            Ok(state) => Ok(state),
            Err(PimsError::Failed(failure)) => Err(failure),
            // It is looked again soon.
            Err(PimsError::Busy) => return Some(None),
            Err(PimsError::Broken(..) | PimsError::Status(_) | PimsError::HangUp) => Err(ErrorCode::ServerError.into()),
        };
        if state == self.told {
            return Some(None);
        }
        self.told = state;
        Some(Some(Message::event(&self.transaction, &self.told, settings.labels).sent_event()))
    }

    /// What a get would answer.
    async fn state(&self, caller: &Caller) -> Result<Value, PimsError> {
        let asked = self.api.read(&self.parameters, caller.reading, caller.component)?;
        let Place { platform, instance, .. } = &self.place;
        // Each look is a beginning: a subscription goes on when its program is replaced.
        let begun = Begun::now(&platform.ledger.directory());
        let who = Who { instance, login: caller.login.as_deref(), begun: &begun };
        let state = run(platform, who, &asked, caller.reading.region).await;
        state.map_err(|error| error.within(asked.documented_errors(), caller.settings.error_list))
    }
}

impl Place {
    fn is_in(&self, instance: &Instance) -> bool {
        instance.has_subscription(&self.api_name, &self.transaction)
    }

    /// Keeps the subscription for a while longer. If that fails, another try comes soon enough.
    async fn renew(&self) {
        let now = Timestamp::now();
        let renewed = instance::edit(&*self.platform.shared_state, &self.instance, |instance| {
            if self.is_in(instance)
                && let Some(subscription) = instance.subscriptions.get_mut(&self.api_name)
            {
                subscription.renewed_at = now;
            }
            Ok(())
        });
        drop(renewed.await);
    }

    /// Ends the subscription. If that fails, it ends by itself when it isn't renewed.
    async fn leave(&mut self) {
        self.is_over = true;
        let (instance, api, transaction) = (&self.instance, &self.api_name, &self.transaction);
        drop(remove(&self.platform, instance, api, transaction).await);
    }
}

impl Drop for Place {
    /// The client is gone.
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if !self.is_over {
            let platform = self.platform.clone();
            let [instance, api, transaction] =
                [&mut self.instance, &mut self.api_name, &mut self.transaction].map(std::mem::take);
            runtime.spawn(async move { drop(remove(&platform, &instance, &api, &transaction).await) });
        }
    }
}

async fn remove(platform: &Platform, instance: &str, api: &str, transaction: &str) -> Result<(), PimsError> {
    instance::edit(&*platform.shared_state, instance, |instance| {
        if instance.has_subscription(api, transaction) {
            instance.subscriptions.remove(api);
        }
        Ok(())
    })
    .await
}
