//! The bytes of a request, up to the limits of the site.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt;
use thiserror::Error;

/// The largest body that is read as a message: 4,096 KiB, ASP.NET's default.
const MAX_LENGTH: usize = 4096 << 10;
/// The largest body that is taken off the wire at all, so that its sender can read the answer: the default of IIS.
const MAX_DRAINED: usize = 30_000_000;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body that has arrived.
#[derive(Debug)]
pub enum Body {
    Whole(Bytes),
    /// It went on beyond the limit, and is gone.
    TooLong,
}

/// A body that has not arrived.
#[derive(Debug, Error)]
pub enum BodyError {
    #[error("the body took too long")]
    TooSlow,
    #[error(transparent)]
    Broken(#[from] PayloadError),
}

/// Reads a body. One that came in one piece, as nearly all do, is not copied.
///
/// # Errors
/// [`BodyError`] if it doesn't come, or doesn't come in time.
pub async fn read(mut payload: Payload) -> Result<Body, BodyError> {
    let reading = async {
        let Some(first) = payload.next().await.transpose()? else { return Ok(Body::Whole(Bytes::new())) };
        let Some(second) = payload.next().await.transpose()? else {
            return Ok(if first.len() > MAX_LENGTH { Body::TooLong } else { Body::Whole(first) });
        };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        let mut length = all.len();
        while let Some(piece) = payload.next().await.transpose()? {
            length += piece.len();
            if length <= MAX_LENGTH {
                all.extend_from_slice(&piece);
            } else if length > MAX_DRAINED {
                break;
            }
        }
        Ok(if length > MAX_LENGTH { Body::TooLong } else { Body::Whole(all.freeze()) })
    };
    match actix_web::rt::time::timeout(PATIENCE, reading).await {
        Ok(body) => body,
        Err(_) => Err(BodyError::TooSlow),
    }
}
