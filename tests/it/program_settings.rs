//! What each setting of a program changes (the defaults are the subject of `rules`).

use serde_json::{Value, json};

use crate::harness::{Answer, Envelope, TestApp};

/// A seed of one program with these settings. Its two members hold nothing.
fn seed(settings: &Value) -> Value {
    json!({"programs": [program("own", "TEST-TOKEN", settings)]})
}

fn program(name: &str, token: &str, settings: &Value) -> Value {
    json!({
        "name": name,
        "settings": settings,
        "security_tokens": [{"token": token, "methods": ["*"]}],
        "phone_number_types": [
            {"external_reference": "HOME", "name": "Home"},
            {"external_reference": "WORK", "name": "Work"}
        ],
        "mobile_carriers": [{"external_reference": "ROGERS", "name": "Rogers"}],
        "members": [{"member_id": 1001}, {"member_id": 1002}]
    })
}

fn app(settings: &Value) -> TestApp {
    TestApp::with_seed(&seed(settings).to_string())
}

/// What comes back, as `0 +1 519-555-0123`.
fn shown(answer: &Answer) -> String {
    format!("{} {}", answer.return_code(), answer.saved_phone_number())
}

fn save(app: &TestApp, number: &str) -> String {
    shown(&app.save_account_phone(1001, "HOME", number))
}

#[test]
fn the_saved_number_comes_back_in_the_programs_format() {
    for (settings, north_american, british) in [
        (json!({}), "+1 519-555-0123", "+44 20 7946 0018"),
        (json!({"saved_phone_format": "international"}), "+1 519-555-0123", "+44 20 7946 0018"),
        (json!({"saved_phone_format": "national"}), "(519) 555-0123", "020 7946 0018"),
        (json!({"saved_phone_format": "e164"}), "+15195550123", "+442079460018"),
        (json!({"saved_phone_format": "digits"}), "15195550123", "442079460018"),
        (json!({"phone_mode": "legacy", "default_region": "US"}), "(519) 555-0123", "020 7946 0018"),
        (
            json!({"phone_mode": "legacy", "default_region": "US", "saved_phone_format": "international"}),
            "+1 519-555-0123",
            "+44 20 7946 0018",
        ),
    ] {
        let app = app(&settings);
        assert_eq!(save(&app, "+1 519 555 0123"), format!("0 {north_american}"), "{settings}");
        assert_eq!(save(&app, "+44 20 7946 0018"), format!("0 {british}"), "{settings}");
    }
}

#[test]
fn legacy_mode_reads_a_number_in_its_default_region_first() {
    for (region, number, saved) in [
        ("US", "519-555-0123", "0 +15195550123"),
        ("US", "1 519 555 0123", "0 +15195550123"),
        ("US", "+1 519 555 0123", "0 +15195550123"),
        ("US", "+44 20 7946 0018", "0 +442079460018"),
        ("US", "011 44 20 7946 0018", "0 +442079460018"),
        // No number of the region, so it is read as an international one.
        ("US", "0044 20 7946 0018", "0 +442079460018"),
        ("US", "44 20 7946 0018", "0 +442079460018"),
        // Dialled within an area only, so it has no E.164.
        ("US", "555-0123", "1 "),
        ("GB", "020 7946 0018", "0 +442079460018"),
        ("GB", "2079460018", "0 +442079460018"),
        ("DE", "030 123456", "0 +4930123456"),
    ] {
        let settings = json!({"phone_mode": "legacy", "default_region": region, "saved_phone_format": "e164"});
        assert_eq!(save(&app(&settings), number), saved, "{number} in {region}");
    }
}

#[test]
fn an_extension_is_dropped_in_international_mode_and_kept_uncompared_in_legacy_mode() {
    let international = app(&json!({}));
    assert_eq!(save(&international, "+1 519 555 0123 ext. 6"), "0 +1 519-555-0123");
    let legacy = app(&json!({"phone_mode": "legacy", "default_region": "US"}));
    assert_eq!(save(&legacy, "519 555 0123 x6"), "0 (519) 555-0123 ext. 6");
    assert_eq!(legacy.save_account_phone(1002, "HOME", "519 555 0123 x7").return_code(), 315);
    assert_eq!(legacy.save_account_phone(1002, "HOME", "519 555 0123").return_code(), 315);
}

#[test]
fn phone_check_valid_refuses_numbers_that_nobody_can_have() {
    for (check, unassigned) in [("possible", "0 +1 555-555-0123"), ("valid", "1 ")] {
        let app = app(&json!({"phone_check": check}));
        assert_eq!(save(&app, "+1 555 555 0123"), unassigned, "{check}");
        assert_eq!(save(&app, "+1 416 736 2100"), "0 +1 416-736-2100", "{check}");
    }
}

#[test]
fn unparsable_phone_chooses_the_code_for_a_number_that_cannot_be_read() {
    for (code, answer) in [(1, "1 "), (5, "5 ")] {
        assert_eq!(save(&app(&json!({"unparsable_phone": code})), "+999 123"), answer);
    }
}

#[test]
fn a_missing_element_is_its_default_or_code_2() {
    let (lenient, strict) = (app(&json!({})), app(&json!({"missing_elements": "strict"})));
    for (element, code) in [
        ("SecurityToken", 100),
        ("MemberId", 311),
        ("PhoneNumberTypeExternalReference", 2),
        ("PhoneNumber", 2),
        ("MobileCarrierExternalReference", 0),
        ("IsValid", 0),
    ] {
        let call = Envelope::save_account_phone().without(element);
        assert_eq!(lenient.call(&call).return_code(), code, "{element}");
        // The token decides the program, and only the program is strict.
        let strict_code = if element == "SecurityToken" { 100 } else { 2 };
        assert_eq!(strict.call(&call).return_code(), strict_code, "{element}");
    }
    // An empty element is not a missing one.
    let call = Envelope::save_account_phone().with("MobileCarrierExternalReference", "");
    assert_eq!(strict.call(&call).return_code(), 0);
}

#[test]
fn members_share_a_number_where_the_duplicate_check_is_off() {
    let app = app(&json!({"duplicate_phone_check": false}));
    for (member, phone_number_type) in [(1001, "HOME"), (1002, "HOME"), (1001, "WORK"), (1002, "WORK"), (1002, "HOME")]
    {
        let answer = app.save_account_phone(member, phone_number_type, "+15195550123");
        assert_eq!(shown(&answer), "0 +1 519-555-0123", "{member} {phone_number_type}");
    }
}

#[test]
fn two_programs_never_see_each_other() {
    let seed = json!({"programs": [
        program("one", "TOKEN-ONE", &json!({})),
        program("two", "TOKEN-TWO", &json!({"saved_phone_format": "digits"}))
    ]});
    let app = TestApp::with_seed(&seed.to_string());
    for (token, member, answer) in [
        ("TOKEN-ONE", 1001, "0 +1 519-555-0123"),
        ("TOKEN-TWO", 1002, "0 15195550123"),
        ("TOKEN-ONE", 1002, "315 "),
        ("TOKEN-TWO", 1001, "315 "),
    ] {
        let call = Envelope::save_account_phone().with("SecurityToken", token).with("MemberId", member);
        assert_eq!(shown(&app.call(&call)), answer, "{token} {member}");
    }
}

#[test]
fn a_temporary_token_serves_until_its_time() {
    let mut seed = seed(&json!({}));
    let temporary = "TMP-0123456789abcdefABCDEF0123456789";
    seed["programs"][0]["security_tokens"] = json!([
        {"token": temporary, "methods": ["SaveAccountPhone"], "expires_at": "9999-01-01T00:00:00Z"},
        {"token": "TMP-of-another-shape", "methods": ["Save*"], "expires_at": "2020-01-01T00:00:00Z"},
        {"token": "NO-METHODS", "methods": []}
    ]);
    let app = TestApp::with_seed(&seed.to_string());
    for (token, code) in [
        (temporary, 0),
        ("TMP-0123456789abcdefABCDEF0123456780", 104),
        ("TMP-of-another-shape", 105),
        ("TMP-of-an-unknown-shape", 100),
        ("NO-METHODS", 101),
    ] {
        let call = Envelope::save_account_phone().with("SecurityToken", token);
        assert_eq!(app.call(&call).return_code(), code, "{token}");
    }
}
