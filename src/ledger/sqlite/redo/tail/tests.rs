use super::*;
use crate::domain::{E164, MemberId};
use crate::ledger::{ItemId, ProgramId, SavePhone, Write};

fn commands(entries: impl Iterator<Item = i64>) -> Vec<Write> {
    let save = |entry| {
        Write::SavePhone(SavePhone {
            program: ProgramId(1),
            member: MemberId(1),
            phone_number_type: ItemId(1),
            number: E164::new(15_192_000_000 + u64::try_from(entry).expect("no sign")).expect("a number"),
            extension: None,
            mobile_carrier: None,
            is_valid: true,
            may_be_shared: false,
            version: 0,
        })
    };
    entries.map(save).collect()
}

fn batch(entries: std::ops::RangeInclusive<i64>) -> Batch {
    Batch { first: *entries.start(), commands: commands(entries) }
}

fn log(cleared: i64, batches: &[std::ops::RangeInclusive<i64>]) -> Contents {
    let batches: Vec<_> = batches.iter().cloned().map(batch).collect();
    let entries = batches.iter().map(|batch| i64::try_from(batch.commands.len()).expect("few")).sum();
    Contents { ledger_id: "own".into(), cleared, batches, entries, unreadable: None }
}

fn row(is_open: bool, checkpointed: i64) -> LedgerRow {
    LedgerRow { id: "own".into(), checkpointed, is_open }
}

#[test]
fn entries_that_the_file_lacks_are_taken_in_their_order() {
    for (checkpointed, batches, taken) in
        [(0, vec![1..=3, 4..=4], 1..5), (3, vec![1..=3, 4..=4], 4..5), (4, vec![1..=3, 4..=4], 5..5), (4, vec![], 5..5)]
    {
        let examined = judge(&row(true, checkpointed), Some(log(0, &batches)), Some(4));
        let tail = Tail { commands: commands(taken), last_entry: 4 };
        assert_eq!(examined, Examined { tail, error: None, lost: 0 }, "{checkpointed} {batches:?}");
    }
}

#[test]
fn whatever_does_not_fit_together_is_told() {
    let foreign = Contents { ledger_id: "other".into(), ..log(0, &[1..=9]) };
    let empty_foreign = Contents { entries: 0, batches: vec![], ..foreign.clone() };
    let cut = |batches: &[_], unreadable| {
        let whole = log(0, batches);
        Contents { entries: whole.entries + 2, unreadable: Some(unreadable), ..whole }
    };
    for (why, row, contents, flushed, error, last_entry, lost) in [
        ("no log", row(true, 5), None, Some(9), TailError::Missing, 5, 4),
        ("no log, and no word of its end", row(true, 5), None, None, TailError::Missing, 5, 0),
        ("another's log", row(false, 5), Some(foreign), None, TailError::OfAnotherLedger(9), 5, 9),
        ("another's, where its own is owed", row(true, 5), Some(empty_foreign), Some(5), TailError::Missing, 5, 0),
        (
            "an older file",
            row(true, 30),
            Some(log(60, &[61..=90])),
            Some(90),
            TailError::Gap { expected: 31, found: 61 },
            30,
            60,
        ),
        (
            "an older closed file",
            row(false, 30),
            Some(log(90, &[])),
            None,
            TailError::Short { end: 30, flushed: 90 },
            30,
            60,
        ),
        (
            "a hole",
            row(true, 0),
            Some(log(0, &[1..=3, 5..=6])),
            Some(6),
            TailError::Gap { expected: 4, found: 5 },
            3,
            3,
        ),
        (
            "a batch that straddles",
            row(true, 2),
            Some(log(0, &[1..=3])),
            Some(3),
            TailError::Gap { expected: 3, found: 1 },
            2,
            3,
        ),
        ("cut", row(true, 0), Some(log(0, &[1..=3])), Some(6), TailError::Short { end: 3, flushed: 6 }, 3, 3),
        ("no word of its end", row(true, 0), Some(log(0, &[1..=3])), None, TailError::NoLastEntry, 3, 0),
        ("damaged", row(true, 0), Some(cut(&[1..=3], RowError::Damaged)), Some(5), TailError::Damaged(4), 3, 2),
        (
            "newer",
            row(true, 0),
            Some(cut(&[1..=3], RowError::UnknownFormat(7))),
            Some(5),
            TailError::NewerFormat(7),
            3,
            2,
        ),
    ] {
        let examined = judge(&row, contents, flushed);
        assert_eq!(examined.error, Some(error), "{why}");
        assert_eq!((examined.tail.last_entry, examined.lost), (last_entry, lost), "{why}");
    }
}

#[test]
fn a_closed_ledger_is_owed_nothing() {
    let foreign = Contents { ledger_id: "other".into(), ..log(3, &[]) };
    for contents in [None, Some(log(5, &[])), Some(log(5, &[3..=5])), Some(foreign)] {
        let examined = judge(&row(false, 5), contents.clone(), None);
        assert_eq!((examined.error, examined.tail.last_entry), (None, 5), "{contents:?}");
    }
}
