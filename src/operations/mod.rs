//! What the platform does, step by step. Knows no XML, JSON or HTTP.

mod caller;
mod save_account_phone;

use std::sync::Arc;

use thiserror::Error;

use crate::clock::Clock;
use crate::domain::ReturnCode;
use crate::ledger::{Ledger, LedgerError};
use crate::outbox::Outbox;
pub use save_account_phone::{SaveAccountPhone, save_account_phone};

/// What operations work on.
#[derive(Clone)]
pub struct Platform {
    pub ledger: Arc<dyn Ledger>,
    pub clock: Clock,
    pub outbox: Outbox,
}

impl Platform {
    /// A platform on this ledger. Clock and outbox are shared with the other nodes of the ledger, if it may have some.
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        let (clock, outbox) = (Clock::new(ledger.commons()), Outbox::new(ledger.commons()));
        Self { ledger, clock, outbox }
    }
}

/// Why an operation did nothing.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum OperationError {
    /// The platform's answer to what was asked.
    #[error("refused with {}", .0.number())]
    Refused(ReturnCode),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<ReturnCode> for OperationError {
    fn from(code: ReturnCode) -> Self {
        Self::Refused(code)
    }
}
