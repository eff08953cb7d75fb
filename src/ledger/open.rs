//! Opens a ledger, whichever store it is in.

use std::sync::Arc;

use super::{Ledger, LedgerUrl, OpenError, PostgresLedger, Queue, SqliteLedger};

/// Opens the ledger at `url`, makes it if it isn't there, and brings its schema up to date.
///
/// # Errors
/// [`OpenError`] if it can't be read or written.
pub fn open(url: &LedgerUrl) -> Result<Arc<dyn Ledger>, OpenError> {
    match url {
        LedgerUrl::Sqlite(_) | LedgerUrl::Memory => Ok(Arc::new(SqliteLedger::open(url, Queue::default())?)),
        LedgerUrl::Postgres(url) => Ok(Arc::new(PostgresLedger::open(url, Queue::shared())?)),
    }
}
