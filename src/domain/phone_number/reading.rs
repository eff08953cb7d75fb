//! How a number was read, for people: in which plan, and what else they may have meant.

use std::fmt;

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::normalise::{has_inner_plus, normalise, without_prefix};
use super::{E164, Format, ParsePhoneNumberError, PhoneNumber, Reading, Region, north_american, read};
use crate::domain::address::country_name;
use crate::domain::program::{PhoneMode, ProgramSettings};
use crate::steps;

/// In which plan a number without `+` was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberReading {
    calling_code: i32,
    /// The region that the program's settings say.
    default_region: Option<Region>,
    /// What it would be with 1 in front, if that is a number.
    north_american: Option<E164>,
}

impl PhoneNumber {
    /// How the number was read, if its text leaves that open: it has no `+` or `00`, and isn't of the North American plan.
    pub fn how_read(&self, text: &str, settings: &ProgramSettings) -> Option<NumberReading> {
        match &self.reading {
            Reading::NorthAmerican => None,
            Reading::Library(number) => NumberReading::of(text, number.country_code, settings),
        }
    }
}

impl ParsePhoneNumberError {
    /// Why this text is no number, with the plan in which it was read. For refusals only: it reads the text once more.
    pub fn explain(self, text: &str, settings: &ProgramSettings) -> String {
        let plain = &*normalise(text);
        let dialled = without_prefix(plain, settings.phone_mode);
        let plus = if has_inner_plus(plain, settings.phone_mode) { plain.to_owned() } else { format!("+{dialled}") };
        let default_region = settings.default_region.filter(|_| settings.phone_mode == PhoneMode::Legacy);
        let in_region = default_region.and_then(|region| read(plain, Some(region.0)).ok());
        let read = in_region.or_else(|| read(&plus, None).ok());
        match read.and_then(|number| NumberReading::of(text, number.country_code, settings)) {
            Some(reading) => format!("{self}: {reading}"),
            None => match suggestion(plain) {
                Some(number) => format!("{self}; give {} for North America", shown(number)),
                None => self.to_string(),
            },
        }
    }
}

impl NumberReading {
    fn of(text: &str, calling_code: i32, settings: &ProgramSettings) -> Option<Self> {
        let text = &*normalise(text);
        let begins = text.find(|first: char| first.is_ascii_digit() || first == '+');
        let number = begins.map_or("", |at| &text[at..]);
        let is_legacy = settings.phone_mode == PhoneMode::Legacy;
        if number.starts_with('+') || (number.starts_with("00") && !is_legacy) {
            return None;
        }
        let of_code = |region: &Region| PHONE_NUMBER_UTIL.get_country_code_for_region(region.0) == Some(calling_code);
        let default_region = settings.default_region.filter(|region| is_legacy && of_code(region));
        Some(Self { calling_code, default_region, north_american: suggestion(text) })
    }
}

/// Ten digits that are a number of North America, with 1 in front.
fn suggestion(text: &str) -> Option<E164> {
    // More can't be ten digits with marks between them.
    const LONGEST: usize = 40;
    let digits: String = steps::each(text.bytes()).take(LONGEST).filter(u8::is_ascii_digit).map(char::from).collect();
    let is_short = text.len() <= LONGEST && digits.len() == 10;
    is_short.then(|| north_american::parse(&format!("1{digits}"))).flatten()
}

impl fmt::Display for NumberReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calling_code, default_region, north_american } = self;
        if let Some(region) = default_region {
            let code = String::from(*region);
            return write!(f, "read in the default region, {}: +{calling_code}", name(&code));
        }
        let region = PHONE_NUMBER_UTIL.get_region_for_country_code(*calling_code).map(|region| region.to_string());
        write!(f, "read as +{calling_code}")?;
        if let Some(region) = region.filter(|code| code.len() == 2) {
            write!(f, ", {}", name(&region))?;
        }
        match north_american {
            Some(number) if *calling_code != 1 => write!(f, ": give {} for North America", shown(*number)),
            _ => Ok(()),
        }
    }
}

fn shown(number: E164) -> String {
    north_american::format(number, Format::International)
}

fn name(region: &str) -> &str {
    country_name(region).unwrap_or(region)
}
