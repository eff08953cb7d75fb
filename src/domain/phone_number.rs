//! Phone numbers: text in, E.164 out. The only module that knows which library reads them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat};
use thiserror::Error;

use super::program::{PhoneCheck, PhoneMode, ProgramSettings};
use crate::steps;

mod beginning;
mod e164;
mod national;
mod normalise;
mod north_american;
mod reading;
mod region;

pub use beginning::beginnings;
pub use e164::E164;
pub use normalise::has_digit;
use normalise::{has_inner_plus, normalise, without_prefix};
pub use reading::NumberReading;
pub use region::{Format, Region};

/// A number that was read.
#[derive(Clone, Debug)]
pub struct PhoneNumber {
    e164: E164,
    reading: Reading,
}

/// What the formats are made from.
#[derive(Clone, Debug)]
enum Reading {
    /// Ten digits behind country calling code 1, the first of them 2 to 9: the plan of most calls, read without the library.
    NorthAmerican,
    Library(Box<rlibphonenumber::PhoneNumber>),
}

/// Why a number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParsePhoneNumberError {
    #[error("this is not a phone number with a country calling code")]
    Unreadable,
    #[error("no number of this plan has this length")]
    NotPossible,
    #[error("this number is not assigned in its plan")]
    NotValid,
    /// Read again, its E.164 form would lose another trunk prefix and be another number (our choice to refuse it: what was
    /// saved, shown and saved again must be one number).
    #[error("this number begins with a trunk prefix twice")]
    Ambiguous,
    #[error("E.164 has at most 15 digits")]
    NotE164,
}

/// Longer input is no number (Google's own limit; the library has none).
const MAX_INPUT: usize = 250;

impl PhoneNumber {
    /// Reads a number as the program's settings say (`+` and `00` are optional in international mode,
    /// the country calling code isn't; in legacy mode a number without `+` is one of the default region first). Invisible marks
    /// don't count, and digits may be of any script.
    ///
    /// # Errors
    /// [`ParsePhoneNumberError`]. A number that can be dialled only within its area isn't possible here, because it has
    /// no E.164 form (our choice).
    pub fn parse(text: &str, settings: &ProgramSettings) -> Result<Self, ParsePhoneNumberError> {
        let text = &*normalise(text);
        match (settings.phone_mode, settings.default_region) {
            (PhoneMode::Legacy, Some(region)) if !text.trim_start().starts_with('+') => {
                Self::parse_in_region(text, region, settings.phone_check)
                    .or_else(|_| Self::parse_international(text, settings))
            }
            _ => Self::parse_international(text, settings),
        }
    }

    /// The number in E.164.
    pub fn e164(&self) -> E164 {
        self.e164
    }

    /// The extension, in legacy mode; it is stored, not compared.
    pub fn extension(&self) -> Option<&str> {
        match &self.reading {
            Reading::NorthAmerican => None,
            Reading::Library(number) => number.extension.as_deref().filter(|extension| !extension.is_empty()),
        }
    }

    /// The number as a person reads it.
    pub fn format(&self, format: Format) -> String {
        match (format, &self.reading) {
            (Format::E164, _) => self.e164.to_string(),
            (Format::Digits, _) => self.e164.digits().to_string(),
            (_, Reading::NorthAmerican) => north_american::format(self.e164, format),
            (Format::International, Reading::Library(number)) => {
                PHONE_NUMBER_UTIL.format(number, PhoneNumberFormat::International).into_owned()
            }
            (Format::National, Reading::Library(number)) => {
                PHONE_NUMBER_UTIL.format(number, PhoneNumberFormat::National).into_owned()
            }
        }
    }

    /// Takes a normalised text.
    fn parse_international(text: &str, settings: &ProgramSettings) -> Result<Self, ParsePhoneNumberError> {
        let mode = settings.phone_mode;
        let dialled = without_prefix(text, mode);
        if settings.phone_check == PhoneCheck::Possible
            && let Some(e164) = north_american::parse(dialled)
        {
            return Ok(Self { e164, reading: Reading::NorthAmerican });
        }
        let text = if has_inner_plus(text, mode) { text.to_owned() } else { format!("+{dialled}") };
        let mut number = read(&text, None)?;
        if mode == PhoneMode::International {
            number.extension = None;
        }
        Self::checked(number, settings.phone_check)
    }

    fn parse_in_region(text: &str, region: Region, check: PhoneCheck) -> Result<Self, ParsePhoneNumberError> {
        Self::checked(read(text, Some(region.0))?, check)
    }

    fn checked(number: rlibphonenumber::PhoneNumber, check: PhoneCheck) -> Result<Self, ParsePhoneNumberError> {
        match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
            Ok(NumberLengthType::IsPossible) => {}
            _ => return Err(ParsePhoneNumberError::NotPossible),
        }
        if check == PhoneCheck::Valid && !PHONE_NUMBER_UTIL.is_valid_number(&number) {
            return Err(ParsePhoneNumberError::NotValid);
        }
        let e164 = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
        if !reads_as_itself(&number, &e164) {
            return Err(ParsePhoneNumberError::Ambiguous);
        }
        let e164 = E164::from_digits(e164.trim_start_matches('+')).ok_or(ParsePhoneNumberError::NotE164)?;
        Ok(Self { e164, reading: Reading::Library(Box::new(number)) })
    }
}

/// Whether the E.164 form of a number stands for the same number.
fn reads_as_itself(number: &rlibphonenumber::PhoneNumber, e164: &str) -> bool {
    PHONE_NUMBER_UTIL.parse(e164, None).is_ok_and(|again| {
        again.country_code == number.country_code
            && again.national_number == number.national_number
            && again.italian_leading_zero() == number.italian_leading_zero()
            && again.number_of_leading_zeros() == number.number_of_leading_zeros()
    })
}

/// Makes the library ready, so that the first caller doesn't wait for its tables.
pub fn warm_up() {
    std::sync::LazyLock::force(&PHONE_NUMBER_UTIL);
}

/// Asks the library. It is known to panic on one kind of input (`;phone-context=` before `tel:`), so that is refused
/// first, and a panic over anything else ends here as well.
fn read(
    text: &str,
    region: Option<rlibphonenumber::Region>,
) -> Result<rlibphonenumber::PhoneNumber, ParsePhoneNumberError> {
    let context = steps::find(text, ";phone-context=");
    let is_known_trap = context.is_some_and(|at| steps::find(&text[at..], "tel:").is_some());
    if is_known_trap || text.chars().nth(MAX_INPUT).is_some() {
        return Err(ParsePhoneNumberError::Unreadable);
    }
    catch_unwind(AssertUnwindSafe(|| PHONE_NUMBER_UTIL.parse(text, region)))
        .ok()
        .and_then(Result::ok)
        .ok_or(ParsePhoneNumberError::Unreadable)
}

#[cfg(test)]
mod tests;
