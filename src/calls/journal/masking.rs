//! Masks what the journal tells.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::record::Record;
use super::{AppliedRule, Entry, Header, MAX_FAULT, MAX_TEXT};
use crate::calls::mask::{MASK, Masker};
use crate::calls::{FaultAnswer, Head};
use crate::ledger::{Directory, Ledger};

/// A masker, and the directory that it knows the tokens of.
type MaskerOf = (Arc<Directory>, Arc<Masker>);

pub struct Masking {
    /// It has the journal, so the journal can't have it.
    ledger: Weak<dyn Ledger>,
    /// That of the newest directory that something was masked for.
    masker: Mutex<Option<MaskerOf>>,
}

impl Masking {
    pub fn new(ledger: &Arc<dyn Ledger>) -> Self {
        Self { ledger: Arc::downgrade(ledger), masker: Mutex::default() }
    }

    /// An entry as it is told.
    pub fn entry(&self, record: &Record) -> Entry {
        let mut entry = record.entry();
        let masker = self.masker().filter(|(directory, _)| !directory.has_forgotten_since(record.begun));
        let Some((_, masker)) = masker else {
            let told = [Some(&mut entry.request), Some(&mut entry.response), entry.fault.as_mut(), entry.why.as_mut()];
            told.into_iter().flatten().for_each(|text| MASK.clone_into(text));
            return entry;
        };
        tell_head(&mut entry, &record.request.head, &masker);
        entry.request = masker.mask_request(entry.api, &record.request.text, MAX_TEXT);
        entry.response = masker.mask_answer(&entry.response, MAX_TEXT);
        entry.fault = entry.fault.map(|fault| masker.mask_answer(&fault, MAX_FAULT));
        entry.why = entry.why.map(|why| masker.mask_answer(&why, MAX_FAULT));
        let answer = entry.fault_rule.as_mut().map(|AppliedRule { answer, .. }| answer);
        if let Some(FaultAnswer::SoapFault(text) | FaultAnswer::Code { message: Some(text), .. }) = answer {
            *text = masker.mask_answer(text, usize::MAX);
        }
        entry
    }

    /// The masker of the present directory, made when the directory has changed since.
    fn masker(&self) -> Option<MaskerOf> {
        let directory = self.ledger.upgrade()?.directory();
        let mut kept = self.masker.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|(of, _)| !Arc::ptr_eq(of, &directory)) {
            let masker = Arc::new(Masker::new(&directory));
            *kept = Some((directory, masker));
        }
        kept.clone()
    }
}

/// Tells the head of a request, each part masked by itself. Headers come by name, because they have no order when they are kept.
fn tell_head(entry: &mut Entry, head: &Head, masker: &Masker) {
    let mask = |text: &str| masker.mask_request(entry.api, text, usize::MAX);
    let [method, target, version] = head.first_line();
    let target = mask(target);
    let (path, query) = target.split_once('?').map_or((&*target, None), |(path, query)| (path, Some(query.to_owned())));
    let header = |(name, value): (&str, &str)| {
        // With its name, behind which a secret may stand.
        let line = mask(&format!("{name}: {value}"));
        let (name, value) = line.split_once(": ").unwrap_or((name, MASK));
        Header { name: name.to_owned(), value: value.to_owned() }
    };
    let mut headers: Vec<_> = head.headers().map(header).collect();
    headers.sort_by(|one, other| one.name.cmp(&other.name));
    (entry.method, entry.path, entry.query) = (method.to_owned(), path.to_owned(), query);
    (entry.http_version, entry.headers) = (version.to_owned(), headers);
}
