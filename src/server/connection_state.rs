//! Whose state it is on a connection.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::Instant;

/// What happens on a connection. The handler and the connection share it, since actix-http tells neither of the other.
#[derive(Clone, Default)]
pub struct ConnectionState(Rc<State>);

#[derive(Default)]
struct State {
    stage: Cell<Stage>,
    /// Whether the time that the client has for this stage isn't measured yet.
    is_new: Cell<bool>,
    /// When the handler began to wait for the body of the call under way.
    body_since: Cell<Option<Instant>>,
    /// Whether the body took too long.
    is_late: Cell<bool>,
    /// To be woken when the answer is made, if there is something to read.
    reader: Cell<Option<Waker>>,
    hangs_up: Cell<bool>,
    /// What was read since the last call began: a head that isn't whole yet.
    head: Cell<usize>,
    /// Whether a head took up memory that all connections share.
    had_long_head: Cell<bool>,
}

/// Where a connection is with its calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// The client may begin a call, or leave it.
    #[default]
    Idle,
    /// The client has begun a call.
    Head,
    /// The handler waits for more of the body, since then.
    Body(Instant),
    /// The handler has what it needs for now. What the client sends meanwhile is not read: it is the next call, or more
    /// of a body than there is room for.
    Work,
    /// The answer is on its way. What the client sends meanwhile is not read.
    Answer,
}

impl ConnectionState {
    pub fn stage(&self) -> Stage {
        self.0.stage.get()
    }

    /// So many bytes were read.
    pub fn on_read(&self, length: usize) {
        if self.stage() == Stage::Idle {
            self.enter(Stage::Head);
        }
        if self.stage() == Stage::Head {
            self.0.head.set(self.0.head.get() + length);
        }
    }

    /// How long the head is so far.
    pub fn head(&self) -> usize {
        self.0.head.get()
    }

    /// The stage, if it wasn't asked for since it began.
    pub fn new_stage(&self) -> Option<Stage> {
        self.0.is_new.replace(false).then(|| self.stage())
    }

    /// Begins the stage anew.
    pub fn renew(&self) {
        self.0.is_new.set(true);
    }

    /// There is something to read, but not before the stage has changed.
    pub fn let_wait(&self, reader: &Waker) {
        self.0.reader.set(Some(reader.clone()));
    }

    /// The body took too long: whoever reads it is told so, and not that the client has gone.
    pub fn give_up_body(&self) {
        self.0.is_late.set(true);
    }

    /// The head of this call is a long one.
    pub fn note_long_head(&self) {
        self.0.had_long_head.set(true);
    }

    /// Whether a head was so long that the connection ends with the call: actix-http keeps the buffer.
    pub fn had_long_head(&self) -> bool {
        self.0.had_long_head.get()
    }

    /// Breaks the connection off, in place of whatever would be written from now on.
    pub fn hang_up(&self) {
        self.0.hangs_up.set(true);
    }

    /// Whether the connection is to be broken off.
    pub fn hangs_up(&self) -> bool {
        self.0.hangs_up.get()
    }

    /// Begins a call: from now on it shows who waits for the payload.
    pub fn begin_call(&self, payload: &mut Payload) {
        self.0.body_since.set(None);
        self.0.head.set(0);
        self.enter(Stage::Work);
        if !matches!(payload, Payload::None) {
            let watched = Watched { payload: payload.take(), state: self.clone() };
            *payload = Payload::Stream { payload: Box::pin(watched) };
        }
    }

    /// Goes on to another stage.
    pub fn enter(&self, stage: Stage) {
        self.0.stage.set(stage);
        self.0.is_new.set(true);
        if !matches!(stage, Stage::Work | Stage::Answer)
            && let Some(reader) = self.0.reader.take()
        {
            reader.wake();
        }
    }

    fn wait_for_body(&self) {
        let since = self.0.body_since.get().unwrap_or_else(Instant::now);
        self.0.body_since.set(Some(since));
        self.enter(Stage::Body(since));
    }
}

/// A payload that tells whether anybody waits for it.
struct Watched {
    payload: Payload,
    state: ConnectionState,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.payload).poll_next(context);
        match &next {
            Poll::Pending => self.state.wait_for_body(),
            Poll::Ready(_) => self.state.enter(Stage::Work),
        }
        match next {
            Poll::Ready(Some(Err(_))) if self.state.0.is_late.get() => {
                Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))))
            }
            next => next,
        }
    }
}
