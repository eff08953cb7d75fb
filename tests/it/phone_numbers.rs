//! Our reading of phone numbers against Google's, of which `fixtures/phone-numbers.tsv` is a sample, and against the library.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat};
use sync_asmx::domain::phone_number::Format;
use sync_asmx::domain::{PhoneNumber, ProgramSettings};

/// One of Google's answers.
struct Row {
    line: usize,
    input: String,
    region: String,
    is_possible: bool,
    e164: String,
    international: String,
    national: String,
    extension: String,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("../../fixtures/phone-numbers.tsv").lines().enumerate().skip(2);
    lines.map(|(index, text)| row(index + 1, text)).collect()
}

/// The columns are named in the file's second line.
fn row(line: usize, text: &str) -> Row {
    let column: Vec<_> = text.split('\t').map(str::to_owned).collect();
    Row {
        line,
        input: serde_json::from_str(&column[0]).expect("a JSON string"),
        region: column[1].clone(),
        is_possible: column[2] == "READ" && column[4] == "IS_POSSIBLE",
        e164: column[3].clone(),
        international: column[6].clone(),
        national: column[7].clone(),
        extension: column[8].clone(),
    }
}

impl Row {
    /// Whether the number carries its country calling code, so that the region is of no matter.
    fn has_plus(&self) -> bool {
        self.input.trim_start().starts_with(['+', '\u{FF0B}'])
    }

    /// What we should read: what Google says is possible, if it is E.164, of which 15 digits is the most, and if it is the
    /// same number when it is read again.
    fn expected(&self) -> Option<&str> {
        (self.is_possible && self.e164.len() <= 16 && reads_as_itself(&self.e164)).then_some(&self.e164)
    }
}

/// Whether the E.164 form of a number stands for that number. Where a number begins with a trunk prefix twice, it stands for
/// the number without.
fn reads_as_itself(e164: &str) -> bool {
    let again = PHONE_NUMBER_UTIL.parse(e164, None);
    again.is_ok_and(|again| PHONE_NUMBER_UTIL.format(&again, PhoneNumberFormat::E164) == e164)
}

#[test]
fn in_international_mode_a_number_with_a_plus_is_what_google_says() {
    let settings = ProgramSettings::default();
    let mut compared = 0;
    for row in rows().into_iter().filter(Row::has_plus) {
        compared += 1;
        let number = PhoneNumber::parse(&row.input, &settings).ok();
        let e164 = number.as_ref().map(|number| number.e164().to_string());
        assert_eq!(e164.as_deref(), row.expected(), "line {}: {:?}", row.line, row.input);
        let Some(number) = number else { continue };
        assert_eq!(number.extension(), None, "line {}", row.line);
        if row.extension.is_empty() {
            assert_eq!(number.format(Format::International), row.international, "line {}", row.line);
            assert_eq!(number.format(Format::National), row.national, "line {}", row.line);
        }
    }
    assert!(compared > 1_000, "only {compared}");
}

#[test]
fn a_number_that_begins_with_a_trunk_prefix_twice_is_refused() {
    let settings = ProgramSettings::default();
    for (text, is_read) in [
        ("+4900000", true),
        ("+49000000", false),
        ("+910000000000", false),
        ("+35800123456", false),
        ("+3580123456", true),
        ("+44 (0) 20 7946 0018", true),
        ("+44 (0)0 20 7946 0018", false),
        ("+39 06 1234 5678", true),
        ("+39 00 1234 5678", true),
    ] {
        assert_eq!(PhoneNumber::parse(text, &settings).is_ok(), is_read, "{text}");
    }
}

#[test]
fn in_legacy_mode_a_number_of_the_region_is_what_google_says() {
    let mut compared = 0;
    // What Google doesn't read in the region we read as an international number, which is another question.
    for row in rows().into_iter().filter(|row| row.region != "ZZ" && row.expected().is_some()) {
        compared += 1;
        let settings = serde_json::json!({"phone_mode": "legacy", "default_region": row.region});
        let settings: ProgramSettings = serde_json::from_value(settings).expect("settings");
        let number = PhoneNumber::parse(&row.input, &settings)
            .unwrap_or_else(|error| unreachable!("line {}: {:?}: {error}", row.line, row.input));
        assert_eq!(Some(number.e164().to_string().as_str()), row.expected(), "line {}: {:?}", row.line, row.input);
        assert_eq!(number.extension().unwrap_or_default(), row.extension, "line {}", row.line);
        assert_eq!(number.format(Format::International), row.international, "line {}", row.line);
        assert_eq!(number.format(Format::National), row.national, "line {}", row.line);
    }
    assert!(compared > 500, "only {compared}");
}

/// E.164, international and national form.
type Forms = [String; 3];

fn ours(text: &str) -> Option<Forms> {
    let number = PhoneNumber::parse(text, &ProgramSettings::default()).ok()?;
    Some([Format::E164, Format::International, Format::National].map(|format| number.format(format)))
}

fn librarys(text: &str) -> Option<Forms> {
    let number = PHONE_NUMBER_UTIL.parse(text, None).ok()?;
    let is_possible =
        matches!(PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number), Ok(NumberLengthType::IsPossible));
    let forms = [PhoneNumberFormat::E164, PhoneNumberFormat::International, PhoneNumberFormat::National];
    let forms = forms.map(|format| PHONE_NUMBER_UTIL.format(&number, format).into_owned());
    (is_possible && forms[0].len() <= 16 && reads_as_itself(&forms[0])).then_some(forms)
}

/// The plan's patterns and ours look at the first digits and at the length, so those are gone through without a gap.
fn compare_all_beginnings(tails: &[&str]) {
    for beginning in 0..10_000 {
        for tail in tails {
            let text = format!("+1{beginning:04}{tail}");
            assert_eq!(ours(&text), librarys(&text), "{text}");
        }
    }
}

#[test]
fn every_beginning_of_ten_digits_is_read_as_the_library_reads_it() {
    compare_all_beginnings(&["550123", "000000"]);
}

#[test]
fn every_beginning_of_nine_or_eleven_digits_is_read_as_the_library_reads_it() {
    compare_all_beginnings(&["55012", "5501234"]);
}

#[test]
fn every_length_of_a_north_american_number_is_read_as_the_library_reads_it() {
    // Each first digit, and the places where our condition and the plan's patterns change.
    for beginning in
        ["0", "1", "19", "20", "2", "201", "310", "3", "411", "4", "5", "555", "6", "7", "8", "800", "9", "911", "999"]
    {
        for tail in ["0000000000000000", "9999999999999999", "1234567890123456"] {
            for length in beginning.len()..=15 {
                let text = format!("+1{}", &format!("{beginning}{tail}")[..length]);
                assert_eq!(ours(&text), librarys(&text), "{text}");
            }
        }
    }
}

#[test]
fn every_writing_of_a_north_american_number_is_read_as_the_library_reads_it() {
    for digits in ["5195550123", "2000000000", "9999999999", "1195550123", "0195550123", "519555012", "51955501234"] {
        let (area, rest) = digits.split_at(3);
        let (exchange, line) = rest.split_at(3);
        for writing in [
            format!("({area}) {exchange}-{line}"),
            format!(" {area}.{exchange}.{line} "),
            format!("-{area}--{exchange}  {line}-"),
            format!("{area}){exchange}({line}"),
            format!("(0){area}{exchange}{line}"),
            format!("{area}/{exchange}/{line}"),
            format!("{area}\u{A0}{exchange}\u{2011}{line}"),
            format!("{area}{exchange}{line}#"),
            format!("{area}{exchange}{line} x9"),
            format!("{area}{exchange}{line};ext=9"),
            format!("{area}{exchange}{line}a"),
            format!("1{area}{exchange}{line}"),
        ] {
            for start in ["+1", "+1 ", "+ 1", "+(1)", " +1", "(+1)", "++1", "+1+", "+.1-"] {
                let text = format!("{start}{writing}");
                let expected = librarys(&text).map(without_extension);
                assert_eq!(ours(&text), expected, "{text:?}");
            }
        }
    }
}

/// International mode drops extensions.
fn without_extension(forms: Forms) -> Forms {
    forms.map(|form| form.split(" ext. ").next().unwrap_or_default().to_owned())
}
