//! What a tester may look for.

use crate::domain::phone_number::beginnings;
use crate::domain::{MemberId, ProgramSettings};

/// Which members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberSearch {
    /// Only those of whom something begins so; `None` fits all.
    pub beginning: Option<Beginning>,
    /// Only those behind this one.
    pub after: Option<MemberId>,
    pub limit: u32,
}

/// What the members begin with that are looked for: one of their names, both in either order, an e-mail address (all without regard to
/// case), an account id, the member id, or a phone number. As ranges of what stores have an index of, so that nothing else is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    pub(super) names: Option<Range<String>>,
    pub(super) emails: Option<Range<String>>,
    pub(super) account_ids: Option<Range<String>>,
    pub(super) member_ids: Vec<Range<i64>>,
    pub(super) numbers: Vec<Range<i64>>,
}

/// The first and the last of something.
pub(super) type Range<T> = (T, T);

impl Beginning {
    /// The text as somebody types it who knows how the program reads phone numbers; `None` if there is nothing in it.
    pub fn of(text: &str, settings: &ProgramSettings) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        // No text of a ledger has it, and PostgreSQL takes none.
        if text.contains('\0') {
            return Some(Self::default());
        }
        Some(Self {
            names: Some(beginning_with(name_key(text))),
            emails: Some(beginning_with(text.to_lowercase())),
            account_ids: Some(beginning_with(text.to_owned())),
            member_ids: member_ids_beginning_with(text),
            numbers: beginnings(text, settings).iter().flat_map(|digits| ranges(digits, MOST_DIGITS)).collect(),
        })
    }
}

/// All texts that begin so, byte by byte.
fn beginning_with(first: String) -> Range<String> {
    let last = format!("{first}{}", char::MAX);
    (first, last)
}

/// By what a member is found who has these names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NameKeys {
    pub first_name_first: String,
    pub last_name_first: String,
}

impl NameKeys {
    pub fn of(first_name: &str, last_name: &str) -> Self {
        Self {
            first_name_first: name_key(&format!("{first_name} {last_name}")),
            last_name_first: name_key(&format!("{last_name} {first_name}")),
        }
    }
}

/// No more of a name is compared, in characters: rows of an index are bounded.
const LONGEST_KEY: usize = 128;

/// In lower case, character by character, so that the beginning of a name has the beginning of its key (a sigma doesn't ask what
/// follows), and with one space between words.
fn name_key(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().flat_map(char::to_lowercase).take(LONGEST_KEY).collect()
}

/// How much a ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerCounts {
    /// By name.
    pub programs: Vec<ProgramCounts>,
    /// What the ledger takes on disk, or in memory, in bytes.
    pub size: u64,
}

/// How much a program holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramCounts {
    pub name: String,
    pub members: u64,
    pub phones: u64,
}

/// The digits of the longest numbers.
const MOST_DIGITS: usize = 15;

/// The digits of the longest member ids.
const MOST_DIGITS_OF_IDS: usize = 10;

/// The ranges of all whole numbers up to this length that begin with these digits, short and long.
fn ranges(digits: &str, longest: usize) -> Vec<Range<i64>> {
    match digits.parse::<i64>() {
        Ok(beginning) if digits.len() <= longest => {
            let scales = (0..=longest - digits.len()).map(|more| 10i64.pow(more.try_into().unwrap_or_default()));
            scales.map(|scale| (beginning * scale, (beginning + 1) * scale - 1)).collect()
        }
        _ => Vec::new(),
    }
}

fn member_ids_beginning_with(text: &str) -> Vec<Range<i64>> {
    let (digits, is_negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
    match digits {
        "" => vec![(i32::MIN.into(), -1)],
        "0" if !is_negative => vec![(0, 0)],
        _ if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) => Vec::new(),
        _ => {
            let found = ranges(digits, MOST_DIGITS_OF_IDS).into_iter();
            if is_negative { found.map(|(first, last)| (-last, -first)).collect() } else { found.collect() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_stands_for_numbers_of_every_length() {
        let numbers = |text: &str| Beginning::of(text, &ProgramSettings::default()).expect("a text").numbers;
        let ranges = numbers("+1 (519) 555-01");
        assert_eq!(ranges.first(), Some(&(151_955_501, 151_955_501)));
        assert_eq!(ranges[2], (15_195_550_100, 15_195_550_199));
        assert_eq!(ranges.last(), Some(&(151_955_501_000_000, 151_955_501_999_999)));
        for text in ["+", "Ada", "0", "12a", "1234567890123456", "-"] {
            assert_eq!(numbers(text), [], "{text}");
        }
        assert_eq!(numbers("999999999999999").len(), 1);
    }

    #[test]
    fn a_beginning_stands_for_member_ids_of_every_length() {
        let ids = |text: &str| Beginning::of(text, &ProgramSettings::default()).expect("a text").member_ids;
        assert_eq!(ids("1001")[..2], [(1001, 1001), (10_010, 10_019)]);
        assert_eq!(ids("1001").last(), Some(&(1_001_000_000, 1_001_999_999)));
        assert_eq!(ids("-7")[..2], [(-7, -7), (-79, -70)]);
        assert_eq!(ids("-"), [(i32::MIN.into(), -1)]);
        assert_eq!(ids("0"), [(0, 0)]);
        for text in ["-0", "00", "01", "+1", "1 0", "12345678901", "Ada"] {
            assert_eq!(ids(text), [], "{text}");
        }
    }

    #[test]
    fn the_beginning_of_a_name_has_the_beginning_of_its_key() {
        let NameKeys { first_name_first, last_name_first } = NameKeys::of(" ΟΔΥΣΣΕΥΣ  de la", "Châtelet ");
        assert_eq!(first_name_first, "οδυσσευσ de la châtelet");
        assert_eq!(last_name_first, "châtelet οδυσσευσ de la");
        assert_eq!(NameKeys::of("", "Turing"), NameKeys::of("Turing", ""));
        for name in ["ΟΔΥΣΣΕΥΣ", "İstanbul", "Große", "Ǆ"] {
            let key = name_key(name);
            for (at, _) in name.char_indices() {
                assert!(key.starts_with(&name_key(&name[..at])), "{name}, {at}");
            }
        }
        let long = NameKeys::of(&"ä".repeat(4000), "");
        assert_eq!(long.first_name_first.chars().count(), LONGEST_KEY);
    }

    #[test]
    fn a_text_that_no_ledger_has_fits_nobody() {
        let settings = ProgramSettings::default();
        assert_eq!(Beginning::of(" \t", &settings), None);
        assert_eq!(Beginning::of("a\0", &settings), Some(Beginning::default()));
    }
}
