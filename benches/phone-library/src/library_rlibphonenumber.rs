//! rlibphonenumber, with whichever of its two engines the features chose.

use rlibphonenumber::{
    NumberLengthType, ParseError, PhoneNumber, PhoneNumberFormat, Region, ValidationError,
};

#[cfg(not(feature = "regex-ascii"))]
use rlibphonenumber::PHONE_NUMBER_UTIL;

#[cfg(feature = "regex-ascii")]
use crate::ascii_metadata::PHONE_NUMBER_UTIL;

use crate::{
    answer::{Answer, Read},
    measure::Step,
};

pub const NAME: &str = if cfg!(feature = "lite") {
    "rlibphonenumber 2.2, `lite`"
} else if cfg!(feature = "regex-ascii") {
    r"rlibphonenumber 2.2, `regex`, `\d` as `[0-9]`"
} else {
    "rlibphonenumber 2.2, `regex`"
};

pub fn answer(input: &str, default_region: Option<&str>) -> Answer {
    let region =
        default_region.map(|code| Region::from_code(code).expect("a region of the corpus"));
    match PHONE_NUMBER_UTIL.parse(input, region) {
        Err(error) => Answer::Refused(error_name(&error).to_owned()),
        Ok(number) => Answer::Read(Read {
            e164: format(&number, PhoneNumberFormat::E164),
            possible: Some(
                possible_name(PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number)).to_owned(),
            ),
            valid: PHONE_NUMBER_UTIL.is_valid_number(&number),
            international: format(&number, PhoneNumberFormat::International),
            national: format(&number, PhoneNumberFormat::National),
            extension: number.extension().to_owned(),
        }),
    }
}

/// What a save needs: read, possible or not, and three formats. The lengths keep the work from being optimised away.
pub fn save(input: &str) -> usize {
    let Ok(number) = PHONE_NUMBER_UTIL.parse(input, None) else {
        return 0;
    };
    usize::from(PHONE_NUMBER_UTIL.is_possible_number(&number))
        + PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::E164)
            .len()
        + PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::International)
            .len()
        + PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::National)
            .len()
}

/// The steps of [`save`] and the one it leaves out, each on its own.
pub fn steps(input: &str) -> Vec<(&'static str, Step)> {
    let owned = input.to_owned();
    let parse = move || PHONE_NUMBER_UTIL.parse(&owned, None).unwrap();
    let number = parse();
    let formatting = |style: PhoneNumberFormat| {
        let number = number.clone();
        Box::new(move || PHONE_NUMBER_UTIL.format(&number, style).len()) as Step
    };
    let (possible, valid) = (number.clone(), number.clone());
    vec![
        ("parse", Box::new(move || parse().national_number as usize)),
        (
            "possible",
            Box::new(move || PHONE_NUMBER_UTIL.is_possible_number(&possible).into()),
        ),
        (
            "valid",
            Box::new(move || PHONE_NUMBER_UTIL.is_valid_number(&valid).into()),
        ),
        ("E.164", formatting(PhoneNumberFormat::E164)),
        (
            "international",
            formatting(PhoneNumberFormat::International),
        ),
        ("national", formatting(PhoneNumberFormat::National)),
    ]
}

fn format(number: &PhoneNumber, style: PhoneNumberFormat) -> String {
    PHONE_NUMBER_UTIL.format(number, style).into_owned()
}

fn error_name(error: &ParseError) -> &'static str {
    match error {
        ParseError::InvalidCountryCode => "INVALID_COUNTRY_CODE",
        ParseError::NotANumber(_) => "NOT_A_NUMBER",
        ParseError::TooShortAfterIdd => "TOO_SHORT_AFTER_IDD",
        ParseError::TooShortNsn => "TOO_SHORT_NSN",
        ParseError::TooLongNsn => "TOO_LONG",
    }
}

fn possible_name(reason: Result<NumberLengthType, ValidationError>) -> &'static str {
    match reason {
        Ok(NumberLengthType::IsPossible) => "IS_POSSIBLE",
        Ok(NumberLengthType::IsPossibleLocalOnly) => "IS_POSSIBLE_LOCAL_ONLY",
        Err(ValidationError::InvalidCountryCode) => "INVALID_COUNTRY_CODE",
        Err(ValidationError::TooShort) => "TOO_SHORT",
        Err(ValidationError::InvalidLength) => "INVALID_LENGTH",
        Err(ValidationError::TooLong) => "TOO_LONG",
    }
}
