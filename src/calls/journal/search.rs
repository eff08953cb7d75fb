//! Looks through what is told of calls, which no store does: it is masked first.

use super::{Count, Entry, Journal, Page, Stored, read};
use crate::ledger::{EntryFilter, LedgerError};
use crate::steps;

/// So many entries are looked through at a time.
const AT_ONCE: usize = 500;

/// What is looked for.
#[derive(Clone)]
pub struct Words {
    /// In lower case.
    text: Option<String>,
    /// Digits.
    number: Option<String>,
}

impl Words {
    /// What a filter wants to be looked for; `None` if a store finds it.
    pub fn of(filter: &EntryFilter) -> Option<Self> {
        let EntryFilter { text, number, .. } = filter;
        if text.is_none() && number.is_none() {
            return None;
        }
        let text = text.as_deref().map(str::to_lowercase);
        Some(Self { text, number: number.as_deref().map(digits) })
    }

    /// Whether an entry has all that is looked for. A number without a digit is in none.
    fn are_in(&self, entry: &Entry) -> bool {
        let has_text = |text: &String| texts(entry).any(|told| steps::over(told).to_lowercase().contains(text));
        let has_number = |number: &String| {
            !number.is_empty()
                && [&entry.request, &entry.response].into_iter().any(|message| has_number(message, number))
        };
        self.text.as_ref().is_none_or(has_text) && self.number.as_ref().is_none_or(has_number)
    }
}

/// All texts that are told of a call.
fn texts(entry: &Entry) -> impl Iterator<Item = &str> {
    let Entry { request, response, path, query, fault, why, headers, .. } = entry;
    let parts = [Some(request), Some(response), Some(path), query.as_ref(), fault.as_ref(), why.as_ref()];
    parts.into_iter().flatten().chain(headers.iter().map(|header| &header.value)).map(String::as_str)
}

/// Whether a value of a message is a phone number with these digits in it, in whatever spelling.
fn has_number(message: &str, wanted: &str) -> bool {
    let is_mark = |character: char| " +-().".contains(character);
    let mut values = message.split(|character: char| !character.is_ascii_digit() && !is_mark(character));
    values.any(|value| value.len() >= wanted.len() && digits(value).contains(wanted))
}

/// The digits of a number, without the zeros in front that stand for a prefix.
fn digits(number: &str) -> String {
    let digits: String = steps::each(number.chars()).filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

impl Journal {
    /// The page that a filter asks for, found by looking through all entries that a store finds for it.
    pub(super) async fn search(&self, filter: &EntryFilter, words: Words) -> Result<(Page, Count), LedgerError> {
        let (mut page, mut count) = (Page::default(), Count::default());
        let limit = filter.limit.unwrap_or(100);
        let mut after = filter.after.unwrap_or_default();
        loop {
            let part = EntryFilter { after: Some(after), before: None, limit: Some(AT_ONCE), ..filter.clone() };
            let found = self.shared_state.find_entries(&part).await?;
            (count.dropped, page.dropped) = (found.dropped, found.dropped);
            count.is_incomplete |= found.is_incomplete;
            let Some(last) = found.entries.last().map(|entry| entry.id) else { break };
            after = last;
            let (is_last, words) = (found.entries.len() < AT_ONCE, words.clone());
            let fitting = self.apart(move || {
                let entries = found.entries.into_iter().filter_map(read).map(|Stored { entry, .. }| entry);
                entries.filter(|entry| words.are_in(entry)).collect::<Vec<_>>()
            });
            let fitting = fitting.await?;
            count.count += fitting.len() as u64;
            page.entries
                .extend(fitting.into_iter().filter(|entry| filter.before.is_none_or(|before| entry.id < before)));
            let beyond = page.entries.len().saturating_sub(limit);
            match filter.after {
                Some(_) => page.entries.truncate(limit),
                None => drop(page.entries.drain(..beyond)),
            }
            if is_last {
                break;
            }
        }
        page.total = count.count;
        Ok((page, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::assert_linear;

    #[test]
    fn a_number_is_found_in_whatever_spelling() {
        for (message, number, is_there) in [
            ("<PhoneNumber>+1 (519) 555-0123</PhoneNumber>", "15195550123", true),
            ("<PhoneNumber>+1 (519) 555-0123</PhoneNumber>", "519 555 0123", true),
            ("<PhoneNumber>0015195550123</PhoneNumber>", "+1 519-555-0123", true),
            ("PhoneNumber=%2B15195550123&a=1", "+1 519", true),
            ("<MemberId>1001</MemberId><IsValid>1</IsValid>", "10011", false),
            ("<a>0612345603</a>", "0612345603", true),
            ("<a>5195550199</a>", "15195550199", false),
            ("", "1", false),
        ] {
            assert_eq!(has_number(message, &digits(number)), is_there, "{number} in {message}");
        }
    }

    #[test]
    fn a_number_without_digits_is_in_no_message() {
        let filter = EntryFilter { number: Some("abc".into()), ..EntryFilter::default() };
        let words = Words::of(&filter).expect("words");
        assert_eq!(words.number.as_deref(), Some(""));
        assert!(Words::of(&EntryFilter::default()).is_none());
    }

    #[test]
    fn work_on_hostile_numbers_is_linear() {
        assert_linear(&[("a number", &|text| drop(digits(text)))]);
    }
}
