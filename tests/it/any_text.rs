//! Any text in any field of any operation: it is answered, what is refused changes nothing, and what is stored keeps to the rules.

use std::net::SocketAddr;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use sync_asmx::contract::{Kind, OPERATIONS, Operation, Served};
use sync_asmx::ledger::seed;

use crate::harness::postgres::database;
use crate::harness::{Answer, Connection, Envelope, Nodes, TestApp};

/// A call of each operation that is answered with 0.
fn good_call(operation: &'static Operation) -> Envelope {
    let of_type = |reference| Envelope::of(operation, ["TEST-TOKEN", "1001", reference]);
    let of_club = || Envelope::of(operation, ["TEST-TOKEN", "GOLD", "1001"]);
    let of_member = || Envelope::of(operation, ["TEST-TOKEN", "1001"]);
    match operation.served {
        Served::AddToLoyaltyClub | Served::RemoveToLoyaltyClub | Served::MemberIsInLoyaltyClub => of_club(),
        Served::FetchAccountCore | Served::FetchAccountIds => of_member(),
        Served::SaveAccountCore => {
            Envelope::of(operation, ["TEST-TOKEN", "1001", "Ada", "", "Lovelace", "", "", "12-10-1815", "f"])
        }
        Served::FetchAccountAddress => of_type("HOME"),
        Served::SaveAccountAddress => Envelope::of(
            operation,
            ["TEST-TOKEN", "1001", "HOME", "5 King St", "", "", "Toronto", "on", "m5h1a1", "CAN", "1"],
        ),
        Served::SaveAccountEmail => Envelope::save_account_email(),
        Served::DeleteAccountEmailAddress => Envelope::delete_account_email_address(),
        Served::SaveAccountPhone => Envelope::save_account_phone(),
        Served::SaveAccountId => Envelope::of(operation, ["TEST-TOKEN", "1001", "CARD", "590001", "0", "0"]),
        Served::DeleteAccountId => of_type("590001"),
        Served::SaveAccountCustomFields => of_type(""),
    }
}

fn is_allowed(character: char) -> bool {
    (character >= ' ' || "\t\n\r".contains(character)) && !matches!(character, '\u{FFFE}' | '\u{FFFF}')
}

/// Any text that XML can carry; texts about as long as the columns are; and what fields expect.
fn text() -> impl Strategy<Value = String> {
    let any_text = any::<String>().prop_map(|text| text.chars().filter(|character| is_allowed(*character)).collect());
    let unit = prop::sample::select(vec!["x", "é", "🏠", " y"]);
    let long = (unit, prop::sample::select(vec![8, 14, 20, 30, 60, 120, 256, 1000]), -1_isize..=1).prop_map(
        |(unit, length, more): (&str, isize, isize)| {
            let units = unit.encode_utf16().count();
            unit.repeat((length + more).unsigned_abs() / units)
        },
    );
    let expected = prop::sample::select(vec![
        "",
        " ",
        "HOME",
        "WORK",
        "PRIMARY",
        "CARD",
        "GOLD",
        "ROGERS",
        "590002",
        "alan@example.com",
        "Ada@Example.ORG",
        "a@b",
        "+15195550199",
        "0015195550123",
        "12-10-1815",
        "2-30-2001",
        "12/31/2999",
        "F",
        "x",
        "Ontario",
        "Québec",
        "US",
        "germany",
        "12345-6789",
        "SW1A 1AA",
        "SHIRT_SIZE",
        "L",
        "XXL",
        "CHILDREN",
        "-2147483648",
        "BUDGET",
        "0120.5",
        "TOPICS",
        "COFFEE; WINE",
        "HOBBIES",
        ";",
        "ANNIVERSARY",
        "NEWSLETTER",
        "yes",
        "MOTTO",
    ])
    .prop_map(str::to_owned);
    let around = prop::sample::select(vec!["", "", "", " ", "\u{2003}", "\t\n", "\u{200B}"]);
    let text = prop_oneof![3 => any_text, 2 => long, 5 => expected];
    (around.clone(), text, around).prop_map(|(before, text, behind)| format!("{before}{text}{behind}"))
}

/// Which operation, and for each of its texts another one, or none.
fn call() -> impl Strategy<Value = (usize, Vec<Option<String>>)> {
    (0..OPERATIONS.len(), prop::collection::vec(prop::option::weighted(0.4, text()), 12))
}

fn envelope(operation: &'static Operation, texts: &[Option<String>]) -> Envelope {
    let fields = operation.request.fields.iter().zip(texts).skip(1);
    fields.fold(good_call(operation), |call, (field, text)| match (field.kind, text) {
        (Kind::Text, Some(text)) => call.with(field.name, text),
        (Kind::KeyValuePairs(_), _) => {
            let text = |place: usize, other| texts[place].as_deref().unwrap_or(other);
            call.with_pairs(&[
                (text(3, "MOTTO"), text(4, "Onwards")),
                (text(5, "SHIRT_SIZE"), text(6, "XL")),
                (text(7, "TOPICS"), text(8, "WINE")),
            ])
        }
        _ => call,
    })
}

/// Connections to a server, and the member as it was before.
struct Client {
    address: SocketAddr,
    connection: Connection,
}

impl Client {
    fn new(address: SocketAddr) -> Self {
        Self { address, connection: Connection::open(address) }
    }

    fn call(&mut self, call: &Envelope) -> Answer {
        self.connection.exchange(&call.request(self.address)).expect("an answer")
    }

    fn tell(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let head =
            format!("{method} /_emulator{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        self.connection.exchange(request.as_bytes()).expect("an answer")
    }

    fn member(&mut self) -> Value {
        let answer = self.tell("GET", "/programs/demo/members/1001", "");
        serde_json::from_slice(&answer.body).expect("a member")
    }

    /// What was saved comes back in its documented form.
    fn check_fetched(&mut self, operation: &Operation, call: &Envelope, answer: &Answer) -> Result<(), TestCaseError> {
        let of = |served| OPERATIONS.into_iter().find(|operation| operation.served == served).expect("a row");
        match operation.served {
            Served::SaveAccountCore => {
                let fetched = self.call(&good_call(of(Served::FetchAccountCore)));
                for name in ["FirstName", "MiddleName", "LastName", "Suffix", "NickName"] {
                    prop_assert_eq!(fetched.text_element(name), call.value(name).trim());
                }
                let gender = match call.value("Gender").trim().to_lowercase().as_str() {
                    "f" | "female" => "female",
                    "m" | "male" => "male",
                    _ => "",
                };
                prop_assert_eq!(fetched.text_element("Gender"), gender);
                let expected = match call.value("Birthdate").trim() {
                    "" => "",
                    "12-10-1815" => "10-Dec-1815",
                    other => return Err(TestCaseError::fail(format!("{other} isn't known here as a date"))),
                };
                prop_assert_eq!(fetched.text_element("Birthdate"), expected);
            }
            Served::SaveAccountAddress => {
                let fetch = good_call(of(Served::FetchAccountAddress));
                let reference = call.value("AddressTypeExternalReference").trim();
                let fetched = self.call(&fetch.with("AddressTypeExternalReference", reference));
                let mut again = call.clone();
                for name in ["AddressLine1", "AddressLine2", "AddressLine3", "City", "Region", "PostalCode", "Country"]
                {
                    let saved = answer.text_element(&format!("Saved{name}"));
                    prop_assert_eq!(fetched.text_element(name), saved.as_str(), "{}", name);
                    again = again.with(name, saved);
                }
                for name in ["RegionAbbrev", "CountryAbbrev"] {
                    prop_assert_eq!(fetched.text_element(name), answer.text_element(&format!("Saved{name}")));
                }
                let again = self.call(&again);
                prop_assert_eq!(again.text(), answer.text(), "what was formatted stays so");
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether a text keeps to the rule of its column: trimmed, and so long at most in UTF-16 units.
fn check_text(value: &Value, longest: usize) -> Result<(), TestCaseError> {
    if let Some(text) = value.as_str() {
        prop_assert!(text.trim() == text && !text.contains('\0'), "{:?}", text);
        prop_assert!(text.encode_utf16().count() <= longest, "{:?}", text);
    }
    Ok(())
}

fn list<'v>(member: &'v Value, name: &str) -> &'v [Value] {
    member[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What is stored of a member keeps to the rules.
fn check_member(member: &Value) -> Result<(), TestCaseError> {
    for name in ["first_name", "middle_name", "last_name", "suffix", "nick_name"] {
        check_text(&member[name], 60)?;
    }
    for (kind, name, references) in [
        ("phones", "type", &["HOME", "WORK", "MOBILE"][..]),
        ("emails", "type", &["PRIMARY", "WORK"]),
        ("addresses", "type", &["HOME", "WORK"]),
        ("account_ids", "type", &["CARD", "MOBILE"]),
    ] {
        for part in list(member, kind) {
            prop_assert!(references.contains(&part[name].as_str().unwrap_or_default()), "{}", part);
        }
    }
    for address in list(member, "addresses") {
        for (name, longest) in [
            ("line_1", 120),
            ("line_2", 120),
            ("line_3", 120),
            ("city", 120),
            ("region", 120),
            ("country", 120),
            ("postal_code", 14),
        ] {
            check_text(&address[name], longest)?;
        }
        for name in ["line_1", "city", "region", "country", "postal_code"] {
            prop_assert!(address[name] != "", "{}", address);
        }
    }
    for email in list(member, "emails") {
        check_text(&email["address"], 256)?;
        prop_assert!(email["address"].as_str().is_some_and(|address| address.contains('@')), "{}", email);
    }
    for id in list(member, "account_ids") {
        check_text(&id["id"], 60)?;
        prop_assert!(id["id"] != "");
    }
    for (field, value) in member["custom_fields"].as_object().into_iter().flatten() {
        let is_right = match field.as_str() {
            "SHIRT_SIZE" => ["S", "M", "L", "XL"].contains(&value.as_str().unwrap_or_default()),
            "NEWSLETTER" => value.is_boolean(),
            "CHILDREN" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            "BUDGET" | "ANNIVERSARY" => value.as_str().is_some_and(|text| text.contains(['.', '-'])),
            "MOTTO" => value.is_string(),
            "HOBBIES" => value.as_array().is_some_and(|parts| !parts.is_empty()),
            "TOPICS" => {
                let topics = ["WINE", "CHEESE", "COFFEE"];
                value
                    .as_array()
                    .is_some_and(|parts| parts.iter().all(|part| topics.contains(&part.as_str().unwrap_or_default())))
            }
            _ => false,
        };
        prop_assert!(is_right, "{}: {}", field, value);
        check_text(value, 1000)?;
    }
    Ok(())
}

fn any_text_in_any_field(address: SocketAddr, cases: u32) {
    let client = std::cell::RefCell::new(Client::new(address));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(cases));
    let run = runner.run(&call(), |(place, texts)| {
        let mut client = client.borrow_mut();
        let operation = OPERATIONS[place];
        let call = envelope(operation, &texts);
        let before = client.member();
        let answer = client.call(&call);
        prop_assert_eq!(answer.status, 200, "{:?}", &answer);
        let code = answer.return_code();
        let is_known = [0, 1, 2].contains(&code) || operation.codes.iter().any(|known| i32::from(*known) == code);
        prop_assert!(is_known, "{} answers {}", operation.name, code);
        let member = client.member();
        if ![0, 803].contains(&code) {
            prop_assert_eq!(&member, &before, "{}", operation.name);
        }
        check_member(&member)?;
        if code == 0 {
            client.check_fetched(operation, &call, &answer)?;
        }
        Ok(())
    });
    run.expect("an answer to every text");
}

#[test]
fn any_text_in_any_field_is_answered_and_stored_by_the_rules() {
    let app = TestApp::start();
    any_text_in_any_field(app.address(), 3000);
}

#[test]
fn any_text_in_any_field_is_answered_and_stored_by_the_rules_in_postgresql() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(1, &database.url(), seed::DEFAULT);
    any_text_in_any_field(nodes[0].address(), 500);
}

#[test]
fn a_value_longer_than_its_column_is_refused_and_never_cut() {
    let app = TestApp::start();
    let mut client = Client::new(app.address());
    let before = client.member();
    let limits: [(Served, &[&str], usize); 5] = [
        (Served::SaveAccountCore, &["FirstName", "MiddleName", "LastName", "Suffix", "NickName"], 60),
        (
            Served::SaveAccountAddress,
            &["AddressLine1", "AddressLine2", "AddressLine3", "City", "Region", "Country"],
            120,
        ),
        (Served::SaveAccountAddress, &["PostalCode"], 14),
        (Served::SaveAccountId, &["AccountId"], 60),
        (Served::SaveAccountEmail, &["EmailAddress"], 256),
    ];
    for (served, fields, longest) in limits {
        let operation = OPERATIONS.into_iter().find(|operation| operation.served == served).expect("a row");
        for field in fields {
            // A character of two UTF-16 units counts twice.
            for unit in ["X", "🏠"] {
                let text = unit.repeat(longest / unit.encode_utf16().count());
                let too_long = client.call(&good_call(operation).with(field, format!("{text}X")));
                assert_eq!(too_long.return_code(), 1, "{field}");
                assert_eq!(client.member(), before, "{field}");
                if served != Served::SaveAccountEmail {
                    assert_eq!(client.call(&good_call(operation).with(field, &text)).return_code(), 0, "{field}");
                    assert!(client.member().to_string().contains(&text), "{field}");
                    let json = before.to_string();
                    assert_eq!(client.tell("PUT", "/programs/demo/members/1001", &json).status, 200);
                }
            }
        }
    }
}

/// U+0000 comes into no text: XML can't say it, and JSON may, but not here.
#[test]
fn no_text_holds_a_null_character() {
    let app = TestApp::start();
    let mut client = Client::new(app.address());
    let before = client.member();
    for operation in OPERATIONS {
        let texts = operation.request.fields.iter().filter(|field| field.kind == Kind::Text).skip(1);
        for field in texts {
            let envelope = good_call(operation).with(field.name, "@@").xml();
            for null in ["&#0;", "\0"] {
                let body = envelope.replace("@@", &format!("a{null}b"));
                let request = format!(
                    "POST /Services/Sync.asmx HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                assert_eq!(app.exchange(request.as_bytes()).status, 400, "{} {}", operation.name, field.name);
            }
        }
    }
    let bad = [
        json!({"first_name": "a\0"}),
        json!({"last_name": "a\0"}),
        json!({"middle_name": "a\0"}),
        json!({"suffix": "a\0"}),
        json!({"nick_name": "a\0"}),
        json!({"emails": [{"type": "PRIMARY", "address": "a\0@example.com"}]}),
        json!({"account_ids": [{"type": "CARD", "id": "a\0"}]}),
        json!({"custom_fields": {"MOTTO": "a\0"}}),
        json!({"custom_fields": {"HOBBIES": ["a\0"]}}),
        json!({"loyalty_clubs": ["GOLD\0"]}),
    ];
    let address = ["line_1", "line_2", "line_3", "city", "region", "postal_code", "country"].map(|field| {
        let mut address =
            json!({"type": "HOME", "line_1": "1", "city": "c", "region": "r", "postal_code": "p", "country": "CA"});
        address[field] = "a\0".into();
        json!({"addresses": [address]})
    });
    for member in bad.iter().chain(&address) {
        let answer = client.tell("PUT", "/programs/demo/members/1001", &member.to_string());
        assert_eq!(answer.status, 422, "{member}: {}", answer.text());
        assert_eq!(client.member(), before);
    }
}
