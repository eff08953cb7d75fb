//! Lines on their way to somebody who may not read them.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Room for this many bytes is kept when everything is written.
const KEPT: usize = 64 << 10;

/// A queue that is never waited for: what doesn't fit is counted and left out.
#[derive(Debug)]
pub struct LineQueue {
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
    dropped: AtomicU64,
}

#[derive(Debug)]
struct State {
    waiting: Vec<u8>,
    is_closed: bool,
    is_written: bool,
}

impl LineQueue {
    /// A queue of so many bytes; as many may be with the writer.
    pub const fn new(most: usize) -> Self {
        let state = State { waiting: Vec::new(), is_closed: false, is_written: false };
        Self { most, state: Mutex::new(state), changed: Condvar::new(), dropped: AtomicU64::new(0) }
    }

    /// How many lines were left out.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Adds a line, if there is room.
    pub fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.waiting.len() + line.len() > self.most {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.waiting.extend_from_slice(line);
        drop(state);
        self.changed.notify_all();
    }

    /// Writes the lines until the queue is closed. Once it has caught up, `tell` is told how many were left out, if that has grown; it
    /// may add a line itself.
    pub fn write_to(&self, mut out: impl Write, tell: impl Fn(u64)) {
        let mut told = 0;
        let mut lines = Vec::new();
        while self.take(&mut lines) {
            // There is nobody who could be told that it fails.
            let _ = out.write_all(&lines).and_then(|()| out.flush());
            lines.clear();
            lines.shrink_to(KEPT);
            let dropped = self.dropped();
            if dropped > told {
                told = dropped;
                tell(dropped);
            }
        }
    }

    /// Waits until all lines are written, or as long as told.
    pub fn close(&self, patience: Duration) {
        let mut state = self.lock();
        state.is_closed = true;
        self.changed.notify_all();
        drop(self.changed.wait_timeout_while(state, patience, |state| !state.is_written));
    }

    /// Waits for lines; false once there are none any more.
    fn take(&self, lines: &mut Vec<u8>) -> bool {
        let state = self.lock();
        let is_idle = |state: &mut State| state.waiting.is_empty() && !state.is_closed;
        let mut state = self.changed.wait_while(state, is_idle).unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut state.waiting, lines);
        state.is_written = lines.is_empty();
        self.changed.notify_all();
        !lines.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    use super::*;

    /// A reader that reads only when it is told so, and tells when it is asked to.
    struct SlowReader {
        asked: Sender<Vec<u8>>,
        goes_on: Receiver<()>,
    }

    impl Write for SlowReader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // The test may have ended.
            let _ = self.asked.send(bytes.to_vec());
            let _ = self.goes_on.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_nobody_reads_is_left_out_counted_and_told_later() {
        let queue = LineQueue::new(10);
        let (asked, asks) = channel();
        let (go_on, goes_on) = channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                queue.write_to(SlowReader { asked, goes_on }, |total| queue.push(total.to_string().as_bytes()));
            });
            queue.push(b"first\n");
            assert_eq!(asks.recv().expect("a write"), b"first\n");
            // The writer hangs; nobody who logs does.
            for line in [&b"second\n"[..], b"third\n", b"too\n"] {
                queue.push(line);
            }
            assert_eq!(queue.dropped(), 2);
            // There is an end, whether anybody reads or not.
            queue.close(Duration::ZERO);
            go_on.send(()).expect("a writer");
            assert_eq!(asks.recv().expect("a write"), b"second\n2");
            drop(go_on);
        });
        assert!(queue.lock().is_written);
        queue.close(Duration::MAX);
    }

    #[test]
    fn the_end_waits_for_the_last_line() {
        let queue = LineQueue::new(100);
        let mut written = Vec::new();
        thread::scope(|scope| {
            queue.push(b"first\n");
            scope.spawn(|| queue.write_to(&mut written, |_| {}));
            queue.push(b"last\n");
            queue.close(Duration::MAX);
        });
        assert_eq!(String::from_utf8_lossy(&written), "first\nlast\n");
    }
}
