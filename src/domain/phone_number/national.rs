//! Numbers as the people of one region write them.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::{E164, ParsePhoneNumberError, PhoneCheck, PhoneNumber, ProgramSettings, Region, normalise, read};

impl Region {
    pub const FRANCE: Self = Self(rlibphonenumber::Region::FR);
    pub const GERMANY: Self = Self(rlibphonenumber::Region::DE);
    pub const UNITED_KINGDOM: Self = Self(rlibphonenumber::Region::GB);

    /// The digits by which a number of the region's country calling code is dialled within the country, trunk prefix included;
    /// `None` for a number of another one.
    pub fn national_digits(self, number: E164) -> Option<String> {
        let parsed = read(&number.to_string(), None).ok()?;
        if PHONE_NUMBER_UTIL.get_country_code_for_region(self.0) != Some(parsed.country_code) {
            return None;
        }
        let national = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::National);
        let digits: String = national.chars().filter(char::is_ascii_digit).collect();
        let again = PhoneNumber::parse_national(&digits, self, PhoneCheck::Possible).ok()?;
        (again.e164() == number).then_some(digits)
    }
}

impl PhoneNumber {
    /// Reads a number without `+` as one of the region first, then as one with its country calling code. An extension is dropped.
    ///
    /// # Errors
    /// [`ParsePhoneNumberError`], that of the last attempt.
    pub fn parse_national(text: &str, region: Region, check: PhoneCheck) -> Result<Self, ParsePhoneNumberError> {
        let text = &*normalise(text);
        let in_region = Self::parse_only_national(text, region, check);
        match text.trim_start().starts_with('+') {
            true => in_region,
            false => in_region.or_else(|_| Self::parse_with_calling_code(text, check)),
        }
    }

    /// Reads a number that was an integer on its way, and so has lost a zero at its beginning if it had one: as one of the region,
    /// with the zero and without, then as one with its country calling code. Where numbers are as long as in Germany, the last is
    /// never reached (our choice, for a case that can't be told from the first).
    ///
    /// # Errors
    /// [`ParsePhoneNumberError`], that of the last attempt.
    pub fn parse_integer(number: u64, region: Region, check: PhoneCheck) -> Result<Self, ParsePhoneNumberError> {
        let digits = number.to_string();
        Self::parse_only_national(&format!("0{digits}"), region, check)
            .or_else(|_| Self::parse_only_national(&digits, region, check))
            .or_else(|_| Self::parse_with_calling_code(&digits, check))
    }

    fn parse_only_national(text: &str, region: Region, check: PhoneCheck) -> Result<Self, ParsePhoneNumberError> {
        let mut number = read(text, Some(region.0))?;
        number.extension = None;
        Self::checked(number, check)
    }

    fn parse_with_calling_code(text: &str, check: PhoneCheck) -> Result<Self, ParsePhoneNumberError> {
        Self::parse_international(text, &ProgramSettings { phone_check: check, ..ProgramSettings::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSSIBLE: PhoneCheck = PhoneCheck::Possible;

    #[test]
    fn a_number_without_plus_is_one_of_the_region_first() {
        for (text, region, expected) in [
            ("0612345678", Region::FRANCE, Some("+33612345678")),
            ("06 12 34 56 78", Region::FRANCE, Some("+33612345678")),
            ("+33 6 12 34 56 78", Region::FRANCE, Some("+33612345678")),
            ("0033612345678", Region::FRANCE, Some("+33612345678")),
            ("33612345678", Region::FRANCE, Some("+33612345678")),
            ("+1 519 555 0123", Region::FRANCE, Some("+15195550123")),
            ("015112345678", Region::GERMANY, Some("+4915112345678")),
            ("07400 123456", Region::UNITED_KINGDOM, Some("+447400123456")),
            ("\u{200F}06\u{200E}12345678", Region::FRANCE, Some("+33612345678")),
            ("\u{660}\u{660}33612345678", Region::FRANCE, Some("+33612345678")),
            ("\u{FF0B}33612345678", Region::FRANCE, Some("+33612345678")),
            ("0612345678 ext. 5", Region::FRANCE, Some("+33612345678")),
            ("06", Region::FRANCE, None),
            ("", Region::FRANCE, None),
            ("+", Region::FRANCE, None),
            ("number", Region::FRANCE, None),
        ] {
            let number = PhoneNumber::parse_national(text, region, POSSIBLE).ok();
            let read = number.as_ref().map(|number| number.e164().to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
            assert_eq!(number.and_then(|number| number.extension().map(str::to_owned)), None, "{text}");
        }
    }

    #[test]
    fn an_integer_has_lost_its_zero() {
        for (number, region, expected) in [
            (612_345_678, Region::FRANCE, Some("+33612345678")),
            (33_612_345_678, Region::FRANCE, Some("+33612345678")),
            (15_195_550_123, Region::FRANCE, Some("+15195550123")),
            (15_112_345_678, Region::GERMANY, Some("+4915112345678")),
            (4_915_112_345_678, Region::GERMANY, Some("+494915112345678")), // might be one of Leer, 0491
            (447_400_123_456, Region::UNITED_KINGDOM, Some("+447400123456")),
            (7_400_123_456, Region::UNITED_KINGDOM, Some("+447400123456")),
            (0, Region::FRANCE, None),
            (u64::MAX, Region::FRANCE, None),
        ] {
            let read =
                PhoneNumber::parse_integer(number, region, POSSIBLE).ok().map(|number| number.e164().to_string());
            assert_eq!(read.as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn national_digits_are_those_of_the_region_only() {
        let number = E164::new(33_612_345_678).expect("a number");
        assert_eq!(Region::FRANCE.national_digits(number).as_deref(), Some("0612345678"));
        assert_eq!(Region::GERMANY.national_digits(number), None);
        let number = E164::new(447_400_123_456).expect("a number");
        assert_eq!(Region::UNITED_KINGDOM.national_digits(number).as_deref(), Some("07400123456"));
    }
}
