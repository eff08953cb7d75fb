//! Brings the outcomes of a batch home.
//!
//! Waking a sleeping runtime costs a system call and a switch of threads, so outcomes are not sent one by one: all that go
//! to one runtime travel together, and a task there hands them out.

use std::cell::RefCell;

use tokio::sync::{mpsc, oneshot};

use super::{LedgerError, Written};

/// What a write came to.
pub type Outcome = Result<Written, LedgerError>;

/// Somebody who waits, and what for.
type Delivery = (oneshot::Sender<Outcome>, Outcome);

/// Where the outcome of one write goes.
pub struct Address {
    receiver: oneshot::Sender<Outcome>,
    office: mpsc::UnboundedSender<Vec<Delivery>>,
}

thread_local! {
    /// The post office of the runtime that runs on this thread.
    static OFFICE: RefCell<Option<mpsc::UnboundedSender<Vec<Delivery>>>> = const { RefCell::new(None) };
}

/// An address on this thread, and the way to wait there. To be called inside a runtime.
pub fn address() -> (Address, oneshot::Receiver<Outcome>) {
    let office = OFFICE.with_borrow_mut(|office| match office {
        // The runtime that had the thread before may have gone, and its post office with it.
        Some(open) if !open.is_closed() => open.clone(),
        _ => office.insert(open_office()).clone(),
    });
    let (receiver, outcome) = oneshot::channel();
    (Address { receiver, office }, outcome)
}

fn open_office() -> mpsc::UnboundedSender<Vec<Delivery>> {
    let (office, mut arrivals) = mpsc::unbounded_channel::<Vec<Delivery>>();
    tokio::spawn(async move {
        while let Some(deliveries) = arrivals.recv().await {
            for (receiver, outcome) in deliveries {
                // A caller that has gone doesn't wait for it.
                let _ = receiver.send(outcome);
            }
        }
    });
    office
}

/// Sends all outcomes, each runtime's in one parcel.
pub fn send(outcomes: impl Iterator<Item = (Address, Outcome)>) {
    let mut parcels: Vec<(mpsc::UnboundedSender<Vec<Delivery>>, Vec<Delivery>)> = Vec::with_capacity(4);
    for (Address { receiver, office }, outcome) in outcomes {
        let known = parcels.iter_mut().find(|(known, _)| known.same_channel(&office));
        match known {
            Some((_, parcel)) => parcel.push((receiver, outcome)),
            None => parcels.push((office, vec![(receiver, outcome)])),
        }
    }
    for (office, parcel) in parcels {
        // A runtime that has gone has nobody left who waits.
        let _ = office.send(parcel);
    }
}
