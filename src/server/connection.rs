//! A connection that neither waits for ever nor takes more than it can answer.

use std::future::Future;
use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::connection_state::{ConnectionState, Stage};
use super::timeouts::Timeouts;
use super::transport::Transport;
use crate::memory::{self, OWN_HEAD, Reservation};

/// A connection under actix-http, with TLS or without it. actix-http by itself limits the time for the first head only,
/// never that for a body or for writing, and reads ahead whatever comes.
///
/// Whenever the client is to send something, an deadline is set; when it rings, actix-http hears that the client hung up. While
/// an answer can't be written or is being made, nothing is read: TCP then makes the client wait, and memory stays bounded. It
/// also keeps actix-http's read buffer from filling up, in which case its dispatcher would wake itself without end.
pub struct Connection {
    transport: Transport,
    state: ConnectionState,
    timeouts: Timeouts,
    deadline: Pin<Box<Sleep>>,
    /// Set when the service is asked to stop.
    stopping: Arc<AtomicBool>,
    /// The time that the client has left since then.
    last_bytes: Option<Pin<Box<Sleep>>>,
    /// Memory for a long head, or the wait for it.
    long_head: LongHead,
    /// An answer waits for the client to read.
    is_blocked: bool,
    /// Bytes that were read in this round.
    burst: usize,
}

/// What is read in one round, which ends when everything that can be answered is. An ordinary call needs one round; a
/// longer one takes a little longer. Of the shortest requests that can be pipelined, actix-http makes 300 times as much
/// memory.
const MAX_BURST: usize = 2 << 10;
/// The longest head that actix-http reads; beyond it is 431.
const MAX_HEAD: usize = 128 << 10;

/// Whether there is memory for more of a head than the connection's own.
enum LongHead {
    Unneeded,
    Waiting(Pin<Box<dyn Future<Output = Reservation>>>),
    /// Until the connection ends, which it does after this call.
    Reserved {
        _memory: Reservation,
    },
}

impl Connection {
    /// A connection that was just made. `stopping` is set before the connections are told that the service stops.
    pub fn new(transport: Transport, timeouts: Timeouts, stopping: Arc<AtomicBool>) -> Self {
        let state = ConnectionState::default();
        state.renew();
        let deadline = Box::pin(sleep(timeouts.idle));
        let (last_bytes, long_head) = (None, LongHead::Unneeded);
        Self { transport, state, timeouts, deadline, stopping, last_bytes, long_head, is_blocked: false, burst: 0 }
    }

    pub fn state(&self) -> &ConnectionState {
        &self.state
    }

    fn set_alarm(&mut self, at: Instant) {
        self.deadline.as_mut().reset(at);
    }

    fn rings(&mut self, context: &mut Context<'_>) -> bool {
        self.deadline.as_mut().poll(context).is_ready()
    }

    /// Keeps the time for an answer that waits for the client to read. `sent` is what had been sent before the attempt.
    fn watch(&mut self, sent: u64, is_pending: bool, context: &mut Context<'_>) -> io::Result<()> {
        let has_just_stopped = is_pending && !self.is_blocked;
        let goes_on = self.is_blocked && self.transport.sent() != sent;
        if has_just_stopped || goes_on {
            self.is_blocked = true;
            self.set_alarm(Instant::now() + self.timeouts.answer);
        }
        match is_pending && (self.rings(context) || self.had_last_bytes(context)) {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }

    /// Whether the service has been asked to stop, and has waited for the client since.
    fn had_last_bytes(&mut self, context: &mut Context<'_>) -> bool {
        if !self.stopping.load(Ordering::Relaxed) {
            return false;
        }
        let time = self.timeouts.last_bytes;
        self.last_bytes.get_or_insert_with(|| Box::pin(sleep(time))).as_mut().poll(context).is_ready()
    }

    /// Whether the client is to be waited for no longer.
    fn is_too_late(&mut self, stage: Stage, context: &mut Context<'_>) -> bool {
        match stage {
            Stage::Idle | Stage::Head => self.rings(context),
            Stage::Body(_) => self.rings(context) || self.had_last_bytes(context),
            Stage::Work | Stage::Answer => false,
        }
    }

    /// Whether there is memory for what comes next; else the task is woken once there is.
    fn has_memory(&mut self, stage: Stage, context: &mut Context<'_>) -> bool {
        let is_long = matches!(stage, Stage::Idle | Stage::Head) && self.state.head() >= OWN_HEAD;
        if is_long && matches!(self.long_head, LongHead::Unneeded) {
            self.long_head = LongHead::Waiting(Box::pin(memory::reserve(MAX_HEAD)));
            self.state.note_long_head();
        }
        let LongHead::Waiting(reservation) = &mut self.long_head else { return true };
        let Poll::Ready(memory) = reservation.as_mut().poll(context) else { return false };
        self.long_head = LongHead::Reserved { _memory: memory };
        true
    }

    /// Ends a streamed answer, once the service is asked to stop. Any other answer has left when this is asked.
    fn check_stream(&mut self, new_stage: Option<Stage>, context: &mut Context<'_>) -> io::Result<()> {
        if new_stage == Some(Stage::Answer) {
            self.last_bytes = None;
        }
        match self.state.stage() == Stage::Answer && self.had_last_bytes(context) {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }

    /// Breaks the connection off, if a handler has asked for it. With a reset: an orderly end would look like that of an
    /// idle connection, after which many clients try again without a word.
    fn check_abort(&self) -> io::Result<()> {
        if !self.state.hangs_up() {
            return Ok(());
        }
        self.transport.reset_at_end();
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_abort()?;
        if self.is_blocked {
            return Poll::Pending;
        }
        let stage = self.state.stage();
        if matches!(stage, Stage::Work | Stage::Answer) {
            if self.transport.poll_read_ready(context).is_ready() {
                self.state.let_wait(context.waker());
            }
            return Poll::Pending;
        }
        if self.burst == MAX_BURST {
            context.waker().wake_by_ref();
        } else if self.has_memory(stage, context) {
            let mut bytes = [MaybeUninit::uninit(); MAX_BURST];
            let room = buffer.remaining().min(MAX_BURST - self.burst);
            let mut part = ReadBuf::uninit(&mut bytes[..room]);
            if let Poll::Ready(read) = Pin::new(&mut self.transport).poll_read(context, &mut part) {
                read?;
                self.burst += part.filled().len();
                buffer.put_slice(part.filled());
                self.state.on_read(part.filled().len());
                return Poll::Ready(Ok(()));
            }
        }
        if self.is_too_late(stage, context) {
            // As if the client had hung up; but who reads a body is told why there is no more.
            self.state.give_up_body();
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_abort()?;
        let sent = self.transport.sent();
        let written = Pin::new(&mut self.transport).poll_write(context, bytes);
        self.watch(sent, written.is_pending(), context)?;
        written
    }

    /// Called when everything is written, and at least once whenever the connection was looked at.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_abort()?;
        let sent = self.transport.sent();
        let flushed = Pin::new(&mut self.transport).poll_flush(context)?;
        self.watch(sent, flushed.is_pending(), context)?;
        // TLS has written only what has left.
        ready!(flushed);
        self.burst = 0;
        if mem::take(&mut self.is_blocked) {
            self.state.renew();
            // To read on.
            context.waker().wake_by_ref();
        }
        let new_stage = self.state.new_stage();
        let deadline = match new_stage {
            Some(Stage::Idle) => Some(Instant::now() + self.timeouts.idle),
            Some(Stage::Head) => Some(Instant::now() + self.timeouts.head),
            Some(Stage::Body(since)) => Some(since + self.timeouts.body),
            Some(Stage::Work | Stage::Answer) | None => None,
        };
        if let Some(deadline) = deadline {
            self.set_alarm(deadline);
            if self.rings(context) {
                context.waker().wake_by_ref();
            }
        }
        self.check_stream(new_stage, context)?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = self.transport.sent();
        let ended = Pin::new(&mut self.transport).poll_shutdown(context);
        self.watch(sent, ended.is_pending(), context)?;
        ended
    }
}
