//! What the platform does, step by step. Knows no XML, JSON or HTTP.

mod add_to_loyalty_club;
mod caller;
mod delete_account_email_address;
mod delete_account_id;
mod fetch_account_address;
mod fetch_account_core;
mod fetch_account_ids;
mod member_is_in_loyalty_club;
mod number_migration;
mod parts;
pub mod pims;
mod proofs;
mod remove_to_loyalty_club;
mod save_account_address;
mod save_account_core;
mod save_account_custom_fields;
mod save_account_email;
mod save_account_id;
mod save_account_phone;
mod save_number;
mod verification;

use std::sync::Arc;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::clock::Clock;
use crate::contract::{Output, Request, Served};
use crate::domain::{Reason, ReturnCode};
use crate::ledger::{Begun, Ledger, LedgerError, SharedState};
use add_to_loyalty_club::add_to_loyalty_club;
use delete_account_email_address::delete_account_email_address;
use delete_account_id::delete_account_id;
use fetch_account_address::fetch_account_address;
use fetch_account_core::fetch_account_core;
use fetch_account_ids::fetch_account_ids;
use member_is_in_loyalty_club::member_is_in_loyalty_club;
pub use number_migration::{Migration, MigrationError, MigrationRefusal, Proof};
pub use proofs::sweep_proofs;
use remove_to_loyalty_club::remove_to_loyalty_club;
use save_account_address::save_account_address;
use save_account_core::save_account_core;
use save_account_custom_fields::save_account_custom_fields;
use save_account_email::save_account_email;
use save_account_id::save_account_id;
use save_account_phone::save_account_phone;
pub use save_number::{NumberToSave, save_number};
pub use verification::{Claim, Claimed, claim_code, send_code};

/// Does what is asked, for a call that has begun then. The code may tell of a success that is partial.
///
/// # Errors
/// Those of the operation; then nothing has changed.
pub async fn run(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Result<Answered, OperationError> {
    let until = Instant::now() + PATIENCE;
    loop {
        // Tokens, types or settings may change meanwhile, which is rare: then all is checked anew.
        let attempt = match call.operation().served {
            Served::AddToLoyaltyClub => add_to_loyalty_club(platform, begun, call).await,
            Served::RemoveToLoyaltyClub => remove_to_loyalty_club(platform, begun, call).await,
            Served::MemberIsInLoyaltyClub => member_is_in_loyalty_club(platform, begun, call).await,
            Served::FetchAccountCore => fetch_account_core(platform, begun, call).await,
            Served::SaveAccountCore => save_account_core(platform, begun, call).await,
            Served::FetchAccountAddress => fetch_account_address(platform, begun, call).await,
            Served::SaveAccountEmail => save_account_email(platform, begun, call).await,
            Served::DeleteAccountEmailAddress => delete_account_email_address(platform, begun, call).await,
            Served::SaveAccountPhone => save_account_phone(platform, begun, call).await,
            Served::SaveAccountAddress => save_account_address(platform, begun, call).await,
            Served::FetchAccountIds => fetch_account_ids(platform, begun, call).await,
            Served::SaveAccountCustomFields => save_account_custom_fields(platform, begun, call).await,
            Served::SaveAccountId => save_account_id(platform, begun, call).await,
            Served::DeleteAccountId => delete_account_id(platform, begun, call).await,
        };
        match attempt? {
            Some(answer) => return Ok(answer),
            None if Instant::now() < until => {}
            None => return Err(LedgerError::Unavailable("the program is changed again and again".into()).into()),
        }
    }
}

/// How long a call is derived anew.
const PATIENCE: Duration = Duration::from_secs(10);

/// What becomes of a call that is tried; `None` if what it was derived from has changed meanwhile. Then nothing was done.
type Attempt = Result<Option<Answered>, OperationError>;

/// What an operation answers.
#[derive(Debug)]
pub struct Answered {
    pub code: ReturnCode,
    pub output: Output,
    /// For the journal, if the code doesn't say all.
    pub why: Option<Reason>,
}

impl From<(ReturnCode, Output)> for Answered {
    fn from((code, output): (ReturnCode, Output)) -> Self {
        Self { code, output, why: None }
    }
}

/// A refusal of the platform.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: ReturnCode,
    /// For the journal: which of its causes the code has.
    pub why: Option<Reason>,
}

impl Refusal {
    /// A refusal with its cause.
    pub fn because(code: ReturnCode, why: impl Into<Reason>) -> Self {
        Self { code, why: Some(why.into()) }
    }
}

impl From<ReturnCode> for Refusal {
    fn from(code: ReturnCode) -> Self {
        Self { code, why: None }
    }
}

/// What operations work on.
#[derive(Clone)]
pub struct Platform {
    pub ledger: Arc<dyn Ledger>,
    pub clock: Clock,
    /// What nodes share beside the ledger; of it, operations need messages and sessions, and calls their nonces and counts.
    pub shared_state: Arc<dyn SharedState>,
}

impl Platform {
    /// A platform on this ledger.
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        let shared_state = ledger.shared_state();
        Self::with(ledger, shared_state)
    }

    /// A platform that shares with other nodes what this shared state has, whatever its ledger is.
    pub fn with(ledger: Arc<dyn Ledger>, shared_state: Arc<dyn SharedState>) -> Self {
        Self { ledger, clock: Clock::new(Arc::clone(&shared_state)), shared_state }
    }
}

/// Why an operation did nothing.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum OperationError {
    /// The platform's answer to what was asked.
    #[error("refused with {}", .0.code.number())]
    Refused(Refusal),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<Refusal> for OperationError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
