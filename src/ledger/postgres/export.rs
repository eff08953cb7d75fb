//! A whole ledger on its way out, in chunks.

use tokio::sync::mpsc::Sender;
use tokio_postgres::Transaction;

use super::errors::PgError;
use super::states;
use crate::ledger::{ProgramId, StateChunk};

/// Sends everything, or one program, for as long as it is taken.
///
/// # Errors
/// [`PgError`].
pub async fn export(
    transaction: &Transaction<'_>,
    program: Option<ProgramId>,
    to: &Sender<StateChunk>,
) -> Result<(), PgError> {
    for id in states::programs(transaction, program).await? {
        let Some(frame) = states::read_frame(transaction, id).await? else { continue };
        if to.send(StateChunk::Program(frame.into())).await.is_err() {
            return Ok(());
        }
        let mut pages = states::Pages::new(transaction, id).await?;
        while let Some(members) = pages.next(transaction).await? {
            if to.send(StateChunk::Members(members)).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}
