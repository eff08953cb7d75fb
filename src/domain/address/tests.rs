use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::regions::{COUNTRIES, TABLE, find_country};
use super::*;
use crate::domain::program::InvalidValueCode;
use crate::steps::hostile;

const REFUSE: UnknownRegion = UnknownRegion::Refuse(InvalidValueCode::UndefinedError);

/// An address in a region and a country.
fn address_in<'a>(region: &'a str, country: &'a str) -> AddressInput<'a> {
    AddressInput { line_1: "1 Main St", city: "X", region, postal_code: "1", country, ..AddressInput::default() }
}

/// The address as a caller would send it back.
fn sent_back(address: &Address) -> AddressInput<'_> {
    AddressInput {
        line_1: &address.line_1,
        line_2: &address.line_2,
        line_3: &address.line_3,
        city: &address.city,
        region: &address.region,
        postal_code: &address.postal_code,
        country: &address.country,
    }
}

#[test]
fn an_address_is_saved_as_the_reference_prints_it() {
    let input = AddressInput {
        line_1: "5  King St",
        line_2: "",
        line_3: " ",
        city: "\u{2003}Toronto\t\n",
        region: "on",
        postal_code: "m5h1a1",
        country: "CAN",
    };
    let saved = Address {
        line_1: "5 King St".to_owned(),
        city: "Toronto".to_owned(),
        region: "Ontario".to_owned(),
        region_abbreviation: "ON".to_owned(),
        postal_code: "M5H 1A1".to_owned(),
        country: "Canada".to_owned(),
        country_abbreviation: "CA".to_owned(),
        ..Address::default()
    };
    assert_eq!(Address::format(input, REFUSE), Ok(saved));
}

#[test]
fn a_country_is_found_by_code_name_or_alias() {
    for (text, code, name) in [
        ("ca", "CA", "Canada"),
        (" C A\u{a0}", "CA", "Canada"),
        ("GBR", "GB", "United Kingdom"),
        ("U.S.A.", "US", "United States"),
        ("United States of America", "US", "United States"),
        ("america", "US", "United States"),
        ("UK", "GB", "United Kingdom"),
        ("U.K.", "GB", "United Kingdom"),
        ("Great Britain", "GB", "United Kingdom"),
        ("England", "GB", "United Kingdom"),
        ("Scotland", "GB", "United Kingdom"),
        ("Wales", "GB", "United Kingdom"),
        ("NORTHERN  IRELAND", "GB", "United Kingdom"),
        ("côte d'ivoire", "CI", "Côte d’Ivoire"),
        ("cote d’ivoire", "CI", "Côte d’Ivoire"),
        ("Ivory Coast", "CI", "Côte d’Ivoire"),
        ("Turkey", "TR", "Türkiye"),
        ("turkiye", "TR", "Türkiye"),
        ("Holland", "NL", "Netherlands"),
        ("The Netherlands", "NL", "Netherlands"),
        ("Burma", "MM", "Myanmar"),
        ("Czech Republic", "CZ", "Czechia"),
        ("Hong Kong", "HK", "Hong Kong"),
        ("Hong Kong SAR China", "HK", "Hong Kong"),
        ("Korea, Republic of", "KR", "South Korea"),
        ("Republic of Korea", "KR", "South Korea"),
        ("Trinidad and Tobago", "TT", "Trinidad & Tobago"),
        ("Saint Lucia", "LC", "St. Lucia"),
        ("Kosovo", "XK", "Kosovo"),
        ("ＣＡＮＡＤＡ", "CA", "Canada"),
        ("\u{202e}Canada", "CA", "Canada"),
        ("UN", "", "UN"),
        ("XX", "", "XX"),
        ("  Atlantis  II ", "", "Atlantis II"),
        ("-.-", "", "-.-"),
        ("", "", ""),
    ] {
        let address = Address::format(address_in("", text), UnknownRegion::Keep).expect(text);
        assert_eq!((&*address.country_abbreviation, &*address.country), (code, name), "{text:?}");
    }
}

#[test]
fn a_region_is_found_within_its_country() {
    for (country, text, code, name) in [
        ("CA", "on", "ON", "Ontario"),
        ("CA", "CA-ON", "ON", "Ontario"),
        ("CA", "ontario", "ON", "Ontario"),
        ("CA", "québec", "QC", "Quebec"),
        ("CA", "que\u{301}bec", "QC", "Quebec"),
        ("CA", "US-NY", "", "US-NY"),
        ("CA", "New  York", "", "New York"),
        ("US", "N.Y.", "NY", "New York"),
        ("US", "DC", "DC", "District of Columbia"),
        ("US", "Washington D.C.", "DC", "District of Columbia"),
        ("US", "washington", "WA", "Washington"),
        ("US", "PR", "PR", "Puerto Rico"),
        ("US", "US-GU", "GU", "Guam"),
        ("US", "AS", "AS", "American Samoa"),
        ("US", "MP", "MP", "Northern Mariana Islands"),
        ("US", "VI", "VI", "U.S. Virgin Islands"),
        ("US", "aa", "AA", "Armed Forces Americas"),
        ("US", "AE", "AE", "Armed Forces Europe"),
        ("US", "Armed Forces Pacific", "AP", "Armed Forces Pacific"),
        ("GB", "england", "ENG", "England"),
        ("England", "gb-wls", "WLS", "Wales"),
        ("FR", "Ile de France", "IDF", "Île-de-France"),
        ("CN", "Inner Mongolia", "NM", "Inner Mongolia"),
        ("IR", "Markazi", "00", "Markazī"),
        ("HK", "Kowloon", "", "Kowloon"),
        ("Atlantis", "ON", "", "ON"),
    ] {
        let address = Address::format(address_in(text, country), UnknownRegion::Keep).expect(text);
        assert_eq!((&*address.region_abbreviation, &*address.region), (code, name), "{country} {text:?}");
    }
}

#[test]
fn an_unknown_country_and_then_an_unknown_region_is_refused_where_the_setting_says_so() {
    for (region, country, refused) in [
        ("Ontario", "Canada", None),
        ("Narnia", "Canada", Some(AddressError::UnknownRegion)),
        ("Narnia", "Atlantis", Some(AddressError::UnknownCountry)),
        ("Ontario", "Atlantis", Some(AddressError::UnknownCountry)),
        // The table has no regions of it.
        ("Kowloon", "Hong Kong", None),
    ] {
        assert_eq!(Address::format(address_in(region, country), REFUSE).err(), refused, "{region}, {country}");
        assert!(Address::format(address_in(region, country), UnknownRegion::Keep).is_ok(), "{region}, {country}");
    }
}

#[test]
fn a_postal_code_has_the_form_of_its_country_if_it_fits() {
    for (country, text, saved) in [
        ("US", "12345", "12345"),
        ("US", "123456789", "12345-6789"),
        ("US", " 12345 - 6789 ", "12345-6789"),
        ("US", "1234-5", "12345"),
        ("US", "12345\u{2010}6789", "12345-6789"),
        ("US", "1234567890", "1234567890"),
        ("US", "1234", "1234"),
        ("US", "١٢٣٤٥", "١٢٣٤٥"),
        ("CA", "n2h4a2", "N2H 4A2"),
        ("CA", "N2H-4A2", "N2H 4A2"),
        ("CA", "n2h  4a", "N2H 4A"),
        ("CA", "22H 4A2", "22H 4A2"),
        ("England", "sw1a1aa", "SW1A 1AA"),
        ("GB", "M1-1AE", "M1 1AE"),
        ("GB", "w1a", "W1A"),
        ("GB", "ec1a1bbx", "EC1A1BBX"),
        ("GB", "ï1 1ae", "Ï1 1AE"),
        ("NL", "1012  ab", "1012 AB"),
        ("JP", "100-0001", "100-0001"),
        ("Atlantis", "m5h1a1", "M5H1A1"),
    ] {
        let input = AddressInput { postal_code: text, ..address_in("", country) };
        let address = Address::format(input, UnknownRegion::Keep).expect(text);
        assert_eq!(address.postal_code, saved, "{country} {text:?}");
    }
}

#[test]
fn the_saved_form_is_too_long_beyond_120_units_and_14_for_a_postal_code() {
    let most = "a".repeat(120);
    let more = "a".repeat(121);
    // Two units each.
    let most_of_two = "\u{1F600}".repeat(60);
    let more_of_two = "\u{1F600}".repeat(61);
    let base = address_in("ON", "CA");
    let check = |input: AddressInput<'_>| Address::format(input, UnknownRegion::Keep).err();
    for (text, refused) in [(&most, false), (&more, true), (&most_of_two, false), (&more_of_two, true)] {
        for input in [
            AddressInput { line_1: text, ..base },
            AddressInput { line_2: text, ..base },
            AddressInput { line_3: text, ..base },
            AddressInput { city: text, ..base },
            AddressInput { region: text, ..base },
            AddressInput { country: text, ..base },
        ] {
            assert_eq!(check(input), refused.then_some(AddressError::TooLong));
        }
    }
    let blanks = format!("Main{}St", " ".repeat(200));
    assert_eq!(check(AddressInput { line_1: &blanks, ..base }), None, "blanks are counted as they are saved");
    let dots = format!("CA{}", ".".repeat(200));
    assert_eq!(check(AddressInput { country: &dots, ..base }), None, "what is found is as long as its name");
    for (postal_code, refused) in [("A2345678901234", false), ("A23456789012345", true), ("ßßßßßßßß", true)] {
        assert_eq!(check(AddressInput { postal_code, ..base }), refused.then_some(AddressError::TooLong));
    }
    let long_and_unknown = AddressInput { line_1: &more, ..address_in("Narnia", "Atlantis") };
    assert_eq!(Address::format(long_and_unknown, REFUSE), Err(AddressError::TooLong), "length comes first");
}

#[test]
fn the_table_is_as_its_script_made_it() {
    let (head, body) = TABLE.split_once("\n\n").expect("a head");
    let made = head.lines().last().expect("counts");
    let regions = || COUNTRIES.iter().flat_map(regions::Country::regions);
    let sha256 = Sha256::digest(body).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let found = format!(
        "# countries\t{}\tregions\t{}\tSHA-256 of what follows the empty line\t{sha256}",
        COUNTRIES.iter().count(),
        regions().count(),
    );
    assert_eq!(made, found, "change scripts/make-regions and run it, not the table");
    let with_regions = COUNTRIES.iter().filter(|country| country.has_regions()).count();
    assert_eq!((COUNTRIES.iter().count(), with_regions, regions().count()), (250, 200, 5034));
}

/// So names need not be looked for before aliases, and what was saved is found again.
#[test]
fn no_text_means_two_countries_or_two_regions_of_one() {
    for country in COUNTRIES.iter() {
        for text in country.names.split('\t').chain([country.code, country.alpha_3]) {
            assert_eq!(find_country(text).map(|found| found.code), Some(country.code), "{text}");
        }
        for region in country.regions() {
            let with_country = format!("{}-{}", country.code, region.code);
            for text in region.names.split('\t').chain([region.code, &with_country]) {
                let found = country.find_region(text).map(|found| found.code);
                assert_eq!(found, Some(region.code), "{text} in {}", country.code);
            }
        }
    }
}

#[test]
fn work_on_an_address_is_linear() {
    let format = |text: &str| {
        let input = AddressInput {
            line_1: text,
            line_2: text,
            line_3: text,
            city: text,
            region: text,
            postal_code: text,
            country: text,
        };
        let _ = Address::format(input, REFUSE);
        // A country that is found, so that the region is looked for.
        let _ = Address::format(address_in(text, "GB"), REFUSE);
    };
    hostile::assert_linear(&[("address", &format)]);
    for unit in ["\u{301}", "a\u{301}\u{316}", "\u{202e}\u{5d0}", "\u{fdfa}", "한", "ﬀ", " ", "\u{1F600}", "-"] {
        let steps_of = |count| steps::of(|| format(&unit.repeat(count)));
        let (half, whole) = (steps_of(4096), steps_of(8192));
        assert!(whole <= half * 22 / 10, "{unit:?}: {half} steps, then {whole}");
    }
}

/// Texts that may be found, some that look like it, and any other.
fn text() -> impl Strategy<Value = String> {
    let known: &'static [&'static str] =
        &["US", "usa", "Canada", "UK", "England", "ON", "us-ny", "Québec", "PR", "12345 6789", "m5h-1a1", "sw1a1aa"];
    prop_oneof![
        prop::sample::select(known).prop_map(str::to_owned),
        "[A-Za-z]{2,3}",
        "[A-Z0-9 -]{0,12}",
        "\\PC{0,20}",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn what_was_saved_stays_as_it_is(texts in prop::array::uniform7(text()), keep in any::<bool>()) {
        let unknown_region = if keep { UnknownRegion::Keep } else { REFUSE };
        let [line_1, line_2, line_3, city, region, postal_code, country] = &texts;
        let input = AddressInput { line_1, line_2, line_3, city, region, postal_code, country };
        if let Ok(saved) = Address::format(input, unknown_region) {
            prop_assert_eq!(Address::format(sent_back(&saved), unknown_region), Ok(saved.clone()));
        }
    }
}
