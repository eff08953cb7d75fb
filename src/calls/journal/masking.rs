//! Masks what the journal tells, on a thread that serves nobody.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::record::Record;
use super::{AppliedRule, Entry, MAX_FAULT, MAX_TEXT};
use crate::calls::FaultAnswer;
use crate::calls::mask::{MASK, Masker};
use crate::ledger::{Directory, Ledger, LedgerError};

/// A masker, and the directory that it knows the tokens of.
type MaskerOf = (Arc<Directory>, Arc<Masker>);

/// Cheap to clone.
#[derive(Clone)]
pub struct Masking {
    ledger: Arc<dyn Ledger>,
    /// That of the newest directory that something was masked for.
    masker: Arc<Mutex<Option<MaskerOf>>>,
    /// One reader of the journal at a time: others need the processors, too.
    turn: Arc<Semaphore>,
}

impl Masking {
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger, masker: Arc::default(), turn: Arc::new(Semaphore::new(1)) }
    }

    /// Does work that may take long on a thread that serves nobody, when all that came before is done.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if there is no such thread, or its work failed.
    pub async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, LedgerError> {
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            // Until the work is done, even if whoever asked for it has gone.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| LedgerError::Unavailable("the journal could not be read".into()))
    }

    /// An entry as it is told.
    pub fn entry(&self, record: &Record) -> Entry {
        let (directory, masker) = self.masker();
        let mut entry = record.entry();
        if directory.has_forgotten_since(record.begun) {
            for text in
                [Some(&mut entry.request), Some(&mut entry.response), entry.fault.as_mut()].into_iter().flatten()
            {
                MASK.clone_into(text);
            }
            return entry;
        }
        entry.request = masker.mask_request(entry.api, &record.request.text, MAX_TEXT);
        entry.response = masker.mask_answer(&entry.response, MAX_TEXT);
        entry.fault = entry.fault.map(|fault| masker.mask_answer(&fault, MAX_FAULT));
        let answer = entry.fault_rule.as_mut().map(|AppliedRule { answer, .. }| answer);
        if let Some(FaultAnswer::SoapFault(text) | FaultAnswer::Code { message: Some(text), .. }) = answer {
            *text = masker.mask_answer(text, usize::MAX);
        }
        entry
    }

    /// The masker of the present directory, made when the directory has changed since.
    fn masker(&self) -> (Arc<Directory>, Arc<Masker>) {
        let directory = self.ledger.directory();
        let mut kept = self.masker.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((of, masker)) if Arc::ptr_eq(of, &directory) => (directory, Arc::clone(masker)),
            _ => {
                let masker = Arc::new(Masker::new(&directory));
                *kept = Some((Arc::clone(&directory), Arc::clone(&masker)));
                (directory, masker)
            }
        }
    }
}
