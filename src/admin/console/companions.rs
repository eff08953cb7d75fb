//! Who calls the companion APIs, and what they are proving. All of them are test credentials, and shown as they are.

use actix_web::web::{Data, Query};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, Frame, Tab, View};
use super::page_error::PageError;
use super::words;
use crate::admin::ControlPlane;
use crate::admin::accounts;
use crate::admin::problem::Problem;
use crate::admin::verifications::{key, parse_after};
use crate::domain::cams::CamsAccount;
use crate::domain::pims::{Blocked, PimsAccount};
use crate::domain::program::CodeSettings;
use crate::domain::{Companions, MemberId, Verification};
use crate::ledger::VerificationState;

#[derive(Template)]
#[template(path = "console/companions.html")]
struct CompanionsPage {
    frame: Frame,
    companions: Companions,
    proofs: Vec<ProofRow>,
    after: Option<String>,
    /// Where the next page of proofs begins, if there is more.
    next: Option<String>,
}

/// How many proofs are on one page.
const PAGE: u32 = 50;

/// Which proofs.
#[derive(Debug, Default, Deserialize)]
pub struct Proofs {
    /// The last one of the page before: `purpose/account/number`.
    after: Option<String>,
}

struct ProofRow {
    proof: VerificationState,
    /// A word for the style sheet, and what to say.
    state: (&'static str, String),
}

impl CompanionsPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn member_link(&self, member: &MemberId) -> Link {
        self.frame.at(&format!("members/{member}"))
    }
}

/// The region whose national numbers an account uses, in two letters.
fn region_of(account: &PimsAccount) -> Option<String> {
    account.region.map(String::from)
}

/// `GET /_emulator/console/companions`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>, shown: Query<Proofs>) -> Answer {
    let frame = Frame::new(Tab::Companions, &plane, view.into_inner())?;
    let directory = plane.platform.ledger.directory();
    let Some(program) = frame.program.as_deref().and_then(|name| directory.program(name)) else {
        let (companions, proofs) = (Companions::default(), Vec::new());
        return page::show(&CompanionsPage { frame, companions, proofs, after: None, next: None });
    };
    let now = plane.platform.clock.now();
    let row = |proof: VerificationState| {
        let state = state(&proof.verification, &program.settings.verification_codes, now);
        ProofRow { proof, state }
    };
    let Proofs { after } = shown.into_inner();
    let behind = after.as_deref().map(parse_after).transpose()?;
    // One more than is shown tells whether there is a next page.
    let mut proofs = plane.platform.ledger.list_verifications(program.id, behind.as_ref(), PAGE + 1).await?;
    let has_more = proofs.len() > PAGE as usize;
    proofs.truncate(PAGE as usize);
    let next = proofs.last().filter(|_| has_more);
    let next = next.map(|last| format!("{}/{}/{}", last.purpose.as_str(), last.account, last.number));
    let (companions, proofs) = (program.companions.clone(), proofs.into_iter().map(row).collect());
    page::show(&CompanionsPage { frame, companions, proofs, after, next })
}

/// What is to become of an account of CAMS, or of a key of it.
#[derive(Debug, Deserialize)]
pub struct CamsChange {
    program: Option<String>,
    account_id: String,
    #[serde(default)]
    access_key_id: String,
    /// `subscribe` or `unsubscribe` for the account, `activate` or `deactivate` for the key.
    action: String,
}

/// `POST /_emulator/console/companions/cams`
pub async fn change_cams(plane: Data<ControlPlane>, form: Form<CamsChange>) -> Answer {
    let CamsChange { program, account_id, access_key_id, action } = form.into_inner();
    let frame = Frame::of_named(Tab::Companions, &plane, program)?;
    let done = plane
        .change_companions(frame.program.as_deref().unwrap_or_default(), |companions| {
            let account: &mut CamsAccount = accounts::find(companions, &account_id)?;
            let mut keys = account.access_keys.iter_mut();
            let key = keys.find(|key| key.access_key_id == access_key_id);
            let key = key.ok_or_else(|| Problem::not_found("there is no such access key, or no longer"));
            match action.as_str() {
                "subscribe" => account.subscribed = true,
                "unsubscribe" => account.subscribed = false,
                "activate" => key?.active = true,
                "deactivate" => key?.active = false,
                _ => return Err(Problem::bad_request("the action is subscribe, unsubscribe, activate or deactivate")),
            }
            Ok(if action.ends_with("activate") { "key-changed" } else { "account-changed" })
        })
        .await?;
    Ok(page::go(&frame.here().with("done", done)))
}

/// What is to become of an account of PIMS.
#[derive(Debug, Deserialize)]
pub struct PimsChange {
    program: Option<String>,
    login: String,
    /// One of [`apply`]'s.
    action: String,
}

/// `POST /_emulator/console/companions/pims`
pub async fn change_pims(plane: Data<ControlPlane>, form: Form<PimsChange>) -> Answer {
    let PimsChange { program, login, action } = form.into_inner();
    let frame = Frame::of_named(Tab::Companions, &plane, program)?;
    plane
        .change_companions(frame.program.as_deref().unwrap_or_default(), |companions| {
            apply(&action, accounts::find(companions, &login)?)
        })
        .await?;
    Ok(page::go(&frame.here().with("done", "account-changed")))
}

fn apply(action: &str, account: &mut PimsAccount) -> Result<(), Problem> {
    match action {
        "enroll" => account.device_enrolled = true,
        "remove_enrollment" => account.device_enrolled = false,
        "block_pin" => account.blocked = Blocked::PinBlocked,
        "block_account" => account.blocked = Blocked::AccountBlocked,
        "unblock" => account.blocked = Blocked::NotBlocked,
        _ => return Err(Problem::bad_request("there is no such action")),
    }
    Ok(())
}

/// Which proof.
#[derive(Debug, Deserialize)]
pub struct Proof {
    program: Option<String>,
    purpose: String,
    account: String,
    number: String,
}

/// `POST /_emulator/console/companions/proofs/forget`
pub async fn forget_proof(plane: Data<ControlPlane>, form: Form<Proof>) -> Answer {
    let Proof { program, purpose, account, number } = form.into_inner();
    let frame = Frame::of_named(Tab::Companions, &plane, program)?;
    let program = super::actions::program_id(&plane, frame.program.as_deref().unwrap_or_default())?;
    let key = key(&purpose, account, &number).ok_or(PageError::NoSuch("proof"))?;
    let done = if plane.forget_verification(program, &key).await? { "proof-forgotten" } else { "gone" };
    Ok(page::go(&frame.here().with("done", done)))
}

/// How far a proof has come.
fn state(verification: &Verification, settings: &CodeSettings, now: Timestamp) -> (&'static str, String) {
    match (&verification.code, &verification.verified_at) {
        (_, Some(at)) => ("good", format!("proved {}", words::of_time(at))),
        (None, None) => ("note", "begun, no code sent yet".to_owned()),
        (Some(code), None) => match code.check(&code.code, settings, now) {
            Ok(()) => ("note", format!("waits for the code since {}", words::of_time(&code.made_at))),
            Err(_) => ("bad", "the code is used, too old, or its tries are used up".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IssuedCode;

    #[test]
    fn a_proof_says_how_far_it_is() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let code = IssuedCode { code: "123456".into(), made_at: at(0), wrong_tries: 0, used_at: None };
        let sent = Verification { code: Some(code), verified_at: None };
        let settings = CodeSettings::default();
        for (verification, now, expected) in [
            (Verification::default(), 0, "begun"),
            (sent.clone(), 599, "waits for the code since 1970-01-01 00:00:00"),
            (sent.clone(), 600, "the code is used, too old"),
            (Verification { verified_at: Some(at(1)), ..sent }, 600, "proved 1970-01-01 00:00:01"),
        ] {
            let (_, words) = state(&verification, &settings, at(now));
            assert!(words.starts_with(expected), "{words}");
        }
    }
}
