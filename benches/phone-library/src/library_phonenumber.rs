//! phonenumber 0.3, which can't tell whether a number is possible.

use phonenumber::{Mode, ParseError, PhoneNumber};

use crate::{
    answer::{Answer, Read},
    measure::Step,
};

pub const NAME: &str = "phonenumber 0.3";

pub fn answer(input: &str, default_region: Option<&str>) -> Answer {
    let region = default_region.map(|code| code.parse().expect("a region of the corpus"));
    match phonenumber::parse(region, input) {
        Err(error) => Answer::Refused(error_name(&error).to_owned()),
        Ok(number) => Answer::Read(Read {
            e164: format(&number, Mode::E164),
            possible: None,
            valid: number.is_valid(),
            international: format(&number, Mode::International),
            national: format(&number, Mode::National),
            extension: number
                .extension()
                .map(ToString::to_string)
                .unwrap_or_default(),
        }),
    }
}

/// What a save needs, as far as the library has it: read, and three formats.
pub fn save(input: &str) -> usize {
    let Ok(number) = phonenumber::parse(None, input) else {
        return 0;
    };
    format(&number, Mode::E164).len()
        + format(&number, Mode::International).len()
        + format(&number, Mode::National).len()
}

/// The steps of [`save`] and validity, each on its own.
pub fn steps(input: &str) -> Vec<(&'static str, Step)> {
    let owned = input.to_owned();
    let parse = move || phonenumber::parse(None, &owned).unwrap();
    let number = parse();
    let formatting = |mode: Mode| {
        let number = number.clone();
        Box::new(move || format(&number, mode).len()) as Step
    };
    let valid = number.clone();
    vec![
        (
            "parse",
            Box::new(move || parse().national().value() as usize),
        ),
        ("valid", Box::new(move || valid.is_valid().into())),
        ("E.164", formatting(Mode::E164)),
        ("international", formatting(Mode::International)),
        ("national", formatting(Mode::National)),
    ]
}

fn format(number: &PhoneNumber, mode: Mode) -> String {
    number.format().mode(mode).to_string()
}

fn error_name(error: &ParseError) -> &'static str {
    match error {
        ParseError::NoNumber | ParseError::MalformedInteger(_) => "NOT_A_NUMBER",
        ParseError::InvalidCountryCode => "INVALID_COUNTRY_CODE",
        ParseError::TooShortAfterIdd => "TOO_SHORT_AFTER_IDD",
        ParseError::TooShortNsn => "TOO_SHORT_NSN",
        ParseError::TooLong => "TOO_LONG",
    }
}
