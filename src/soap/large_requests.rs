//! Where long messages are read: on a thread of their own, one after the other.
//!
//! A hostile message of four MiB takes half a second to read, and many times its own memory. On a thread that serves, all
//! others would wait for it; and several at once would take that memory several times.

use std::sync::LazyLock;

use thiserror::Error;
use tokio::runtime::{Builder, Runtime};

use crate::memory::OWN_BODY;

/// Longer messages are read here; an ordinary call has a tenth of it, and is read where it arrived.
pub const LONG: usize = OWN_BODY;

/// There is no reader: the operating system gave no thread, or the one that read is gone.
#[derive(Debug, Error)]
#[error("nobody reads long messages")]
pub struct NoReader;

/// Nothing runs here but what may block, and that on the only thread that may.
static READER: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    let reader = Builder::new_current_thread().max_blocking_threads(1).thread_name("long messages").build();
    reader.inspect_err(|error| tracing::error!(%error, "long messages can't be read")).ok()
});

/// Does what `read` does, when all that came before is done.
///
/// # Errors
/// [`NoReader`].
pub async fn read<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Result<T, NoReader> {
    READER.as_ref().ok_or(NoReader)?.spawn_blocking(read).await.map_err(|_| NoReader)
}
