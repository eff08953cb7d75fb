//! How names are compared: without marks, case, and all but letters and digits, so that `U.S.A.` and `québec` are found.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::steps;

/// The text as it is compared.
pub fn fold(text: &str) -> String {
    let mut folded = String::new();
    steps::each(text.chars()).for_each(|character| fold_character(character, |letter| folded.push(letter)));
    folded
}

/// NFKD, then letters and digits without marks, then lower case. NFKD puts marks in an order; since they are dropped, one
/// character after the other gives the same.
fn fold_character(character: char, mut each: impl FnMut(char)) {
    decompose_compatible(character, |part| {
        if part.is_alphanumeric() && !is_combining_mark(part) {
            part.to_lowercase().for_each(&mut each);
        }
    });
}
