//! What differs from answer to answer, and stands in a record as a mark.

/// A mark, and what stands for it: exactly so many characters of a kind, or any number of them but none.
type Mark = (&'static str, usize, fn(u8) -> bool);

const MARKS: [Mark; 4] = [
    ("@@UUID@@", 36, |byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F' | b'-')),
    ("@@TRANSACTION@@", 13, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')),
    ("@@HEX32@@", 32, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
    ("@@NUMBER@@", 0, |byte| byte.is_ascii_digit()),
];

/// Whether an answer is what was recorded, with something fitting in place of each mark.
pub fn fits(recorded: &[u8], actual: &[u8]) -> bool {
    let Some((at, (mark, length, is_fitting))) = first_mark(recorded) else { return recorded == actual };
    let Some(rest) = actual.strip_prefix(&recorded[..at]) else { return false };
    let fitting = rest.iter().take_while(|byte| is_fitting(**byte)).count();
    let length = if length == 0 { fitting } else { length };
    length > 0 && fitting >= length && fits(&recorded[at + mark.len()..], &rest[length..])
}

fn first_mark(text: &[u8]) -> Option<(usize, Mark)> {
    let find = |mark: &str| text.windows(mark.len()).position(|window| window == mark.as_bytes());
    MARKS.into_iter().filter_map(|mark| Some((find(mark.0)?, mark))).min_by_key(|(at, _)| *at)
}

/// The answer as it is recorded: with marks in place of ids.
pub fn mark(actual: &[u8]) -> Vec<u8> {
    let mut marked = Vec::with_capacity(actual.len());
    let mut rest = actual;
    while let Some(&first) = rest.first() {
        if let Some(length) = uuid(rest) {
            marked.extend_from_slice(b"@@UUID@@");
            rest = &rest[length..];
        } else if let Some(behind) = rest.strip_prefix(TRANSACTION)
            && behind.len() > 13
        {
            marked.extend_from_slice(TRANSACTION);
            marked.extend_from_slice(b"@@TRANSACTION@@");
            rest = &behind[13..];
        } else {
            marked.push(first);
            rest = &rest[1..];
        }
    }
    marked
}

const TRANSACTION: &[u8] = b"\"transactionId\":\"";

fn uuid(text: &[u8]) -> Option<usize> {
    let text = text.get(..36)?;
    let fits = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'A'..=b'F'),
    };
    text.iter().enumerate().all(fits).then_some(36)
}

#[test]
fn marks_stand_for_what_differs() {
    for (recorded, actual, expected) in [
        ("a", "a", true),
        ("a", "b", false),
        ("a@@TRANSACTION@@b", "a953cfefb-bc72b", true),
        ("a@@TRANSACTION@@b", "a953cfefb-bc7b", false),
        ("@@UUID@@ @@NUMBER@@.", "90E63D28-E31D-1EB2-8939-A94866411111 12.", true),
        ("@@UUID@@ @@NUMBER@@.", "90E63D28-E31D-1EB2-8939-A94866411111 .", false),
        ("@@HEX32@@", "0123456789abcdef0123456789abcdef", true),
    ] {
        assert_eq!(fits(recorded.as_bytes(), actual.as_bytes()), expected, "{recorded} {actual}");
    }
    let text = br#"{"transactionId":"953cfefb-bc72","RequestId":"90E63D28-E31D-1EB2-8939-A94866411111"}"#;
    assert_eq!(mark(text), br#"{"transactionId":"@@TRANSACTION@@","RequestId":"@@UUID@@"}"#);
    assert!(fits(&mark(text), text));
}
