//! What holds for every input, tried on generated ones.

use proptest::prelude::*;
use sync_asmx::domain::phone_number::Format;
use sync_asmx::domain::{PhoneNumber, ProgramSettings};
use sync_asmx::soap::xml::{Node, XmlReader};

use crate::harness::{Envelope, TestApp};

/// Text that looks more or less like a phone number.
fn number_like() -> impl Strategy<Value = String> {
    let chunk = prop_oneof![
        6 => "[0-9]{1,6}",
        2 => "[-+ ().,/*#x]{1,3}",
        1 => prop::sample::select(vec![
            "+", "00", "+1", "+44", "+49", "+39 0", "+54 9", "+52 1", "+7", "tel:", ";ext=", ";phone-context=", ";isub=", " ext. ",
            " x", "#", "a", "FLOWERS", "\u{FF0B}", "\u{661}\u{662}", "\u{FF11}", "\u{2011}", "\u{A0}", "\u{200B}", "\u{BD}", ",,",
        ]).prop_map(str::to_owned),
    ];
    prop_oneof![
        8 => prop::collection::vec(chunk, 1..8).prop_map(|chunks| chunks.concat()),
        2 => "\\+[1-9][0-9]{5,15}",
        1 => any::<String>(),
    ]
}

fn settings() -> impl Strategy<Value = ProgramSettings> {
    let modes =
        prop::sample::select(vec![None, Some("US"), Some("GB"), Some("DE"), Some("IT"), Some("AR"), Some("MX")]);
    (modes, any::<bool>()).prop_map(|(region, is_valid)| {
        let check = if is_valid { "valid" } else { "possible" };
        let settings = match region {
            None => serde_json::json!({"phone_check": check}),
            Some(region) => {
                serde_json::json!({"phone_check": check, "phone_mode": "legacy", "default_region": region})
            }
        };
        serde_json::from_value(settings).expect("settings")
    })
}

/// `^\+[1-9]\d{1,14}$`
fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_read_as_a_number_is_e164(text in number_like(), settings in settings()) {
        if let Ok(number) = PhoneNumber::parse(&text, &settings) {
            prop_assert!(is_e164(&number.e164().to_string()), "{}", number.e164());
            for format in [Format::International, Format::National, Format::E164, Format::Digits] {
                prop_assert!(!number.format(format).is_empty());
            }
        }
    }

    #[test]
    fn a_number_in_any_of_its_forms_is_the_same_number(text in number_like()) {
        check_forms(&text, "possible")?;
    }

    #[test]
    fn a_valid_number_in_any_of_its_forms_is_the_same_number(text in number_like()) {
        check_forms(&text, "valid")?;
    }
}

/// What a number becomes when it is copied from a page or an address book of another script: each character, and what stands before it.
fn spelled(text: &str, marks: &[&str], zero: char) -> String {
    let digit =
        |digit: char| digit.to_digit(10).and_then(|value| char::from_u32(u32::from(zero) + value)).unwrap_or(digit);
    let marks = marks.iter().copied().chain(std::iter::repeat(""));
    text.chars().zip(marks).flat_map(|(character, mark)| mark.chars().chain([digit(character)])).collect()
}

/// Marks that nobody sees, in front of some characters.
fn marks() -> impl Strategy<Value = Vec<&'static str>> {
    let mark = prop::sample::select(vec![
        "",
        "",
        "\u{FEFF}",
        "\u{200B}",
        "\u{200E}",
        "\u{200F}",
        "\u{202A}",
        "\u{2066}\u{2069}",
        "\u{202C}",
        "\u{2060}",
        "\u{AD}",
        "\u{61C}",
    ]);
    prop::collection::vec(mark, 0..12)
}

/// The digit 0 of ASCII, Arabic, Persian, Devanagari, Thai, full width, mathematical bold.
fn zero() -> impl Strategy<Value = char> {
    prop::sample::select(vec!['0', '\u{660}', '\u{6F0}', '\u{966}', '\u{E50}', '\u{FF10}', '\u{1D7CE}'])
}

/// All that a number is compared and shown by.
fn read_by(settings: &ProgramSettings, text: &str) -> Option<(String, String, Option<String>)> {
    let number = PhoneNumber::parse(text, settings).ok()?;
    Some((number.e164().to_string(), number.format(Format::National), number.extension().map(str::to_owned)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn invisible_marks_and_scripts_of_digits_do_not_matter_in_any_mode(
        text in number_like(), marks in marks(), zero in zero(), settings in settings()
    ) {
        let spelled = spelled(&text, &marks, zero);
        prop_assert_eq!(read_by(&settings, &spelled), read_by(&settings, &text), "{:?}", spelled);
    }

    #[test]
    fn what_is_accepted_with_a_plus_is_the_same_number_without_and_with_00(
        before in prop::sample::select(vec!["", "", " ", "(", "tel:", "Tel. "]),
        number in prop_oneof![number_like(), "(1|33|39|44|49|54|358)[ ]?[(]?[0-9]{2,3}[)]?[0-9]{3}[-]?[0-9]{3,4}( x[0-9]| [+])?"],
        marks in marks(), zero in zero(), is_valid in any::<bool>()
    ) {
        let check = if is_valid { "valid" } else { "possible" };
        let settings = serde_json::from_value(serde_json::json!({"phone_check": check})).expect("settings");
        let with_plus = read_by(&settings, &format!("{before}+{number}"));
        if with_plus.is_none() {
            return Ok(());
        }
        for prefix in ["", "00"] {
            let spelled = spelled(&format!("{before}{prefix}{number}"), &marks, zero);
            prop_assert_eq!(read_by(&settings, &spelled), with_plus.clone(), "{:?}", spelled);
        }
    }
}

#[test]
fn a_letter_behind_the_plus_is_passed_over_as_one_in_front_of_the_number() {
    let settings = ProgramSettings::default();
    for text in ["x1000000 xx", "x15195550123", "ext. 15195550123"] {
        let read = ["", "+", "00"].map(|prefix| read_by(&settings, &format!("{prefix}{text}")));
        assert_eq!(read, [read[0].clone(), read[0].clone(), read[0].clone()], "{text}");
    }
}

fn check_forms(text: &str, phone_check: &str) -> Result<(), TestCaseError> {
    let settings = serde_json::from_value(serde_json::json!({"phone_check": phone_check})).expect("settings");
    let Ok(number) = PhoneNumber::parse(text, &settings) else { return Ok(()) };
    for format in [Format::International, Format::E164, Format::Digits] {
        let form = number.format(format);
        let again = PhoneNumber::parse(&form, &settings).map(|number| number.e164());
        prop_assert_eq!(again, Ok(number.e164()), "{}", form);
    }
    Ok(())
}

/// How a character stands in XML.
#[derive(Clone, Copy, Debug)]
enum Written {
    Raw,
    Decimal,
    Hexadecimal,
    CData,
}

fn written() -> impl Strategy<Value = Written> {
    prop::sample::select(vec![
        Written::Raw,
        Written::Raw,
        Written::Raw,
        Written::Decimal,
        Written::Hexadecimal,
        Written::CData,
    ])
}

/// Any character that XML allows.
fn xml_character() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => prop::char::range(' ', '~'),
        1 => prop::sample::select(vec!['\t', '\n', '\r', '<', '>', '&', '"', '\'', ']', '\u{85}', '\u{2028}', '\u{FFFD}', '\u{FEFF}']),
        1 => any::<char>().prop_filter("XML allows it", |character| {
            *character >= ' ' && !matches!(*character, '\u{FFFE}' | '\u{FFFF}')
        }),
    ]
}

/// A text, and one of the ways to write it as XML.
fn text_and_xml() -> impl Strategy<Value = (String, String)> {
    prop::collection::vec((xml_character(), written()), 0..30).prop_map(|characters| {
        let text = characters.iter().map(|(character, _)| character).collect();
        let xml = characters.into_iter().map(|(character, written)| write(character, written)).collect();
        (text, xml)
    })
}

fn write(character: char, written: Written) -> String {
    match (character, written) {
        // A raw CR is a line end, which becomes LF.
        ('\r', _) | (_, Written::Decimal) => format!("&#{};", u32::from(character)),
        (_, Written::Hexadecimal) => format!("&#x{:X};", u32::from(character)),
        (_, Written::CData) => format!("<![CDATA[{character}]]>"),
        ('&', _) => "&amp;".into(),
        ('<', _) => "&lt;".into(),
        ('>', _) => "&gt;".into(),
        _ => character.into(),
    }
}

/// The text of the only element, in one chunk.
fn read(xml: &str) -> String {
    let mut reader = XmlReader::new(xml);
    let mut text = String::new();
    loop {
        match reader.read().expect("well-formed XML") {
            Node::Text | Node::Whitespace | Node::CData => text.push_str(&reader.value()),
            Node::End => return text,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_text_is_read_as_it_was_written((text, xml) in text_and_xml()) {
        prop_assert_eq!(read(&format!("<a>{xml}</a>")), text);
    }
}

/// An envelope in which this field's content is given as XML.
fn envelope_with(field: &str, xml: &str) -> String {
    Envelope::save_account_phone().with(field, "@@").xml().replacen("@@", xml, 1)
}

fn request(envelope: &str) -> Vec<u8> {
    format!(
        "POST /Services/Sync.asmx HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n{envelope}",
        envelope.len()
    )
    .into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// A token is compared as it stands, so a service that knows the written text by heart shows what it understood.
    #[test]
    fn a_service_understands_what_was_written(texts in prop::collection::vec(text_and_xml(), 40)) {
        let mut texts = texts;
        texts.sort();
        texts.dedup_by(|one, other| one.0 == other.0);
        // What no token may be.
        texts.retain(|(text, _)| !text.trim().is_empty() && !text.chars().any(char::is_control));
        let tokens: Vec<_> = texts.iter().map(|(text, _)| serde_json::json!({"token": text, "methods": ["*"]})).collect();
        let seed = serde_json::json!({"programs": [{
            "name": "own", "security_tokens": tokens, "members": [{"member_id": 1001}],
            "phone_number_types": [{"external_reference": "HOME", "name": ""}],
            "mobile_carriers": [{"external_reference": "ROGERS", "name": ""}]
        }]});
        let app = TestApp::with_seed(&seed.to_string());
        let mut connection = app.connect();
        for (text, xml) in &texts {
            let answer = connection.exchange(&request(&envelope_with("SecurityToken", xml))).expect("an answer");
            prop_assert_eq!(answer.return_code(), 0, "{:?} as {:?}", text, xml);
        }
    }
}

/// One server for all cases: no text sent to it may harm it.
#[test]
fn no_phone_number_is_answered_with_a_failure() {
    let app = TestApp::start();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(1_000));
    let number = (number_like(), any::<bool>()).prop_map(|(text, dirty)| {
        let is_allowed = |character: &char| *character >= ' ' && !matches!(*character, '\u{FFFE}' | '\u{FFFF}');
        let text: String = text.chars().filter(is_allowed).collect();
        if dirty { format!("{text}\u{0}") } else { text }
    });
    let sent = runner.run(&number, |number| {
        let answer = app.save_account_phone(1001, "HOME", &number);
        if number.contains('\0') {
            prop_assert_eq!((answer.status, answer.body.len()), (400, 0));
        } else {
            let (code, saved) = (answer.return_code(), answer.saved_phone_number());
            prop_assert!([0, 1, 2, 315].contains(&code), "{}", code);
            prop_assert_eq!(code == 0, !saved.is_empty(), "{}", saved);
        }
        Ok(())
    });
    sent.expect("an answer to every number");
}
