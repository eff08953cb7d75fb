use super::*;

/// A seed of the first version.
const PHONES: &str = include_str!("../../../fixtures/seeds/phones.json");

#[test]
fn the_default_seed_is_sound() {
    let seed = Seed::parse(DEFAULT).expect("the compiled-in seed");
    let program = &seed.programs[0];
    assert_eq!(program.name, "demo");
    assert_eq!(program.security_tokens.len(), 5);
    assert_eq!(program.members[1].phones[0].number.to_string(), "+15195550199");
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(Seed::parse(&format!("\u{FEFF}{DEFAULT}")), Seed::parse(DEFAULT));
    assert!(Seed::parse(&format!("\u{FEFF}\u{FEFF}{DEFAULT}")).is_err());
}

#[test]
fn a_faulty_seed_names_the_line_and_the_field() {
    for (change, to, expected) in [
        ("\"name\": \"demo\",", "\"nam\": \"demo\",", "line 4, programs[0].nam: unknown field `nam`"),
        ("1001, \"f", "\"1001\", \"f", "line 34, programs[0].members[0].member_id: invalid type: string, expected i32"),
        ("1003, \"f", "1002, \"f", "line 41, programs[0].members[2].member_id: a member may be there only once"),
        ("\"+15195550199\"", "\"12\"", "line 39, programs[0].members[1].phones[0].number: "),
        (
            "\"type\": \"HOME\"",
            "\"type\": \"FAX\"",
            "line 39, programs[0].members[1].phones[0].type: the program has no such",
        ),
        ("READ-ONLY-TOKEN", "TEST-TOKEN", "line 8, programs[0].security_tokens[1].token: a token may not be blank"),
        ("2020-01-01T00:00:00Z", "soon", "line 11, programs[0].security_tokens[4].expires_at: "),
        ("\"international\"", "\"legacy\"", "line 5, programs[0].settings.default_region: phone_mode legacy needs"),
        (
            "\"international\"",
            "\"loud\"",
            "line 5, programs[0].settings.phone_mode: unknown variant, expected `international`",
        ),
        ("\"BELL\"", "\" \"", "line 20, programs[0].mobile_carriers[1].external_reference: "),
        ("\n}\n", "\n} x", "line 45, behind the end: trailing characters"),
        ("\"members\"", "members", "line 33, programs[0]"),
    ] {
        let json = PHONES.replacen(change, to, 1);
        let error = Seed::parse(&json).expect_err(to).to_string();
        assert!(error.starts_with(expected), "{to}: {error}");
    }
}

/// The program `demo` as the compiled-in seed has it.
fn demo() -> serde_json::Value {
    let seed: serde_json::Value = serde_json::from_str(DEFAULT).expect("JSON");
    seed["programs"][0].clone()
}

#[test]
fn a_fault_names_its_field_from_what_was_checked() {
    for (pointer, value, expected) in [
        ("/name", serde_json::json!(" "), "name: a program needs a name of its own"),
        ("/name", "a/b".into(), "name: a program's name may not contain \"/\""),
        ("/name", "..".into(), "name: a program's name may not contain \"/\", nor be"),
        ("/name", "a\nb".into(), "name: a program's name may not contain control characters"),
        ("/name", "é".repeat(101).into(), "name: a program's name has at most 100 characters"),
        ("/security_tokens/1/token", "x".repeat(257).into(), "security_tokens[1].token: a token has at most 256"),
        ("/security_tokens/1/token", "x\u{7f}".into(), "security_tokens[1].token: a token may not contain control"),
        ("/security_tokens/1/token", "\t".into(), "security_tokens[1].token: a token may not be blank"),
        (
            "/mobile_carriers/0/external_reference",
            "x".repeat(101).into(),
            "mobile_carriers[0].external_reference: an external reference has at most 100 characters",
        ),
        (
            "/phone_number_types/0/external_reference",
            "a\tb".into(),
            "phone_number_types[0].external_reference: an external reference may not contain control characters",
        ),
        ("/members/0/first_name", "x".repeat(201).into(), "members[0].first_name: a name has at most 200 characters"),
        ("/members/0/last_name", "x".repeat(201).into(), "members[0].last_name: a name has at most 200 characters"),
        ("/members/1/phones/0/carrier", "FAX".into(), "members[1].phones[0].carrier: the program has no such"),
        ("/settings/phone_mode", "legacy".into(), "settings.default_region: phone_mode legacy needs"),
    ] {
        let mut program = demo();
        *program.pointer_mut(pointer).expect(pointer) = value;
        let state: ProgramState = serde_json::from_value(program).expect("a program");
        let fault = ProgramSeed::check(state.clone()).expect_err(pointer).to_string();
        assert!(fault.starts_with(expected), "{pointer}: {fault}");
        let fault = Seed::check(State { programs: vec![state] }).expect_err(pointer).to_string();
        assert!(fault.starts_with(&format!("programs[0].{expected}")), "{pointer}: {fault}");
    }
    let longest =
        serde_json::json!({"name": "é".repeat(100), "security_tokens": [{"token": "x".repeat(256), "methods": []}]});
    ProgramSeed::check(serde_json::from_value(longest).expect("a program")).expect("what is just short enough");
}

#[test]
fn a_member_is_checked_against_a_program_that_is_there() {
    let document = serde_json::json!({"format": 1, "settings": {}, "companions": {}, "items": {
        "phone_number_types": {"last_id": 7, "items": {"7": {"external_reference": "HOME", "name": "Home"}}},
        "mobile_carriers": {"last_id": 9, "items": {"9": {"external_reference": "BELL", "name": "Bell"}}},
    }});
    let document = serde_json::from_value(document).expect("a document");
    let program = Program::new(ProgramId(1), 1, "demo", document);
    let check = |phone: serde_json::Value| {
        let member = serde_json::json!({"member_id": 1, "phones": [phone]});
        MemberSeed::check(serde_json::from_value(member).expect("a member"), &program)
    };
    let member =
        check(serde_json::json!({"type": " HOME ", "number": "+15195550101", "carrier": "BELL"})).expect("sound");
    assert_eq!((member.phones[0].phone_number_type, member.phones[0].mobile_carrier), (ItemId(7), Some(ItemId(9))));
    for (phone, path) in [
        (serde_json::json!({"type": "WORK", "number": "+15195550101"}), "phones[0].type"),
        (serde_json::json!({"type": "HOME", "number": "+1"}), "phones[0].number"),
        (serde_json::json!({"type": "HOME", "number": "+15195550101", "carrier": "FAX"}), "phones[0].carrier"),
    ] {
        assert_eq!(check(phone).expect_err(path).path, path);
    }
}

#[test]
fn tokens_items_and_settings_are_checked_by_themselves() {
    let token = |text: &str| {
        let state = serde_json::json!({"token": text, "methods": []});
        serde_json::from_value::<TokenState>(state).expect("a token").check().map_err(|fault| fault.path)
    };
    assert!(token("T").is_ok());
    assert_eq!(token(" "), Err("token".into()));
    let item = |reference: &str, name: &str| {
        let item = ItemState { external_reference: reference.into(), name: name.into(), ..ItemState::default() };
        item.check(ItemKind::MobileCarrier).map(|item| item.external_reference).map_err(|fault| fault.path)
    };
    assert_eq!(item(" HOME ", ""), Ok("HOME".into()));
    assert_eq!(item(" ", ""), Err("external_reference".into()));
    assert_eq!(item("HOME", &"x".repeat(201)), Err("name".into()));
    let settings = serde_json::from_str(r#"{"phone_mode": "legacy"}"#).expect("settings");
    assert_eq!(check_settings(&settings).expect_err("no region").path, "default_region");
}

#[test]
fn what_earlier_settings_let_pass_is_read_under_later_ones() {
    // Nobody can have this number, and the program is in international mode, where callers give no extensions.
    let mut program = demo();
    program["settings"] = serde_json::json!({"phone_check": "valid"});
    program["members"][1]["phones"][0]["number"] = "+15195550199;ext=5".into();
    let seed = ProgramSeed::check(serde_json::from_value(program).expect("a program")).expect("sound");
    let phone = &seed.members[1].phones[0];
    assert_eq!((phone.number.to_string().as_str(), phone.extension.as_deref()), ("+15195550199", Some("5")));
}

#[test]
fn every_number_with_an_extension_is_read_back_as_it_is_written() {
    let mut program = demo();
    let mut count = 0;
    for line in include_str!("../../../fixtures/phone-numbers.tsv").lines().skip(2) {
        let column: Vec<_> = line.split('\t').collect();
        let settings = serde_json::json!({"phone_mode": "legacy", "default_region": "US"});
        let text: String = serde_json::from_str(column[0]).expect("a JSON string");
        let parsed = crate::domain::PhoneNumber::parse(&text, &serde_json::from_value(settings).expect("settings"));
        let Ok(number) = parsed else { continue };
        let extension = number.extension().map_or(String::new(), |extension| format!(";ext={extension}"));
        program["members"][1]["phones"][0]["number"] = format!("{}{extension}", number.e164()).into();
        let seed = ProgramSeed::check(serde_json::from_value(program.clone()).expect("a program")).expect(line);
        let phone = &seed.members[1].phones[0];
        assert_eq!((phone.number, phone.extension.as_deref()), (number.e164(), number.extension()), "{line}");
        count += usize::from(number.extension().is_some());
    }
    assert!(count > 10, "{count}");
}
