//! The streams of events that a process has open: a bounded number, which end when it stops.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

/// Each asks the ledger several times a second; with so many, that is still little.
const MOST: usize = 100;

/// All streams of a process.
pub struct Streams {
    room: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(MOST)), stopping: watch::Sender::new(false) }
    }
}

impl Streams {
    /// Makes room for one more; `None` if there is none, or the process is about to stop.
    pub fn open(&self) -> Option<Room> {
        let stopping = self.stopping.subscribe();
        if *stopping.borrow() {
            return None;
        }
        let permit = Arc::clone(&self.room).try_acquire_owned().ok()?;
        Some(Room { stopping, _permit: permit })
    }

    /// Ends all of them, since a process waits for its calls before it stops.
    pub fn close(&self) {
        self.stopping.send_replace(true);
    }
}

/// The place of one stream.
pub struct Room {
    stopping: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
}

impl Room {
    /// Waits for so long; says whether the process is about to stop, without waiting on.
    pub async fn stops_within(&mut self, time: Duration) -> bool {
        timeout(time, self.stopping.wait_for(|is_stopping| *is_stopping)).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_is_room_for_so_many_until_they_end() {
        let streams = Streams::default();
        let mut rooms: Vec<_> = (0..MOST).filter_map(|_| streams.open()).collect();
        assert_eq!(rooms.len(), MOST);
        assert!(streams.open().is_none());
        rooms.pop();
        let mut last = streams.open().expect("a place that became free");
        assert!(!last.stops_within(Duration::ZERO).await);
        streams.close();
        assert!(last.stops_within(Duration::from_secs(600)).await);
        rooms.clear();
        assert!(streams.open().is_none(), "it stops");
    }
}
