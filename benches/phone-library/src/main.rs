//! Reads a corpus of phone numbers with Google's answers through one library, and prints how it fared as one row of a
//! markdown table. `run` makes the corpora and the whole table.
//!
//! ```text
//! phone-library CORPUS.tsv            the row
//! phone-library CORPUS.tsv --differences   every answer that isn't Google's
//! phone-library --header              the head of the table
//! phone-library --steps               nanoseconds of each step for a North American number
//! phone-library --first-number        nanoseconds from the start of work to the first answer
//! ```

mod answer;
#[cfg(feature = "regex-ascii")]
mod ascii_metadata;
mod corpus;
mod measure;

#[cfg_attr(feature = "phonenumber", path = "library_phonenumber.rs")]
#[cfg_attr(not(feature = "phonenumber"), path = "library_rlibphonenumber.rs")]
mod library;

#[cfg(not(any(feature = "lite", feature = "regex", feature = "phonenumber")))]
compile_error!("choose the library: --features lite, regex or phonenumber");
#[cfg(any(
    all(feature = "lite", feature = "regex"),
    all(feature = "lite", feature = "phonenumber"),
    all(feature = "regex", feature = "phonenumber"),
))]
compile_error!("choose one library only");

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--header"] => measure::print_header(),
        ["--steps"] => measure::print_steps(),
        ["--first-number"] => println!("{}", measure::first_number().as_nanos()),
        [corpus, "--differences"] => measure::print_differences(&corpus::read(corpus)),
        [corpus] if !corpus.starts_with('-') => measure::print_row(&corpus::read(corpus)),
        _ => {
            eprintln!(
                "usage: phone-library CORPUS.tsv [--differences] | --header | --steps | --first-number"
            );
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
