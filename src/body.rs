//! The bytes of a request, up to a limit in length and time.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;
use thiserror::Error;
use tokio::time::timeout;

/// Why a body isn't there.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum BodyError {
    #[error("the body took too long to arrive")]
    TooSlow,
    #[error("the body is too long")]
    TooLong,
    #[error("the body ended before its end")]
    Broken,
}

/// Reads a body of at most so many bytes. One that came in one piece is not copied.
///
/// # Errors
/// [`BodyError`] if it doesn't come, doesn't come in time, or goes on.
pub async fn receive(payload: &mut Payload, longest: usize, patience: Duration) -> Result<Bytes, BodyError> {
    timeout(patience, receive_all(payload, longest)).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn receive_all(payload: &mut Payload, longest: usize) -> Result<Bytes, BodyError> {
    let mut whole: Option<Bytes> = None;
    let mut pieces = BytesMut::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| BodyError::Broken)?;
        if whole.as_ref().map_or(pieces.len(), Bytes::len) + piece.len() > longest {
            return Err(BodyError::TooLong);
        }
        match whole.take() {
            None if pieces.is_empty() => whole = Some(piece),
            first => {
                pieces.extend_from_slice(&first.unwrap_or_default());
                pieces.extend_from_slice(&piece);
            }
        }
    }
    Ok(whole.unwrap_or_else(|| pieces.freeze()))
}
