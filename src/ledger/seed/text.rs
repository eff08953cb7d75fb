//! How long texts may be, and what they may not contain (our choice: the platform's limits aren't public).
//!
//! Lengths are counted in characters. What a ledger keeps, a URL, a page and a log line should be able to show.

use super::check::Fault;
use crate::domain::ExternalReference;

const LONGEST_TOKEN: usize = 256;
const LONGEST_PROGRAM_NAME: usize = 100;
const LONGEST_REFERENCE: usize = 100;
const LONGEST_NAME: usize = 200;
const LONGEST_TEXT: usize = 4000;

/// What is said of a program's name that is blank, or another program's.
pub const NAME_NEEDED: &str = "a program needs a name of its own";

pub fn check_token(text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new("a token may not be blank, and belongs to one program only"));
    }
    check_length("a token", text, LONGEST_TOKEN)?;
    check_characters("a token", text)
}

/// A program is a step of a path, so that it can't have a name which a path can't say.
pub fn check_program_name(name: &str) -> Result<(), Fault> {
    if name.trim().is_empty() {
        return Err(Fault::new(NAME_NEEDED));
    }
    check_length("a program's name", name, LONGEST_PROGRAM_NAME)?;
    check_characters("a program's name", name)?;
    match name.contains('/') || matches!(name, "." | "..") {
        true => Err(Fault::new("a program's name may not contain \"/\", nor be \".\" or \"..\"")),
        false => Ok(()),
    }
}

/// Gives the reference without the white space around it.
pub fn check_reference(text: &str) -> Result<&str, Fault> {
    let reference = ExternalReference::parse(text).map(ExternalReference::as_str);
    let reference = reference.ok_or_else(|| Fault::new("an external reference may not be blank or there twice"))?;
    check_length("an external reference", reference, LONGEST_REFERENCE)?;
    check_characters("an external reference", reference)?;
    Ok(reference)
}

/// Names by which a companion knows an account, a key, a space or an instance.
pub fn check_name_of_caller(text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() || text.trim() != text {
        return Err(Fault::new("it may not be blank, nor have white space around it"));
    }
    check_length("it", text, LONGEST_TOKEN)?;
    check_characters("it", text)
}

/// Keys and passwords of companions.
pub fn check_secret(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::new("a secret may not be empty"));
    }
    check_length("a secret", text, LONGEST_TOKEN)?;
    check_characters("a secret", text)
}

/// Names of members and items are for people: they may be empty.
pub fn check_name(name: &str) -> Result<(), Fault> {
    check_length("a name", name, LONGEST_NAME)?;
    match name.contains('\0') {
        true => Err(Fault::new("a name may not contain U+0000, which not every ledger can keep")),
        false => Ok(()),
    }
}

/// Any other text.
pub fn check_text(text: &str) -> Result<(), Fault> {
    if text.len() > LONGEST_TEXT {
        return Err(Fault::new(format!("a text has at most {LONGEST_TEXT} bytes")));
    }
    match text.contains('\0') {
        true => Err(Fault::new("a text may not contain U+0000, which not every ledger can keep")),
        false => Ok(()),
    }
}

fn check_length(what: &str, text: &str, longest: usize) -> Result<(), Fault> {
    match text.chars().nth(longest) {
        Some(_) => Err(Fault::new(format!("{what} has at most {longest} characters"))),
        None => Ok(()),
    }
}

fn check_characters(what: &str, text: &str) -> Result<(), Fault> {
    match text.contains(char::is_control) {
        true => Err(Fault::new(format!("{what} may not contain control characters"))),
        false => Ok(()),
    }
}
