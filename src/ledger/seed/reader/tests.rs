use super::*;
use crate::ledger::seed::{DEFAULT, MemberSeed, ProgramSeed};
use crate::ledger::{Seed, StateChunk, seed::StateWriter};

/// What comes out of the chunks, as a seed.
fn read(json: &str) -> Result<(Seed, Vec<usize>), ReadError> {
    let mut programs: Vec<ProgramSeed> = Vec::new();
    let mut lengths = Vec::new();
    let mut has_ended = false;
    read_chunks(json.as_bytes(), |chunk| {
        assert!(!has_ended, "{chunk:?} behind the end");
        match chunk {
            SeedChunk::Program(program) => programs.push(*program),
            SeedChunk::Members(mut members) => {
                lengths.push(members.len());
                programs.last_mut().expect("a program").members.append(&mut members);
            }
            SeedChunk::Companions(companions, verifications) => {
                let program = programs.last_mut().expect("a program");
                (program.document.companions, program.verifications) = (companions, verifications);
            }
            SeedChunk::End => has_ended = true,
        }
        true
    })?;
    assert!(has_ended);
    Ok((Seed { programs }, lengths))
}

/// A seed of the first version.
const PHONES: &str = include_str!("../../../../fixtures/seeds/phones.json");

#[test]
fn chunks_make_up_what_is_read_at_once() {
    for json in [
        DEFAULT,
        r#"{"programs":[{"name":"a","settings":{},"security_tokens":[],"phone_number_types":[],"mobile_carriers":[],
            "cams_accounts":[{"account_id":"a"}],"members":[{"member_id":1}],
            "pims_accounts":[{"login":"l","member_id":1}],
            "verifications":[{"purpose":"pims_pin","account":"l","number":"+15195550101"}]}]}"#,
        r#"{"programs":[]}"#,
        r#"{"programs":[{"name":"a"},{"members":[{"member_id":1}],"name":"b"}]}"#,
        r#"{"programs":[{"members":[{"member_id":1,"phones":[{"type":"HOME","number":"5195550101"}]}],"name":"late",
            "settings":{"phone_mode":"legacy","default_region":"US"},
            "phone_number_types":[{"external_reference":" HOME ","name":""}]}]}"#,
    ] {
        assert_eq!(read(json).expect(json).0, Seed::parse(json).expect(json));
    }
}

#[test]
fn members_go_out_in_pieces_also_where_they_come_early() {
    let members: Vec<_> = (0..1201).map(|id| format!(r#"{{"member_id":{id}}}"#)).collect();
    let members = format!(r#""members":[{}]"#, members.join(",\n"));
    let head = r#""name":"a","settings":{},"security_tokens":[],"phone_number_types":[],"mobile_carriers":[]"#;
    for program in [format!("{head},{members}"), format!("{members},{head}")] {
        let (seed, lengths) = read(&format!(r#"{{"programs":[{{{program}}}]}}"#)).expect("a seed");
        assert_eq!(lengths, [500, 500, 201]);
        let ids: Vec<i32> = seed.programs[0].members.iter().map(|member: &MemberSeed| member.member_id.0).collect();
        assert_eq!(ids, (0..1201).collect::<Vec<_>>());
    }
}

#[test]
fn a_faulty_seed_names_the_line_and_the_field() {
    for (change, to, expected) in [
        ("\"name\": \"demo\",", "\"nam\": \"demo\",", "line 4, programs[0].nam: unknown field `nam`, expected one of"),
        ("\"name\": \"demo\",", "", "line 43, programs[0]: missing field `name`"),
        ("\"name\": \"demo\",", "\"name\": \"\",", "line 4, programs[0].name: a program needs a name of its own"),
        ("\"programs\"", "\"program\"", "line 2, program: unknown field `program`"),
        ("1001, \"f", "\"1001\", \"f", "line 34, programs[0].members[0].member_id: invalid type: string, expected i32"),
        ("\"+15195550199\"", "\"12\"", "line 40, programs[0].members[1].phones[0].number: "),
        (
            "\"type\": \"HOME\"",
            "\"type\": \"FAX\"",
            "line 40, programs[0].members[1].phones[0].type: the program has no such",
        ),
        ("READ-ONLY-TOKEN", "TEST-TOKEN", "line 12, programs[0].security_tokens[1].token: a token may not be blank"),
        ("2020-01-01T00:00:00Z", "soon", "line 11, programs[0].security_tokens[4].expires_at: "),
        ("\"international\"", "\"legacy\"", "line 5, programs[0].settings.default_region: phone_mode legacy needs"),
        (
            "\"international\"",
            "\"loud\"",
            "line 5, programs[0].settings.phone_mode: unknown variant, expected `international`",
        ),
        ("\"BELL\"", "\" \"", "line 22, programs[0].mobile_carriers[1].external_reference: "),
        ("\n}\n", "\n} x", "line 45, behind the end: trailing characters"),
        ("\n}\n", "", "line 44, ?: EOF while parsing"),
        ("\"members\"", "members", "line 33, programs[0]"),
        ("\"members\"", "\"name\"", "line 33, programs[0]"),
        ("\"pims_accounts\"", "\"cams_accounts\"", "line 30, programs[0]: duplicate field"),
    ] {
        let json = PHONES.replacen(change, to, 1);
        let error = read(&json).expect_err(to).to_string();
        assert!(error.starts_with(expected), "{to}: {error}");
    }
    let early = r#"{"programs":[{"name":"a"},{"members":[{"member_id":1},{"member_id":2,"phones":[{"type":"X",
        "number":"+15195550101"}]}],"name":"b"}]}"#;
    let error = read(early).expect_err("no such type").to_string();
    assert!(error.starts_with("line 2, programs[1].members[1].phones[0].type: the program has no such"), "{error}");
    let twice = r#"{"programs":[{"name":"a"},{"name":"a"}]}"#;
    assert_eq!(read(twice).expect_err("twice").to_string(), Seed::parse(twice).expect_err("twice").to_string());
}

#[test]
fn a_file_that_breaks_off_or_cannot_be_read_is_told_apart() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let broken = br#"{"programs":["#.chain(Broken);
    let error = read_chunks(broken, |_| true).expect_err("a broken disk");
    assert!(matches!(&error, ReadError::Unreadable(reason) if reason.to_string() == "the disk is gone"), "{error:?}");
    let unwanted = read_chunks(DEFAULT.as_bytes(), |_| false).expect_err("nobody");
    assert!(matches!(unwanted, ReadError::Unwanted), "{unwanted:?}");
}

#[test]
fn what_is_written_is_read_again_and_has_a_line_for_each_member() {
    let state: crate::ledger::State = serde_json::from_str(DEFAULT).expect("a state");
    let mut other = state.programs[0].clone();
    (other.name, other.members, other.security_tokens) = ("other".into(), Vec::new(), Vec::new());
    for programs in
        [vec![], vec![other.clone()], vec![state.programs[0].clone(), other.clone(), state.programs[0].clone()]]
    {
        let (mut writer, mut text) = (StateWriter::of_all(), Vec::new());
        for program in &programs {
            let head = crate::ledger::ProgramState { members: Vec::new(), ..program.clone() };
            writer.write(&StateChunk::Program(head.into()), &mut text).expect("JSON");
            for member in &program.members {
                writer.write(&StateChunk::Members(vec![member.clone()]), &mut text).expect("JSON");
            }
        }
        writer.end(&mut text);
        let text = String::from_utf8(text).expect("text");
        let again: crate::ledger::State = serde_json::from_str(&text).expect(&text);
        assert_eq!(again.programs, programs);
        let members = programs.iter().map(|program| program.members.len()).sum::<usize>();
        assert_eq!(text.lines().filter(|line| line.starts_with("        {\"member_id\":")).count(), members, "{text}");
    }
    let (mut writer, mut text) = (StateWriter::of_one_program(), Vec::new());
    writer.write(&StateChunk::Program(other.clone().into()), &mut text).expect("JSON");
    writer.end(&mut text);
    let text = String::from_utf8(text).expect("text");
    assert!(text.starts_with("{\n  \"name\": \"other\",\n  \"settings\": {") && text.ends_with("\n}\n"), "{text}");
    assert_eq!(serde_json::from_str::<crate::ledger::ProgramState>(&text).expect(&text), other);
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let read = |text: &str| {
        let mut chunks = Vec::new();
        let read = read_chunks(text.as_bytes(), |chunk| {
            chunks.push(format!("{chunk:?}"));
            true
        });
        read.map(|()| chunks).map_err(|error| error.to_string())
    };
    assert_eq!(read(&format!("\u{FEFF}{DEFAULT}")), read(DEFAULT));
    assert!(read(&format!("\u{FEFF}\u{FEFF}{DEFAULT}")).is_err());
    for short in ["", "{", "{}"] {
        assert_eq!(read(&format!("\u{FEFF}{short}")), read(short), "{short}");
    }
}
