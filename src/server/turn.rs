//! Whose turn it is on a connection.

use std::cell::Cell;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::Stream;

use crate::calls::HangUp;

/// What happens on a connection. The handler and the connection share it, since actix-http tells neither of the other.
#[derive(Clone, Default)]
pub struct Turn(Rc<State>);

#[derive(Default)]
struct State {
    stage: Cell<Stage>,
    /// Whether the time that the client has for this stage isn't measured yet.
    is_new: Cell<bool>,
    /// To be woken when the answer is made, if there is something to read.
    reader: Cell<Option<Waker>>,
    hangs_up: Cell<bool>,
}

/// Where a connection is with its calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// The client may begin a call, or leave it.
    #[default]
    Idle,
    /// The client has begun a call.
    Head,
    /// The handler waits for more of the body.
    Body,
    /// The handler has what it needs for now. What the client sends meanwhile is not read: it is the next call, or more
    /// of a body than there is room for.
    Answer,
}

impl Turn {
    pub fn stage(&self) -> Stage {
        self.0.stage.get()
    }

    /// Something was read.
    pub fn hear(&self) {
        if self.stage() == Stage::Idle {
            self.enter(Stage::Head);
        }
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

    /// Breaks the connection off, in place of whatever would be written from now on.
    pub fn hang_up(&self) {
        self.0.hangs_up.set(true);
    }

    /// Whether the connection is to be broken off.
    pub fn hangs_up(&self) -> bool {
        self.0.hangs_up.get()
    }

    fn enter(&self, stage: Stage) {
        self.0.stage.set(stage);
        self.0.is_new.set(true);
        if stage != Stage::Answer
            && let Some(reader) = self.0.reader.take()
        {
            reader.wake();
        }
    }
}

/// A call is being handled, for as long as this lives.
///
/// As an argument of a handler it stands before the payload, which it watches.
pub struct Call(Option<Turn>);

impl Call {
    /// Begins a call on the connection of that turn, and watches who waits for the payload.
    pub fn begin(turn: Option<Turn>, payload: &mut Payload) -> Self {
        if let Some(turn) = &turn {
            turn.enter(Stage::Answer);
            if !matches!(payload, Payload::None) {
                let watched = Watched { payload: payload.take(), turn: turn.clone() };
                *payload = Payload::Stream { payload: Box::pin(watched) };
            }
        }
        Self(turn)
    }

    /// Ends the call with this answer, or without any if that is what the answer says.
    pub fn end<B>(self, response: HttpResponse<B>) -> HttpResponse<B> {
        self.heed(&response);
        response
    }

    /// Breaks the connection off if that is what the answer says.
    pub fn heed<B>(&self, response: &HttpResponse<B>) {
        if let Some(turn) = &self.0
            && response.extensions().contains::<HangUp>()
        {
            turn.hang_up();
        }
    }
}

impl FromRequest for Call {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self::begin(request.conn_data::<Turn>().cloned(), payload)))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(turn) = &self.0 {
            turn.enter(Stage::Idle);
        }
    }
}

/// A payload that tells whether anybody waits for it.
struct Watched {
    payload: Payload,
    turn: Turn,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.payload).poll_next(context);
        self.turn.enter(if next.is_pending() { Stage::Body } else { Stage::Answer });
        next
    }
}
