//! The bytes of a request, up to a limit. How long they may take is the [connection's](crate::server) business.

use std::io;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web::Bytes;
use futures_util::StreamExt;
use thiserror::Error;

use crate::memory::{OWN_BODY, OutOfMemory, Reservation, reserve_in_time};

/// Why a body isn't there.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum BodyError {
    #[error("the body took too long to arrive")]
    TooSlow,
    #[error("the body is too long")]
    TooLong,
    #[error("too many long messages are on their way; try again")]
    NoMemory,
    #[error("the body ended before its end")]
    Broken,
}

impl From<PayloadError> for BodyError {
    fn from(error: PayloadError) -> Self {
        match error {
            PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => Self::TooSlow,
            _ => Self::Broken,
        }
    }
}

impl From<OutOfMemory> for BodyError {
    fn from(_: OutOfMemory) -> Self {
        Self::NoMemory
    }
}

/// Reads a body of at most so many bytes. One that came in one chunk, as nearly all do, is not copied.
///
/// # Errors
/// [`BodyError`] if it doesn't come, doesn't come in time, or is longer; then what remains of it is still in the payload.
pub async fn receive(headers: &HeaderMap, payload: &mut Payload, longest: usize) -> Result<Bytes, BodyError> {
    let length = declared_length(headers).unwrap_or(longest);
    if length > longest {
        return Err(BodyError::TooLong);
    }
    let Some(first) = payload.next().await.transpose()? else { return Ok(Bytes::new()) };
    let Some(mut chunk) = payload.next().await.transpose()? else { return whole(first, longest) };
    let mut kept = Kept { bytes: first.into(), reservation: None };
    loop {
        let so_far = kept.bytes.len() + chunk.len();
        if so_far > longest {
            return Err(BodyError::TooLong);
        }
        if so_far > OWN_BODY && kept.reservation.is_none() {
            kept.reserve(length).await?;
        }
        kept.bytes.extend_from_slice(&chunk);
        match payload.next().await.transpose()? {
            Some(next) => chunk = next,
            None => return Ok(Bytes::from_owner(kept)),
        }
    }
}

/// The length that the head tells; a chunked body has none.
fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

fn whole(body: Bytes, longest: usize) -> Result<Bytes, BodyError> {
    if body.len() > longest { Err(BodyError::TooLong) } else { Ok(body) }
}

/// Bytes, and the memory that is reserved for them until they are dropped.
struct Kept {
    bytes: Vec<u8>,
    reservation: Option<Reservation>,
}

impl Kept {
    /// Waits until there is memory for a body of so many bytes.
    async fn reserve(&mut self, length: usize) -> Result<(), OutOfMemory> {
        self.reservation = Some(reserve_in_time(length).await?);
        self.bytes.reserve_exact(length.saturating_sub(self.bytes.len()));
        Ok(())
    }
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
