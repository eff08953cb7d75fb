use super::*;

#[test]
fn the_default_seed_is_sound() {
    let seed = Seed::parse(DEFAULT).expect("the compiled-in seed");
    let program = &seed.programs[0];
    assert_eq!(program.name, "demo");
    assert_eq!(program.security_tokens.len(), 5);
    assert_eq!(program.members[1].phones[0].number.to_string(), "+15195550199");
}

#[test]
fn a_faulty_seed_names_the_line_and_the_field() {
    for (change, to, expected) in [
        ("\"name\": \"demo\",", "\"nam\": \"demo\",", "line 4, programs[0].nam: unknown field `nam`"),
        ("1001", "\"1001\"", "line 24, programs[0].members[0].member_id: invalid type: string \"1001\""),
        ("1003", "1002", "line 31, programs[0].members[2].member_id: a member may be there only once"),
        ("\"+15195550199\"", "\"12\"", "line 29, programs[0].members[1].phones[0].number: "),
        (
            "\"type\": \"HOME\"",
            "\"type\": \"FAX\"",
            "line 29, programs[0].members[1].phones[0].type: the program has no such",
        ),
        ("READ-ONLY-TOKEN", "TEST-TOKEN", "line 8, programs[0].security_tokens[1].token: a token may not be blank"),
        ("2020-01-01T00:00:00Z", "soon", "line 11, programs[0].security_tokens[4].expires_at: "),
        ("\"international\"", "\"legacy\"", "line 5, programs[0].settings.default_region: phone_mode legacy needs"),
        ("\"international\"", "\"loud\"", "line 5, programs[0].settings.phone_mode: unknown variant `loud`"),
        ("\"BELL\"", "\" \"", "line 20, programs[0].mobile_carriers[1].external_reference: "),
        ("\n}\n", "\n} x", "line 35, behind the end: trailing characters"),
        ("\"members\"", "members", "line 23, programs[0]"),
    ] {
        let json = DEFAULT.replacen(change, to, 1);
        let error = Seed::parse(&json).expect_err(to).to_string();
        assert!(error.starts_with(expected), "{to}: {error}");
    }
}
