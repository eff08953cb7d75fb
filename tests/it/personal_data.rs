//! Names, birth dates, addresses, values of custom fields, e-mail addresses and account ids stand in no log and in no error.

use std::fs;
use std::process::Command;

use rusqlite::Connection;
use serde_json::{Value, json};
use sync_asmx::contract::{
    FETCH_ACCOUNT_ADDRESS, FETCH_ACCOUNT_CORE, FETCH_ACCOUNT_IDS, OPERATIONS, Operation, Served,
};
use sync_asmx::ledger::Seed;

use crate::harness::postgres::database;
use crate::harness::{Answer, Envelope, Process, command, exchange};

/// Values that stand nowhere by chance; compared in lower case.
const SECRETS: [&str; 15] = [
    "zanzibarina",
    "quetzalcoatl",
    "xylophona",
    "ignatzius",
    "wombatina",
    "07-13-1971",
    "1971-07-13",
    "13-jul-1971",
    "marmoset",
    "capybaraland",
    "qq7 7qq",
    "quokka",
    "998877665",
    "axolotl",
    "5557777",
];

fn assert_discreet(what: &str, text: &str) {
    let text = text.to_lowercase();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} stands in {what}: {text}");
    }
}

/// Calls of an operation that say all there is to say of a member.
fn calls(operation: &'static Operation) -> Vec<Envelope> {
    let of = |values: &[&str]| {
        let call = match values {
            [a, b] => Envelope::of(operation, ["TEST-TOKEN", a, b]),
            [a] => Envelope::of(operation, ["TEST-TOKEN", a]),
            _ => unreachable!("one or two values"),
        };
        vec![call]
    };
    let member = "1001";
    match operation.served {
        Served::AddToLoyaltyClub | Served::RemoveToLoyaltyClub | Served::MemberIsInLoyaltyClub => of(&["NEWS", member]),
        Served::FetchAccountCore | Served::FetchAccountIds => of(&[member]),
        Served::FetchAccountAddress => of(&[member, "HOME"]),
        Served::DeleteAccountEmailAddress => of(&[member, "WORK"]),
        Served::DeleteAccountId => of(&[member, "QX-998877665"]),
        Served::SaveAccountCore => vec![Envelope::of(
            operation,
            [
                "TEST-TOKEN",
                member,
                "Zanzibarina",
                "Xylophona",
                "Quetzalcoatl",
                "Ignatzius",
                "Wombatina",
                "07-13-1971",
                "f",
            ],
        )],
        Served::SaveAccountAddress => vec![Envelope::of(
            operation,
            [
                "TEST-TOKEN",
                member,
                "HOME",
                "77 Marmoset Road",
                "Marmoset Yard",
                "c/o Quetzalcoatl",
                "Marmosetville",
                "Capybaraland",
                "QQ7 7QQ",
                "Canada",
                "1",
            ],
        )],
        Served::SaveAccountEmail => {
            vec![Envelope::save_account_email().with("EmailAddress", "Zanzibarina@quokka.example")]
        }
        Served::SaveAccountPhone => vec![Envelope::save_account_phone().with("PhoneNumber", "+1 519 555 7777")],
        Served::SaveAccountId => {
            vec![Envelope::of(operation, ["TEST-TOKEN", member, "CARD", "QX-998877665", "0", "0"])]
        }
        Served::SaveAccountCustomFields => {
            let call = Envelope::of(operation, ["TEST-TOKEN", member, ""]);
            vec![
                call.clone().with_pairs(&[("MOTTO", "Axolotl for ever")]),
                call.with_pairs(&[("SHIRT_SIZE", "Axolotl"), ("CHILDREN", "Axolotl"), ("NEWSLETTER", "Axolotl")]),
            ]
        }
    }
}

/// The fields of a call that hold what is personal.
fn personal_fields(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let is_personal = |name: &&str| {
        !name.ends_with("ExternalReference") && !["SecurityToken", "MemberId"].contains(name) && !name.starts_with("Is")
    };
    operation.request.fields.iter().map(|field| field.name).filter(is_personal)
}

/// Makes every call, in all the ways in which it can go wrong.
fn call_all(server: &Process) {
    let refused = |call: &Envelope| {
        let answer = server.call(call);
        assert!(answer.status != 200 || answer.return_code() != 0, "{}", answer.text());
        assert_discreet("a refusal", &answer.text());
    };
    for operation in OPERATIONS {
        for call in calls(operation) {
            let code = server.call(&call).return_code();
            assert!([0, 803].contains(&code), "{} answers {code}", operation.name);
            refused(&call.clone().with("SecurityToken", "NO-SUCH-TOKEN"));
            refused(&call.clone().with("MemberId", 4711));
            refused(&call.clone().with("MemberId", "Zanzibarina Quetzalcoatl"));
            for field in operation.request.fields.iter().filter(|field| field.name.ends_with("ExternalReference")) {
                refused(&call.clone().with(field.name, "Marmoset"));
            }
            if !operation.name.starts_with("Delete") && operation.served != Served::SaveAccountCustomFields {
                for field in personal_fields(operation) {
                    refused(&call.clone().with(field, format!("Quetzalcoatl{}", "Marmoset".repeat(500))));
                }
            }
        }
    }
    // What the one has, the other may not have.
    for call in [
        calls(find(Served::SaveAccountEmail)).remove(0),
        calls(find(Served::SaveAccountId)).remove(0),
        calls(find(Served::SaveAccountPhone)).remove(0),
    ] {
        assert_eq!(server.call(&call).return_code(), 0);
        refused(&call.with("MemberId", 1002));
    }
}

fn find(served: Served) -> &'static Operation {
    OPERATIONS.into_iter().find(|operation| operation.served == served).expect("a row")
}

fn tell(server: &Process, method: &str, path: &str, body: &str) -> Answer {
    let head = format!("{method} /_emulator{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    exchange(server.address(), format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
}

/// A member with all parts, each of which holds something personal; and what would be wrong with it.
fn wrong_members() -> Vec<Value> {
    let address = json!({"type": "HOME", "line_1": "77 Marmoset Road", "city": "Marmosetville", "region": "Capybaraland",
        "postal_code": "QQ7 7QQ", "country": "Canada"});
    let member = json!({
        "first_name": "Zanzibarina", "middle_name": "Xylophona", "last_name": "Quetzalcoatl", "birthdate": "1971-07-13",
        "emails": [{"type": "WORK", "address": "zanzibarina@quokka.example"}], "addresses": [address],
        "account_ids": [{"type": "CARD", "id": "QX-998877665"}], "custom_fields": {"MOTTO": "Axolotl"}});
    let changes = [
        ("/first_name", json!(["Zanzibarina"])),
        ("/first_name", json!("Zanzibarina".repeat(400))),
        ("/middle_name", json!("Zanzibarina\0")),
        ("/last_name", json!({"Zanzibarina": 1})),
        ("/birthdate", json!("Zanzibarina 1971-07-13")),
        ("/birthdate", json!("07-13-1971")),
        ("/birthdate", json!({"1971-07-13": 1})),
        ("/gender", json!("Zanzibarina")),
        ("/is_employee", json!("Zanzibarina")),
        ("/is_suspended", json!("1971-07-13")),
        ("/phones", json!("Zanzibarina")),
        ("/phones", json!([{"type": "HOME", "number": "Zanzibarina"}])),
        ("/phones", json!([{"type": "Marmoset", "number": "+15195557777"}])),
        ("/emails/0/address", json!("zanzibarina at quokka.example")),
        ("/emails/0/address", json!(998_877_665)),
        ("/emails/0/type", json!("Zanzibarina")),
        ("/emails/0/is_valid", json!("Zanzibarina@quokka.example")),
        ("/emails", json!("Zanzibarina@quokka.example")),
        (
            "/emails",
            json!([{"type": "WORK", "address": "q@quokka.example"}, {"type": "WORK", "address": "z@quokka.example"}]),
        ),
        (
            "/emails",
            json!([{"type": "WORK", "address": "alan@example.com"}, {"type": "Quokka", "address": "z@quokka.example"}]),
        ),
        ("/addresses/0/line_1", json!("Marmoset".repeat(1000))),
        ("/addresses/0/line_2", json!(["77 Marmoset Road"])),
        ("/addresses/0/postal_code", json!("QQ7 7QQ\0")),
        ("/addresses/0/country", json!(998_877_665)),
        ("/addresses/0/type", json!("Marmoset")),
        ("/addresses/0/is_valid", json!("77 Marmoset Road")),
        ("/account_ids/0/id", json!("QX-998877665".repeat(100))),
        ("/account_ids/0/id", json!(998_877_665)),
        ("/account_ids/0/type", json!("QX-998877665")),
        ("/account_ids/0/is_inactive", json!("QX-998877665")),
        ("/account_ids", json!([{"type": "CARD", "id": "QX-998877665"}, {"type": "CARD", "id": "QX-998877665"}])),
        ("/loyalty_clubs", json!(["Axolotl"])),
        ("/loyalty_clubs", json!("Axolotl")),
        ("/custom_fields/MOTTO", json!(["Axolotl"])),
        ("/custom_fields/MOTTO", json!("Axolotl".repeat(200))),
        ("/custom_fields", json!({"SHIRT_SIZE": "Axolotl"})),
        ("/custom_fields", json!({"CHILDREN": "Axolotl"})),
        ("/custom_fields", json!({"CHILDREN": 998_877_665_000_i64})),
        ("/custom_fields", json!({"ANNIVERSARY": "07-13-1971"})),
        ("/custom_fields", json!({"HOBBIES": ["Axolotl;Quokka"]})),
        ("/custom_fields", json!("Axolotl")),
    ];
    let apply = |(pointer, value): (&str, Value)| {
        let mut member = member.clone();
        match member.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => member[&pointer[1..]] = value,
        }
        member
    };
    changes.into_iter().map(apply).collect()
}

fn put_all(server: &Process) {
    for member in wrong_members() {
        let answer = tell(server, "PUT", "/programs/demo/members/1003", &member.to_string());
        assert_eq!(answer.status, 422, "{member}: {}", answer.text());
        assert_discreet("a problem", &answer.text());
    }
    // Not JSON at all.
    let answer = tell(server, "PUT", "/programs/demo/members/1003", r#"{"first_name":Zanzibarina}"#);
    assert_eq!(answer.status, 400);
    assert_discreet("a problem", &answer.text());
    // What others have.
    for taken in [
        json!({"emails": [{"type": "PRIMARY", "address": "ZANZIBARINA@quokka.example"}]}),
        json!({"account_ids": [{"type": "CARD", "id": "QX-998877665"}]}),
    ] {
        let answer = tell(server, "PUT", "/programs/demo/members/1003", &taken.to_string());
        assert_eq!(answer.status, 409, "{}", answer.text());
        assert_discreet("a problem", &answer.text());
    }
    let answer = tell(server, "GET", "/programs/demo/members?search=zanzibarina%40quokka&limit=quetzalcoatl", "");
    assert_eq!(answer.status, 400);
    assert_discreet("a problem", &answer.text());
    // A custom field that a value needs.
    let answer = tell(server, "PUT", "/programs/demo/custom-fields/MOTTO", r#"{"name":"Motto","type":"integer"}"#);
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert_discreet("a problem", &answer.text());
}

fn run(command: Command) {
    let server = Process::start(command);
    call_all(&server);
    put_all(&server);
    let (told, log) = server.stop();
    assert!(log.contains("SaveAccountCore"), "calls are logged: {log}");
    assert_discreet("standard output", &told);
    assert_discreet("the log", &log);
}

const ARGUMENTS: [&str; 4] = ["--listen", "127.0.0.1:0", "--log-level", "debug"];

#[test]
fn what_is_personal_stands_in_no_log_and_no_error() {
    let folder = tempfile::tempdir().expect("a folder");
    run(command(folder.path(), &[&ARGUMENTS[..], &["--ledger", "sqlite:ledger.db"]].concat()));
    let Some(database) = database() else { return };
    run(command(folder.path(), &[&ARGUMENTS[..], &["--ledger", &database.url()]].concat()));
}

/// Rows that a hand has spoiled: the failure is logged with its cause, and without what stands in the row.
#[test]
fn a_row_that_cannot_be_understood_is_told_without_its_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let start =
        || Process::start(command(folder.path(), &[&ARGUMENTS[..], &["--ledger", "sqlite:ledger.db"]].concat()));
    let server = start();
    for operation in OPERATIONS.into_iter().filter(|operation| operation.name.starts_with("Save")) {
        for call in calls(operation) {
            assert!([0, 803].contains(&server.call(&call).return_code()), "{}", operation.name);
        }
    }
    server.stop();
    let ledger = Connection::open(folder.path().join("ledger.db")).expect("the ledger");
    let sql = r#"UPDATE part SET value = '{"first_name":"Zanzibarina","gender":"Quetzalcoatl","is_valid":"Marmoset","id":["998877665"]}'"#;
    assert!(ledger.execute(sql, []).expect("rows") > 3);
    drop(ledger);

    let server = start();
    for call in [
        Envelope::of(&FETCH_ACCOUNT_CORE, ["TEST-TOKEN", "1001"]),
        Envelope::of(&FETCH_ACCOUNT_ADDRESS, ["TEST-TOKEN", "1001", "HOME"]),
        Envelope::of(&FETCH_ACCOUNT_IDS, ["TEST-TOKEN", "1001"]),
    ] {
        let answer = server.call(&call);
        assert_eq!(answer.return_code(), 1);
        assert_discreet("an answer", &answer.text());
    }
    let answer = tell(&server, "GET", "/programs/demo/members/1001", "");
    assert_eq!(answer.status, 503);
    assert_discreet("a problem", &answer.text());
    let (_, log) = server.stop();
    assert!(log.contains("of the kind core, can't be understood"), "{log}");
    assert_discreet("the log", &log);
}

#[test]
fn what_is_wrong_in_a_seed_is_told_by_line_and_field() {
    let mut seed: Value = serde_json::from_str(sync_asmx::ledger::seed::DEFAULT).expect("JSON");
    let folder = tempfile::tempdir().expect("a folder");
    for mut member in wrong_members() {
        member["member_id"] = 7.into();
        seed["programs"][0]["members"][2] = member;
        let text = format!("{seed:#}");
        let error = Seed::parse(&text).expect_err("a fault").to_string();
        assert!(error.contains("programs[0].members[2]"), "{error}");
        assert!(error.contains("line ") || error.contains(':'), "{error}");
        assert_discreet("a seed's fault", &error);
    }
    // Two members of a seed with the same.
    for taken in [
        json!({"emails": [{"type": "PRIMARY", "address": "zanzibarina@quokka.example"}]}),
        json!({"account_ids": [{"type": "CARD", "id": "QX-998877665"}]}),
    ] {
        for (place, id) in [(1, 1002), (2, 1003)] {
            let mut member = taken.clone();
            member["member_id"] = id.into();
            seed["programs"][0]["members"][place] = member;
        }
        assert_discreet("a seed's fault", &Seed::parse(&seed.to_string()).expect_err("a fault").to_string());
        // The ledger finds it out by itself where a file is read chunk by chunk.
        fs::write(folder.path().join("seed.json"), seed.to_string()).expect("a file");
        let output = command(folder.path(), &["seed", "seed.json", "--ledger", "sqlite:ledger.db"])
            .output()
            .expect("the program");
        assert!(!output.status.success());
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("member 1002 has an"), "{told}");
        assert_discreet("what the program says", &told);
    }
}
