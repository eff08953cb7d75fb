//! A connection that neither waits for ever nor takes more than it can answer.

use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::patience::Patience;
use super::turn::{Stage, Turn};
use super::wire::Wire;

/// A connection under actix-http, with TLS or without it. actix-http by itself limits the time for the first head only,
/// never that for writing, and reads ahead whatever comes.
///
/// Between calls an alarm is always set; when it rings, actix-http hears that the client hung up. While an answer can't
/// be written or is being made, nothing is read: TCP then makes the client wait, and memory stays bounded. It also keeps
/// actix-http's read buffer from filling up, in which case its dispatcher would wake itself without end.
pub struct Connection {
    wire: Wire,
    turn: Turn,
    patience: Patience,
    alarm: Pin<Box<Sleep>>,
    /// An answer waits for the client to read.
    is_blocked: bool,
    /// Bytes that were read in this round.
    burst: usize,
}

/// What is read in one round, which ends when everything that can be answered is. An ordinary call needs one round; a
/// longer one takes a little longer. Of the shortest requests that can be pipelined, actix-http makes 300 times as much
/// memory.
const MAX_BURST: usize = 2 << 10;

impl Connection {
    pub fn new(wire: Wire, patience: Patience) -> Self {
        let turn = Turn::default();
        turn.renew();
        let alarm = Box::pin(sleep(patience.idle));
        Self { wire, turn, patience, alarm, is_blocked: false, burst: 0 }
    }

    pub fn turn(&self) -> &Turn {
        &self.turn
    }

    fn set_alarm(&mut self, patience: Duration) {
        self.alarm.as_mut().reset(Instant::now() + patience);
    }

    fn rings(&mut self, context: &mut Context<'_>) -> bool {
        self.alarm.as_mut().poll(context).is_ready()
    }

    /// Keeps the time for an answer that waits for the client to read. `sent` is what had been sent before the attempt.
    fn watch(&mut self, sent: u64, is_pending: bool, context: &mut Context<'_>) -> io::Result<()> {
        let has_just_stopped = is_pending && !self.is_blocked;
        let goes_on = self.is_blocked && self.wire.sent() != sent;
        if has_just_stopped || goes_on {
            self.is_blocked = true;
            let patience = self.patience.answer;
            self.set_alarm(patience);
        }
        match is_pending && self.rings(context) {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }

    /// Breaks the connection off, if a handler has asked for it. With a reset: an orderly end would look like that of an
    /// idle connection, after which many clients try again without a word.
    fn obey(&self) -> io::Result<()> {
        if !self.turn.hangs_up() {
            return Ok(());
        }
        self.wire.reset_at_end();
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.obey()?;
        if self.is_blocked {
            return Poll::Pending;
        }
        let stage = self.turn.stage();
        if stage == Stage::Answer {
            if self.wire.poll_read_ready(context).is_ready() {
                self.turn.let_wait(context.waker());
            }
            return Poll::Pending;
        }
        if self.burst == MAX_BURST {
            context.waker().wake_by_ref();
        } else {
            let mut bytes = [MaybeUninit::uninit(); MAX_BURST];
            let room = buffer.remaining().min(MAX_BURST - self.burst);
            let mut part = ReadBuf::uninit(&mut bytes[..room]);
            if let Poll::Ready(read) = Pin::new(&mut self.wire).poll_read(context, &mut part) {
                read?;
                self.burst += part.filled().len();
                buffer.put_slice(part.filled());
                self.turn.hear();
                return Poll::Ready(Ok(()));
            }
        }
        if matches!(stage, Stage::Idle | Stage::Head) && self.rings(context) {
            // As if the client had hung up.
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.obey()?;
        let sent = self.wire.sent();
        let written = Pin::new(&mut self.wire).poll_write(context, bytes);
        self.watch(sent, written.is_pending(), context)?;
        written
    }

    /// Called when everything is written, and at least once whenever the connection was looked at.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.obey()?;
        let sent = self.wire.sent();
        let flushed = Pin::new(&mut self.wire).poll_flush(context)?;
        self.watch(sent, flushed.is_pending(), context)?;
        // TLS has written only what has left.
        ready!(flushed);
        self.burst = 0;
        if mem::take(&mut self.is_blocked) {
            self.turn.renew();
            // To read on.
            context.waker().wake_by_ref();
        }
        let patience = match self.turn.new_stage() {
            Some(Stage::Idle) => Some(self.patience.idle),
            Some(Stage::Head) => Some(self.patience.head),
            Some(Stage::Body | Stage::Answer) | None => None,
        };
        if let Some(patience) = patience {
            self.set_alarm(patience);
            if self.rings(context) {
                context.waker().wake_by_ref();
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = self.wire.sent();
        let ended = Pin::new(&mut self.wire).poll_shutdown(context);
        self.watch(sent, ended.is_pending(), context)?;
        ended
    }
}
