//! The bytes of a request, up to the limits of the site.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;
use thiserror::Error;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::reading_room::LONG;

/// The largest body that is read as a message: 4,096 KiB, ASP.NET's default.
const MAX_LENGTH: usize = 4096 << 10;
/// The largest body that is taken off the wire at all, so that its sender can read the answer: the default of IIS.
pub const MAX_UPLOAD: u64 = 30_000_000;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of that it may wait for room. Then it isn't the client who is too slow, and another try may do: 503 rather
/// than 408.
const ROOM_PATIENCE: Duration = Duration::from_secs(10);
/// The room of the process for all long bodies together, in KiB. Others needn't ask for it.
static ROOM: Semaphore = Semaphore::const_new(12 << 10);

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
    #[error("there was no room for the body in time")]
    NoRoom,
    #[error(transparent)]
    Broken(#[from] PayloadError),
}

/// Reads a body. One that came in one piece, as nearly all do, is not copied.
///
/// # Errors
/// [`BodyError`] if it doesn't come, or doesn't come in time.
pub async fn read(headers: &HeaderMap, payload: Payload) -> Result<Body, BodyError> {
    timeout(PATIENCE, read_all(payload, length(headers))).await.unwrap_or(Err(BodyError::TooSlow))
}

/// The length that the head tells; a chunked body may become as long as any.
fn length(headers: &HeaderMap) -> usize {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.trim().parse().ok());
    length.unwrap_or(MAX_LENGTH)
}

async fn read_all(mut payload: Payload, length: usize) -> Result<Body, BodyError> {
    if length > MAX_LENGTH {
        return drain(payload, 0).await;
    }
    let Some(first) = payload.next().await.transpose()? else { return Ok(Body::Whole(Bytes::new())) };
    let Some(mut piece) = payload.next().await.transpose()? else { return Ok(Body::Whole(first)) };
    let mut kept = Kept { bytes: first.into(), room: None };
    loop {
        let so_far = kept.bytes.len() + piece.len();
        if so_far > MAX_LENGTH {
            drop(kept);
            return drain(payload, so_far).await;
        }
        if so_far > LONG && kept.room.is_none() {
            // For all of it at once: if bodies waited for more while they hold some, all might wait for each other.
            kept.make_room(length).await?;
        }
        kept.bytes.extend_from_slice(&piece);
        match payload.next().await.transpose()? {
            Some(next) => piece = next,
            None => return Ok(Body::Whole(Bytes::from_owner(kept))),
        }
    }
}

/// Reads the rest of a body that is too long.
async fn drain(mut payload: Payload, so_far: usize) -> Result<Body, BodyError> {
    let mut length = so_far as u64;
    while length <= MAX_UPLOAD
        && let Some(piece) = payload.next().await.transpose()?
    {
        length += piece.len() as u64;
    }
    Ok(Body::TooLong)
}

/// Bytes, and the room that they take up until they are dropped.
struct Kept {
    bytes: Vec<u8>,
    room: Option<SemaphorePermit<'static>>,
}

impl Kept {
    /// Waits until there is room for a body of so many bytes.
    async fn make_room(&mut self, length: usize) -> Result<(), BodyError> {
        let kibibytes = u32::try_from(length.div_ceil(1 << 10)).unwrap_or(u32::MAX);
        let room = timeout(ROOM_PATIENCE, ROOM.acquire_many(kibibytes)).await;
        self.room = room.map_err(|_| BodyError::NoRoom)?.ok();
        self.bytes.reserve_exact(length.saturating_sub(self.bytes.len()));
        Ok(())
    }
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
