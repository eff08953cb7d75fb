//! How long the server waits.

use std::time::Duration;

/// How long a client may keep its connection waiting, before it is closed. All of it is our choice.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the head of a request, from its first byte on.
    pub head: Duration,
    /// For the whole body, from the moment in which the server begins to wait for it.
    pub body: Duration,
    /// For the next request.
    pub idle: Duration,
    /// For any progress of an answer that the client doesn't read.
    pub answer: Duration,
    /// For clients to send the rest of a body, or to read their answers, once the service is asked to stop.
    pub last_bytes: Duration,
    /// For calls in flight to end, once the service is asked to stop; whole seconds. With none, they are cut off.
    pub last_calls: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            answer: Duration::from_secs(30),
            last_bytes: Duration::from_secs(2),
            // A call waits up to ten seconds for an absent database.
            last_calls: Duration::from_secs(13),
        }
    }
}
