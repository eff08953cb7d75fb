//! One direction of a line, which may take its time.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Writes what it is given, in order, each chunk as late as it is told. Later chunks don't wait for the delays of earlier ones,
/// as on a long line.
pub struct Pipe(SyncSender<(Instant, Vec<u8>)>);

impl Pipe {
    /// A pipe to one end. Once it is dropped, and everything is written, the line ends.
    pub fn to(mut end: TcpStream) -> Self {
        let (chunks, written) = sync_channel::<(Instant, Vec<u8>)>(1 << 16);
        thread::spawn(move || {
            for (due, bytes) in written {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                if end.write_all(&bytes).is_err() {
                    break;
                }
            }
            let _ = end.shutdown(Shutdown::Both);
        });
        Self(chunks)
    }

    /// Fails once nobody is at the other end.
    pub fn send(&self, delay: Duration, bytes: Vec<u8>) -> Option<()> {
        self.0.send((Instant::now() + delay, bytes)).ok()
    }
}
