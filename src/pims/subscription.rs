//! `subscribe` and `unsubscribe`: an acknowledgement, then an event whenever what a get answers has changed.

mod stream;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use jiff::Timestamp;
use serde_json::Value;

use self::stream::Subscriber;
use super::api::Asked;
use super::call::Call;
use super::error::{ErrorCode, Failure};
use super::instance::{self, Subscription};
use super::message::{Message, TransactionId};
use super::pims_error::PimsError;
use super::run::{Who, run};

/// Begins a subscription, for the request with this id.
///
/// # Errors
/// Those of the get (2001, 2006, 2002, 2344, 2101, 2102, 2301 …), then 2005 if there is one already, and 503 if there is no room.
pub async fn subscribe(call: &mut Call<'_>, id: &TransactionId) -> Result<Subscriber, PimsError> {
    let addressed = call.address().await?; // 2001, 2006, 2002
    let asked = call.read(&addressed)?; // 2344, 2101, 2102
    if matches!(asked, Asked::Username) {
        return Err(Failure::invalid("actionType").into()); // 2102: it doesn't change
    }
    call.inject_fault(None).await?; // whatever a rule says
    let (platform, caller) = (&call.endpoint.platform, &addressed.caller);
    let who = Who { instance: call.instance, login: caller.login.as_deref(), begun: &call.noted.begun };
    let state = run(platform, who, &asked, caller.reading.region).await; // 2301
    let state = state.map_err(|error| error.within(asked.documented_errors(), caller.settings.error_list))?;
    let room = call.endpoint.streams.open().ok_or(PimsError::Busy)?; // 503
    let api = call.request.api().unwrap_or_default();
    begin(call, api, id).await?; // 2005
    Ok(Subscriber::new(call, addressed.api, api, id, (state, room)))
}

/// Ends a subscription, whichever node has it; its stream then ends, too.
///
/// # Errors
/// 2001, 2006, 2002, and 2102 for an API that nobody is subscribed to (our choice).
pub async fn unsubscribe(call: &mut Call<'_>) -> Result<Value, PimsError> {
    call.address().await?; // 2001, 2006, 2002
    call.inject_fault(None).await?; // whatever a rule says
    let (api, now) = (call.request.api().unwrap_or_default(), Timestamp::now());
    instance::edit(&*call.endpoint.platform.shared_state, call.instance, |instance| {
        let was_subscribed = instance.is_subscribed(api, now);
        instance.subscriptions.remove(api);
        if was_subscribed { Ok(()) } else { Err(Failure::invalid("api")) }
    })
    .await?;
    Ok(Value::Null)
}

/// The stream of a subscription that has begun.
pub fn stream(subscriber: Subscriber, id: &TransactionId) -> HttpResponse {
    let acknowledgement = Message::acknowledgement(id).sent_event();
    let events = unfold(subscriber, async |mut subscriber| {
        let event = subscriber.next().await?;
        Some((event, subscriber))
    });
    let all = once(async { acknowledgement }).chain(events);
    event_stream().streaming(all.map(|event| Ok::<_, actix_web::Error>(Bytes::from(event))))
}

/// The head of a stream.
pub fn event_stream() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type("text/event-stream").insert_header(("Cache-Control", "no-store"));
    response
}

async fn begin(call: &Call<'_>, api: &str, id: &TransactionId) -> Result<(), PimsError> {
    let now = Timestamp::now();
    instance::edit(&*call.endpoint.platform.shared_state, call.instance, |instance| {
        if instance.is_subscribed(api, now) {
            return Err(ErrorCode::DuplicateCommand.into());
        }
        let subscription = Subscription { transaction: id.to_string(), renewed_at: now };
        instance.subscriptions.insert(api.to_owned(), subscription);
        Ok(())
    })
    .await
}
