//! Changes of one row that somebody knows by what it was: made once, and only if nobody else was first.

use tokio_postgres::Client;

use super::errors::PgError;
use super::node::{Node, Retry};
use crate::ledger::LedgerError;

/// Such a change.
pub trait CompareAndSet: Sync {
    /// Makes it if the row still is what it was; says whether it did. With `is_uncertain`, an earlier try may have made it
    /// without anybody hearing of it: then it did so, too.
    ///
    /// # Errors
    /// [`PgError`].
    fn attempt(&self, client: &mut Client, is_uncertain: bool) -> impl Future<Output = Result<bool, PgError>> + Send;
}

impl Node {
    /// Makes a change once, however often it has to be tried; says whether it did.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing was changed, or nobody can tell.
    pub async fn compare_and_set(&self, change: &impl CompareAndSet) -> Result<bool, LedgerError> {
        let mut retry = Retry::patient();
        let warnings = self.connector.warnings();
        let mut is_uncertain = false;
        let is_made = loop {
            let error = match self.client().await {
                Ok(mut client) => match change.attempt(&mut client, is_uncertain).await {
                    Ok(is_made) => break is_made,
                    Err(error) => {
                        is_uncertain |= matches!(error, PgError::Lost(_));
                        error
                    }
                },
                Err(error) => error,
            };
            retry.again(error).await?;
        };
        self.confirm(warnings)?;
        Ok(is_made)
    }
}
