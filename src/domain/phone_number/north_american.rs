//! The North American plan, without the library: most calls of this platform carry such a number, and the library's
//! patterns cost ten microseconds for each. A test compares every length and every boundary with the library.

use super::e164::E164;
use super::region::Format;
use crate::steps;

/// Reads what follows `+` or `00`, if it is country calling code 1 and ten digits, the first of them 2 to 9, between
/// nothing but common separators. Anything else is left to the library.
pub fn parse(dialled: &str) -> Option<E164> {
    let mut digits: u64 = 0;
    let mut count = 0;
    for byte in steps::each(dialled.bytes()) {
        match byte {
            b'0'..=b'9' if count < 11 => {
                digits = digits * 10 + u64::from(byte - b'0');
                count += 1;
            }
            b' ' | b'-' | b'.' | b'(' | b')' => {}
            _ => return None,
        }
    }
    let is_plan = count == 11 && (12_000_000_000..20_000_000_000).contains(&digits);
    is_plan.then_some(E164(digits))
}

/// Formats a number that [`parse`] has read.
pub fn format(number: E164, format: Format) -> String {
    let national = number.0 % 10_000_000_000;
    let (area, exchange, line) = (national / 10_000_000, national / 10_000 % 1_000, national % 10_000);
    match format {
        Format::National => format!("({area}) {exchange:03}-{line:04}"),
        _ => format!("+1 {area}-{exchange:03}-{line:04}"),
    }
}
