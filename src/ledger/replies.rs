//! Brings the outcomes of a batch of writes and reads back to those who wait.
//!
//! Waking a sleeping runtime costs a system call and a switch of threads, so the writer sends all outcomes for one server thread in
//! a single message, and a task there, the dispatcher, hands them out.

use std::cell::RefCell;

use tokio::sync::{mpsc, oneshot};

use super::{LedgerError, Written};

/// What a write came to.
pub type Outcome = Result<Written, LedgerError>;

/// What somebody waits for, and the way to them.
enum Reply {
    Written(oneshot::Sender<Outcome>, Outcome),
    /// What was read has a type of its own.
    Read(Box<dyn FnOnce() + Send>),
}

/// The way to the dispatcher of a server thread.
type Dispatcher = mpsc::UnboundedSender<Vec<Reply>>;

/// Where the outcome of one write goes.
pub struct ReplyTo {
    receiver: oneshot::Sender<Outcome>,
    dispatcher: Dispatcher,
}

/// Where what is read goes.
pub struct ReadTo<T> {
    receiver: oneshot::Sender<T>,
    dispatcher: Dispatcher,
}

/// A reply that is ready to be sent.
pub struct ReadyReply(Dispatcher, Reply);

impl ReplyTo {
    pub fn with(self, outcome: Outcome) -> ReadyReply {
        ReadyReply(self.dispatcher, Reply::Written(self.receiver, outcome))
    }
}

impl<T: Send + 'static> ReadTo<T> {
    pub fn with(self, found: T) -> ReadyReply {
        let receiver = self.receiver;
        // A caller that has gone doesn't wait for it.
        ReadyReply(self.dispatcher, Reply::Read(Box::new(move || drop(receiver.send(found)))))
    }
}

thread_local! {
    /// The dispatcher of the runtime that runs on this thread.
    static DISPATCHER: RefCell<Option<Dispatcher>> = const { RefCell::new(None) };
}

/// A place for a reply on this thread, and the way to wait for it. To be called inside a runtime.
pub fn expect_reply() -> (ReplyTo, oneshot::Receiver<Outcome>) {
    let (receiver, outcome) = oneshot::channel();
    (ReplyTo { receiver, dispatcher: dispatcher() }, outcome)
}

/// The same for what is read.
pub fn expect_read<T>() -> (ReadTo<T>, oneshot::Receiver<T>) {
    let (receiver, found) = oneshot::channel();
    (ReadTo { receiver, dispatcher: dispatcher() }, found)
}

fn dispatcher() -> Dispatcher {
    DISPATCHER.with_borrow_mut(|dispatcher| match dispatcher {
        // The runtime that had the thread before may have gone, and its dispatcher with it.
        Some(open) if !open.is_closed() => open.clone(),
        _ => dispatcher.insert(start_dispatcher()).clone(),
    })
}

fn start_dispatcher() -> Dispatcher {
    let (dispatcher, mut batches) = mpsc::unbounded_channel::<Vec<Reply>>();
    tokio::spawn(async move {
        while let Some(batch) = batches.recv().await {
            for reply in batch {
                match reply {
                    // A caller that has gone doesn't wait for it.
                    Reply::Written(receiver, outcome) => drop(receiver.send(outcome)),
                    Reply::Read(hand_out) => hand_out(),
                }
            }
        }
    });
    dispatcher
}

/// Sends all replies, those for one runtime together.
pub fn send(replies: impl Iterator<Item = ReadyReply>) {
    let mut batches: Vec<(Dispatcher, Vec<Reply>)> = Vec::with_capacity(4);
    for ReadyReply(dispatcher, reply) in replies {
        let known = batches.iter_mut().find(|(known, _)| known.same_channel(&dispatcher));
        match known {
            Some((_, batch)) => batch.push(reply),
            None => batches.push((dispatcher, vec![reply])),
        }
    }
    for (dispatcher, batch) in batches {
        // A runtime that has gone has nobody left who waits.
        let _ = dispatcher.send(batch);
    }
}
