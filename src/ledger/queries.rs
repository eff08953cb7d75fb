//! What a tester may look for.

use crate::domain::MemberId;

/// Which members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberSearch {
    /// Part of a name (without regard to case), the beginning of a member id, of a number's digits, or of an e-mail address
    /// (without regard to case). Empty fits all.
    pub text: String,
    /// Only those behind this one.
    pub after: Option<MemberId>,
    pub limit: u32,
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

/// The ranges of all numbers, short and long, that begin with these digits; none if the text is no beginning of a number.
pub(super) fn numbers_beginning_with(text: &str) -> Vec<(i64, i64)> {
    let digits = text.replace(|c: char| c.is_whitespace() || "+-()".contains(c), "");
    let is_beginning = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match digits.parse::<i64>() {
        Ok(beginning) if is_beginning && digits.len() <= MOST_DIGITS => {
            let scales = (0..=MOST_DIGITS - digits.len()).map(|more| 10i64.pow(more.try_into().unwrap_or_default()));
            scales.map(|scale| (beginning * scale, (beginning + 1) * scale - 1)).collect()
        }
        _ => Vec::new(),
    }
}

/// The first and the last key of all e-mail addresses that begin with this text.
pub(super) fn addresses_beginning_with(text: &str) -> (String, String) {
    let first = text.to_lowercase();
    let last = format!("{first}{}", char::MAX);
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_stands_for_numbers_of_every_length() {
        let ranges = numbers_beginning_with("+1 (519) 555-01");
        assert_eq!(ranges.first(), Some(&(151_955_501, 151_955_501)));
        assert_eq!(ranges[2], (15_195_550_100, 15_195_550_199));
        assert_eq!(ranges.last(), Some(&(151_955_501_000_000, 151_955_501_999_999)));
        for text in ["+", "Ada", "0", "12a", "1234567890123456", "٣", "-"] {
            assert_eq!(numbers_beginning_with(text), [], "{text}");
        }
        assert_eq!(numbers_beginning_with("999999999999999").len(), 1);
    }
}
