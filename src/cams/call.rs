//! The way of a call: which action, by whom, may they; then the action itself.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use std::time::Duration;

use super::actions::{self, Action, ActionError};
use super::admission::{admit, check_permission};
use super::answer::{Done, Reply};
use super::authenticate::{authenticate, find_caller};
use super::error::{Refusal, Throttling};
use super::request::Request;
use super::signature;
use crate::calls::{self, Calls, Disconnect, FaultAnswer, hang_up};
use crate::domain::program::CamsSettings;
use crate::ledger::{Begun, CamsCaller, LedgerError, MOST_PROOFS};
use crate::operations::Platform;

/// The one version that is served.
const VERSION: &str = "2020-06-06";

/// Answers a call, broken on purpose where a rule says so: that is settled as soon as action and program are known, and before
/// the caller is believed (our choice), so that a rule also breaks calls that would be refused.
pub async fn answer(
    platform: &Platform,
    calls: &Calls,
    request: &Request<'_>,
    noted: &mut calls::Call,
) -> HttpResponse {
    let reply = Reply::to(request, noted.request_id);
    let action = match find_action(request) {
        Ok(action) => action,
        Err(refusal) => return finish(&reply, "", Err(refusal), CamsSettings::default(), noted),
    };
    let settings = note_facts(platform, request, action, noted);
    match calls.inject_fault(noted, || actions::number(&request.parameters)).await {
        Some(FaultAnswer::Code { code, message }) => {
            let refusal = injected(request, code, message, settings);
            finish(&reply, action.name(), Err(refusal), settings, noted)
        }
        Some(FaultAnswer::HttpStatus(status)) => {
            HttpResponse::new(StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE))
        }
        Some(FaultAnswer::Disconnect(Disconnect::Before)) => hang_up(),
        Some(FaultAnswer::Disconnect(Disconnect::After)) => {
            let done = run(platform, request, action, noted).await;
            finish(&reply, action.name(), done, settings, noted);
            hang_up()
        }
        // The other two are for other APIs, and come to none of this one's calls.
        Some(FaultAnswer::DelayMs(_) | FaultAnswer::ReturnCode(_) | FaultAnswer::SoapFault(_)) | None => {
            let done = run(platform, request, action, noted).await;
            finish(&reply, action.name(), done, settings, noted)
        }
    }
}

/// The refusal that a rule wants. Of a signature it says what should have been signed, as a real one does.
fn injected(request: &Request<'_>, code: String, message: Option<String>, settings: CamsSettings) -> Refusal {
    if code == "SignatureDoesNotMatch" && message.is_none() {
        return signature::mismatch(request).into();
    }
    let throttling = Throttling { limit: settings.calls_per_second, left: Duration::from_secs(1) };
    Refusal::OnPurpose { code, message, throttling }
}

/// The action comes before anything about the caller: a gateway looks up first whether there is such an API.
fn find_action(request: &Request<'_>) -> Result<Action, Refusal> {
    if !["GET", "POST"].contains(&request.method) {
        return Err(Refusal::ActionNotFound);
    }
    let name = request.action().ok_or(Refusal::Missing("Action"))?;
    Action::named(&name).ok_or(Refusal::ActionNotFound)
}

/// Notes what is called, and of whose, as far as the call says so. Gives the settings of its program.
fn note_facts(platform: &Platform, request: &Request<'_>, action: Action, noted: &mut calls::Call) -> CamsSettings {
    noted.context.operation = Some(action.name());
    let directory = platform.ledger.directory();
    let Ok(caller) = find_caller(request, &directory) else { return CamsSettings::default() };
    noted.context.program = Some(caller.program.name.clone());
    noted.begun.program = Some(caller.program.id);
    let asked = request.parameters.first("CustSpaceId").unwrap_or_default();
    let space = caller.account.spaces.iter().find(|space| space.cust_space_id == asked);
    noted.context.member_id = space.map(|space| space.member_id.0);
    caller.program.settings.cams
}

/// Checks version, caller and how often they call; then does what is asked.
async fn run(
    platform: &Platform,
    request: &Request<'_>,
    action: Action,
    noted: &mut calls::Call,
) -> Result<Done, Refusal> {
    let done = match check(platform, &noted.begun, request, action).await {
        Ok(()) => perform(platform, &noted.begun, request, action).await,
        Err(error) => Err(error),
    };
    let id = noted.request_id;
    match done {
        Ok(done) => Ok(done),
        Err(ActionError::Refused(refusal)) => {
            if let Refusal::WrongCode(state) = &refusal {
                tracing::debug!(request = %id, operation = action.name(), ?state, "a code doesn't count");
            }
            Err(refusal)
        }
        // Of codes that are under way, too many (our choice). In a minute one of them may have expired.
        Err(ActionError::Failed(LedgerError::Full)) => {
            Err(Refusal::Throttled(Throttling { limit: MOST_PROOFS, left: Duration::from_secs(60) }))
        }
        Err(ActionError::Failed(LedgerError::Unavailable(reason))) => {
            tracing::error!(request = %id, operation = action.name(), %reason, "answered with ServiceUnavailable");
            Err(Refusal::Unavailable("the ledger failed; the log says why"))
        }
        // The last one hears nothing of it.
        Err(ActionError::Failed(LedgerError::Busy | LedgerError::Replaced) | ActionError::Outdated) => {
            Err(Refusal::Unavailable("the ledger's queue is full, or the program was replaced meanwhile"))
        }
    }
}

async fn check(platform: &Platform, begun: &Begun, request: &Request<'_>, action: Action) -> Result<(), ActionError> {
    if request.version().ok_or(Refusal::Missing("Version"))? != VERSION {
        return Err(Refusal::Invalid("Version").into());
    }
    let directory = platform.ledger.directory();
    let caller = find_caller(request, &directory)?;
    begun.check(&*platform.ledger, &directory, Some(caller.program.id)).await?;
    authenticate(request, &caller, &platform.clock)?;
    let nonce = request.nonce().ok_or(Refusal::Missing("SignatureNonce"))?;
    admit(platform, &caller, action, &nonce).await
}

/// Does what is asked, and does it anew if others have changed what it was derived from: then the caller may not be one any more.
async fn perform(
    platform: &Platform,
    begun: &Begun,
    request: &Request<'_>,
    action: Action,
) -> Result<Done, ActionError> {
    loop {
        let directory = platform.ledger.directory();
        let caller: CamsCaller<'_> = find_caller(request, &directory)?;
        begun.check(&*platform.ledger, &directory, Some(caller.program.id)).await?;
        check_permission(&caller, action)?;
        match action.perform(platform, &caller, &request.parameters).await {
            Err(ActionError::Outdated) => {}
            done => return done,
        }
    }
}

fn finish(
    reply: &Reply,
    action: &str,
    done: Result<Done, Refusal>,
    settings: CamsSettings,
    noted: &mut calls::Call,
) -> HttpResponse {
    match done {
        Ok(done) => {
            noted.outcome.return_code = Some(0);
            reply.done(action, done)
        }
        Err(refusal) => {
            noted.outcome.fault = Some(refusal.code().into_owned());
            noted.outcome.why = refusal.why();
            reply.refused(action, &refusal, settings.refusal_status)
        }
    }
}
