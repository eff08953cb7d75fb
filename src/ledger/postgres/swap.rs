//! Changes of one row that somebody knows by what it was: made once, and only if nobody else was first.

use tokio_postgres::Client;

use super::errors::Trouble;
use super::node::{Node, Tries};
use crate::ledger::LedgerError;

/// Such a change.
pub trait Swap: Sync {
    /// Makes it if the row still is what it was; says whether it did. With `is_in_doubt`, an earlier try may have made it
    /// without anybody hearing of it: then it did so, too.
    ///
    /// # Errors
    /// [`Trouble`].
    fn attempt(&self, client: &mut Client, is_in_doubt: bool) -> impl Future<Output = Result<bool, Trouble>> + Send;
}

impl Node {
    /// Makes a change once, however often it has to be tried; says whether it did.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing was changed, or nobody can tell.
    pub async fn swap(&self, swap: &impl Swap) -> Result<bool, LedgerError> {
        let mut tries = Tries::patient();
        let warnings = self.connector.warnings();
        let mut is_in_doubt = false;
        let is_made = loop {
            let trouble = match self.client().await {
                Ok(mut client) => match swap.attempt(&mut client, is_in_doubt).await {
                    Ok(is_made) => break is_made,
                    Err(trouble) => {
                        is_in_doubt |= matches!(trouble, Trouble::Lost(_));
                        trouble
                    }
                },
                Err(trouble) => trouble,
            };
            tries.again(trouble).await?;
        };
        self.confirm(warnings)?;
        Ok(is_made)
    }
}
