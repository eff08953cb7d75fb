//! The bytes of a request, up to the limits of the site.

use actix_web::error::PayloadError;
use actix_web::http::header::HeaderMap;
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;

use crate::body::{BodyError, receive};

/// The largest body that is read as a message: 4,096 KiB, ASP.NET's default.
const MAX_LENGTH: usize = 4096 << 10;
/// The largest body that is taken off the wire at all, so that its sender can read the answer: the default of IIS.
pub const MAX_UPLOAD: u64 = 30_000_000;

/// A body that has arrived.
#[derive(Debug)]
pub enum Body {
    Whole(Bytes),
    /// It went on beyond the limit, and is gone.
    TooLong,
}

/// Reads a body.
///
/// # Errors
/// [`BodyError`] if it doesn't come, or doesn't come in time; never for its length.
pub async fn read(headers: &HeaderMap, payload: Payload) -> Result<Body, BodyError> {
    let mut payload = payload.into_inner();
    match receive(headers, &mut payload, MAX_LENGTH).await {
        Ok(bytes) => Ok(Body::Whole(bytes)),
        Err(BodyError::TooLong) => Ok(drain(payload).await?),
        Err(error) => Err(error),
    }
}

/// Reads the rest of a body that is too long.
async fn drain(mut payload: actix_web::dev::Payload) -> Result<Body, PayloadError> {
    let mut length = 0;
    while length <= MAX_UPLOAD
        && let Some(piece) = payload.next().await.transpose()?
    {
        length += piece.len() as u64;
    }
    Ok(Body::TooLong)
}
