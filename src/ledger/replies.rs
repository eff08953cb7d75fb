//! Brings the outcomes of a batch of writes back to those who wait.
//!
//! Waking a sleeping runtime costs a system call and a switch of threads, so the writer sends all outcomes for one server thread in
//! a single message, and a task there, the dispatcher, hands them out.

use std::cell::RefCell;

use tokio::sync::{mpsc, oneshot};

use super::{LedgerError, Written};

/// What a write came to.
pub type Outcome = Result<Written, LedgerError>;

/// Somebody who waits, and what for.
type Reply = (oneshot::Sender<Outcome>, Outcome);

/// Where the outcome of one write goes.
pub struct ReplyTo {
    receiver: oneshot::Sender<Outcome>,
    dispatcher: mpsc::UnboundedSender<Vec<Reply>>,
}

thread_local! {
    /// The dispatcher of the runtime that runs on this thread.
    static DISPATCHER: RefCell<Option<mpsc::UnboundedSender<Vec<Reply>>>> = const { RefCell::new(None) };
}

/// A place for a reply on this thread, and the way to wait for it. To be called inside a runtime.
pub fn expect_reply() -> (ReplyTo, oneshot::Receiver<Outcome>) {
    let dispatcher = DISPATCHER.with_borrow_mut(|dispatcher| match dispatcher {
        // The runtime that had the thread before may have gone, and its dispatcher with it.
        Some(open) if !open.is_closed() => open.clone(),
        _ => dispatcher.insert(start_dispatcher()).clone(),
    });
    let (receiver, outcome) = oneshot::channel();
    (ReplyTo { receiver, dispatcher }, outcome)
}

fn start_dispatcher() -> mpsc::UnboundedSender<Vec<Reply>> {
    let (dispatcher, mut batches) = mpsc::unbounded_channel::<Vec<Reply>>();
    tokio::spawn(async move {
        while let Some(batch) = batches.recv().await {
            for (receiver, outcome) in batch {
                // A caller that has gone doesn't wait for it.
                let _ = receiver.send(outcome);
            }
        }
    });
    dispatcher
}

/// Sends all outcomes, those for one runtime together.
pub fn send(outcomes: impl Iterator<Item = (ReplyTo, Outcome)>) {
    let mut batches: Vec<(mpsc::UnboundedSender<Vec<Reply>>, Vec<Reply>)> = Vec::with_capacity(4);
    for (ReplyTo { receiver, dispatcher }, outcome) in outcomes {
        let known = batches.iter_mut().find(|(known, _)| known.same_channel(&dispatcher));
        match known {
            Some((_, batch)) => batch.push((receiver, outcome)),
            None => batches.push((dispatcher, vec![(receiver, outcome)])),
        }
    }
    for (dispatcher, batch) in batches {
        // A runtime that has gone has nobody left who waits.
        let _ = dispatcher.send(batch);
    }
}
