//! Files of a killed server that were removed, cut or changed.

use std::fs;
use std::path::Path;

use super::Killed;
use crate::many_members;
use crate::seeded_random::SeededRandom;

/// Does something to a file in a copy of the folder: the start is refused, and put back as it was, nothing is lost.
fn spoil(killed: &Killed, suffix: &str, spoil: impl Fn(&Path), words: &str) {
    let copy = killed.copy();
    let file = copy.path().join(format!("ledger.db{suffix}"));
    let bytes = fs::read(&file).expect("a file");
    spoil(&file);
    Killed::assert_refused(copy.path(), words);
    // It isn't made good by trying again.
    Killed::assert_refused(copy.path(), words);
    fs::write(&file, bytes).expect("a file");
    killed.assert_whole(copy.path());
}

#[test]
fn a_redo_log_that_was_removed_is_missed() {
    let killed = Killed::new();
    let remove = |file: &Path| fs::remove_file(file).expect("a file");
    spoil(&killed, "-redo-wal", remove, "");
    spoil(&killed, "-redo-end", remove, "the file that tells the last entry");
    let copy = killed.copy();
    for file in many_members::files_of(&copy.path().join("ledger.db-redo")) {
        remove(&file);
    }
    Killed::assert_refused(copy.path(), "its redo log is missing");
}

#[test]
fn a_redo_log_cut_anywhere_is_missed() {
    let killed = Killed::new();
    let length = fs::metadata(killed.beside("-redo-wal")).expect("a file").len();
    let mut random = SeededRandom::new();
    let anywhere = random.below(length) / 2;
    for length in [0, 100, anywhere, length / 2] {
        let cut = |file: &Path| {
            fs::File::options().write(true).open(file).and_then(|file| file.set_len(length)).expect("a file");
        };
        spoil(&killed, "-redo-wal", cut, "redo log");
    }
}

/// A bit of what is still used: of the last batch, or of the ledger's own last commit.
#[test]
fn one_bit_of_a_log_changed_is_noticed() {
    let killed = Killed::new();
    let number = many_members::number(super::SAVES - 1);
    // As postcard writes it: seven bits a byte, the lowest first.
    let varint: Vec<u8> =
        (0..5).map(|byte| ((number >> (7 * byte)) & 0x7f) as u8 | if byte < 4 { 0x80 } else { 0 }).collect();
    let bytes = fs::read(killed.beside("-redo-wal")).expect("the log");
    let places: Vec<_> =
        bytes.windows(5).enumerate().filter(|(_, window)| *window == varint).map(|(place, _)| place).collect();
    assert!(!places.is_empty(), "the last save is in the log");
    let flip = |file: &Path| {
        let mut bytes = bytes.clone();
        // Wherever it is: a page may have been written more than once.
        for place in &places {
            bytes[*place] ^= 4;
        }
        fs::write(file, bytes).expect("a file");
    };
    spoil(&killed, "-redo-wal", flip, "redo log");
}

#[test]
fn a_ledger_whose_own_log_was_cut_is_noticed() {
    let killed = Killed::new();
    let remove = |file: &Path| fs::remove_file(file).expect("a file");
    spoil(&killed, "-wal", remove, "redo log");
}
