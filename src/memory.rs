//! The memory that all connections share for what their clients send, whichever API it is for.
//!
//! A connection has an allowance of its own: [`OWN_HEAD`] for the head of a request, [`OWN_BODY`] for its body, which ordinary calls
//! don't reach. Whatever is longer is reserved here first, so longer messages can neither fill the memory nor keep the others out.

use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The head of a request up to this length needs no reservation: the buffer that actix-http has for each connection.
pub const OWN_HEAD: usize = 8 << 10;
/// A body up to this length needs no reservation: ten times that of an ordinary call.
pub const OWN_BODY: usize = 16 << 10;
/// What is shared by the connections of the process, in KiB.
const SHARED_KIB: u32 = 12 << 10;
/// How long a body waits for memory. Then it isn't the client who is too slow, and another try may do: 503 rather than 408.
const TIMEOUT: Duration = Duration::from_secs(10);

static SHARED: Semaphore = Semaphore::const_new(SHARED_KIB as usize);

/// Memory that is given back when this is dropped.
#[derive(Debug)]
pub struct Reservation {
    _permit: Option<SemaphorePermit<'static>>,
}

/// All of the shared memory is taken.
#[derive(Debug, Error)]
#[error("too many long messages are on their way")]
pub struct OutOfMemory;

/// Waits until there is memory for so many bytes, for as long as it takes. More than all of it, which only the control plane
/// takes, is all of it.
///
/// Ask for everything at once: if some waited for more while they hold some, all might wait for each other.
pub async fn reserve(bytes: usize) -> Reservation {
    let kibibytes = u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX).min(SHARED_KIB);
    Reservation { _permit: SHARED.acquire_many(kibibytes).await.ok() }
}

/// As [`reserve`], for ten seconds at most.
///
/// # Errors
/// [`OutOfMemory`].
pub async fn reserve_in_time(bytes: usize) -> Result<Reservation, OutOfMemory> {
    timeout(TIMEOUT, reserve(bytes)).await.map_err(|_| OutOfMemory)
}
