use super::*;

fn legacy_us() -> ProgramSettings {
    let default_region = Region::try_from("US".to_owned()).ok();
    ProgramSettings { phone_mode: PhoneMode::Legacy, default_region, ..ProgramSettings::default() }
}

/// E.164 and the program's format, or the reason.
fn read(text: &str, settings: &ProgramSettings) -> Result<(String, String), ParsePhoneNumberError> {
    PhoneNumber::parse(text, settings)
        .map(|number| (number.e164().to_string(), number.format(settings.saved_phone_format())))
}

#[test]
fn plus_and_00_are_optional_and_the_country_calling_code_is_not() {
    use ParsePhoneNumberError::{Ambiguous, NotE164, NotPossible, Unreadable};
    for (text, expected) in [
        ("+1 (519) 555-0123", Ok(("+15195550123", "+1 519-555-0123"))),
        ("15195550123", Ok(("+15195550123", "+1 519-555-0123"))),
        ("0015195550123", Ok(("+15195550123", "+1 519-555-0123"))),
        (" 1.519.555.0123 ", Ok(("+15195550123", "+1 519-555-0123"))),
        ("+1 1195550123", Ok(("+11195550123", "+1 1195550123"))), // no area code begins with 1, but the length fits
        ("+54 (0341) 123-4567", Ok(("+543411234567", "+54 341 123-4567"))), // the documented example
        ("442079460123", Ok(("+442079460123", "+44 20 7946 0123"))),
        ("+39 06 1234 5678", Ok(("+390612345678", "+39 06 1234 5678"))), // the zero belongs to the number
        ("\u{FF0B}\u{FF11}5195550123", Ok(("+15195550123", "+1 519-555-0123"))), // full width
        ("\u{202A}1 519 555 0123\u{202C}", Ok(("+15195550123", "+1 519-555-0123"))), // copied from right-to-left text
        ("\u{FEFF}15195550123", Ok(("+15195550123", "+1 519-555-0123"))),
        ("\u{660}\u{660}\u{661}5195550123", Ok(("+15195550123", "+1 519-555-0123"))), // 00 in Arabic digits
        ("Tel: 1 519 555 0123", Ok(("+15195550123", "+1 519-555-0123"))),             // read as with its plus
        ("(001) 519 555 0123 +", Ok(("+15195550123", "+1 519-555-0123"))),
        ("+0015195550123", Err(Unreadable)),
        ("+1 519 555 0123 ext. 45", Ok(("+15195550123", "+1 519-555-0123"))), // extensions are dropped
        ("5195550123", Ok(("+5195550123", "+51 95550123"))),                  // without its 1 it is one of Peru
        ("+15550123", Err(NotPossible)),                                      // can be dialled in its area only
        ("+49 123456789012345", Err(NotE164)),                                // 17 digits
        ("+910000000000", Err(Ambiguous)), // +91000000000 would be read as +9100000000
        ("12", Err(Unreadable)),
        ("123456;phone-context=example.com;tel:", Err(Unreadable)), // makes the library panic
    ] {
        let expected = expected.map(|(e164, shown)| (e164.to_owned(), shown.to_owned()));
        assert_eq!(read(text, &ProgramSettings::default()), expected, "{text}");
    }
}

#[test]
fn in_legacy_mode_a_number_without_plus_is_of_the_default_region_first() {
    for (text, expected) in [
        ("(519) 555-0123", Some(("+15195550123", "(519) 555-0123"))),
        ("1 519 555 0123", Some(("+15195550123", "(519) 555-0123"))),
        ("519 555 0123 x45", Some(("+15195550123", "(519) 555-0123 ext. 45"))),
        ("+44 20 7946 0123", Some(("+442079460123", "020 7946 0123"))),
        ("442079460123", Some(("+442079460123", "020 7946 0123"))), // too long for the region, so international
        ("\u{200E}(519) 555-0123", Some(("+15195550123", "(519) 555-0123"))),
        ("\u{FEFF}\u{FF0B}44 20 7946 0123", Some(("+442079460123", "020 7946 0123"))),
        ("\u{660}\u{660}442079460123", Some(("+442079460123", "020 7946 0123"))),
        ("Tel: 442079460123", None), // nothing else is passed over
        ("555-0123", None),
    ] {
        let expected = expected.map(|(e164, shown)| (e164.to_owned(), shown.to_owned()));
        assert_eq!(read(text, &legacy_us()).ok(), expected, "{text}");
    }
}

#[test]
fn only_digits_are_digits() {
    for (text, expected) in [
        ("a1", true),
        ("\u{FF11}", true),
        ("\u{664}", true),
        ("\u{FF0B}", false),
        ("\u{200B}", false),
        ("abc", false),
        ("\u{BD}", false),
        ("\u{2167}", false),
        ("", false),
    ] {
        assert_eq!(has_digit(text), expected, "{text}");
    }
}
