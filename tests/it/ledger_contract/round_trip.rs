//! What is exported and applied again is the same.

use serde_json::{Value, json};
use sync_asmx::ledger::{Change, Changed, MemberState, Seed, State};

use super::{each_ledger, open};
use crate::seeded_random::SeededRandom;

/// Numbers of several countries, as people write them, with what makes each of them odd.
const NUMBERS: [&str; 9] = [
    "+15195550101",
    "+1 519 555 0102 ext. 7",
    "+15195550103;ext=123456",
    "+390612345678",  // an Italian 0 that belongs to the number
    "+5491123456789", // an Argentine mobile
    "+442079460958",
    "+61 2 5550 0000",
    "+80012345678", // no region
    "+4930123456;ext=5",
];

fn program(random: &mut SeededRandom, name: usize) -> Value {
    let settings = [
        json!({}),
        json!({"phone_mode": "legacy", "default_region": "US", "duplicate_phone_check": false}),
        json!({"duplicate_email_check": false, "phone_check": "valid", "unparsable_phone": 5, "saved_phone_format": "digits"}),
        json!({"phone_mode": "legacy", "default_region": "DE", "missing_elements": "strict"}),
    ];
    let settings = settings[random.index(4)].clone();
    let are_shared = settings["duplicate_phone_check"] == json!(false);
    let references = |random: &mut SeededRandom, names: &[&str]| -> Vec<String> {
        let from = random.index(names.len());
        names[from..].iter().map(|name| (*name).to_owned()).collect()
    };
    let types = references(random, &["HOME", "WORK", "Büro 🏢", "a'b\"c"]);
    let carriers = references(random, &["BELL", "%", "ROGERS"]);
    let items = |items: &[String]| -> Vec<Value> {
        items
            .iter()
            .map(|item| json!({"external_reference": format!(" {item} "), "name": item.to_lowercase()}))
            .collect()
    };
    let email_types = references(random, &["PRIMARY", "Büro 🏢", "a'b\"c"]);
    let mut numbers = NUMBERS.to_vec();
    let members: Vec<_> = (0..random.index(6))
        .map(|place| {
            let mut phones = Vec::new();
            for kind in &types {
                if numbers.is_empty() || random.index(2) == 0 {
                    continue;
                }
                let number = random.index(numbers.len());
                let number = if are_shared { numbers[number] } else { numbers.swap_remove(number) };
                let carrier = (random.index(2) == 0).then(|| carriers[random.index(carriers.len())].clone());
                phones.push(
                    json!({"type": kind, "number": number, "carrier": carrier, "is_valid": random.index(2) == 0}),
                );
            }
            let local =
                if settings["duplicate_email_check"] == json!(false) { "shared".into() } else { place.to_string() };
            let mut emails: Vec<_> = email_types
                .iter()
                .filter(|_| random.index(3) > 0)
                .map(|kind| json!({"type": kind, "address": format!("{local}@Example.com"), "is_valid": false}))
                .collect();
            emails.reverse();
            let id = [i32::MAX, 3, -4, 0, 1001, i32::MIN][place];
            let first_name = ["", "Zoë"][random.index(2)];
            let mut member = other_parts(random, place);
            for (name, value) in
                [("member_id", json!(id)), ("first_name", json!(first_name)), ("last_name", json!("O'Neil"))]
            {
                member[name] = value;
            }
            (member["phones"], member["emails"]) = (phones.into(), emails.into());
            member
        })
        .collect();
    let tokens: Vec<_> = (0..random.index(4))
        .map(|place| {
            let expires_at = (random.index(2) == 0).then_some("2026-11-24T00:00:00.123Z");
            let methods = [["*"], ["Save*"]][random.index(2)];
            json!({"token": format!("T{place}-{name}"), "methods": methods,
                "suspended": random.index(2) == 0, "template": random.index(2) == 0, "expires_at": expires_at})
        })
        .collect();
    json!({"name": format!("p{name}"), "settings": settings, "security_tokens": tokens,
        "phone_number_types": items(&types), "mobile_carriers": items(&carriers), "email_types": items(&email_types),
        "address_types": items(&ADDRESS_TYPES.map(str::to_owned)), "account_id_types": items(&["CARD".to_owned()]),
        "loyalty_clubs": items(&CLUBS.map(str::to_owned)), "custom_fields": [
            {"external_reference": "SIZE", "name": "", "type": "dropdown", "options": ["S", "Größe 🏢"]},
            {"external_reference": "NEWS", "name": "", "type": "checkbox"}, {"external_reference": "CHILDREN", "name": "", "type": "integer"},
            {"external_reference": "BUDGET", "name": "", "type": "money"}, {"external_reference": "MOTTO", "name": "", "type": "text"},
            {"external_reference": "HOBBIES", "name": "", "type": "list"}, {"external_reference": "DAY", "name": "", "type": "date"},
            {"external_reference": "TOPICS", "name": "", "type": "multi_checkbox", "options": ["WINE", "CHEESE"]}],
        "cams_accounts": (0..random.index(3)).map(|place| cams_account(random, name, place)).collect::<Vec<_>>(),
        "pims_accounts": (0..random.index(3)).map(|place| pims_account(random, name, place)).collect::<Vec<_>>(),
        "verifications": verifications(random), "members": members})
}

const ADDRESS_TYPES: [&str; 2] = ["HOME", "Büro 🏢"];
const CLUBS: [&str; 2] = ["GOLD", "a'b\"c"];

/// What a member has beside its names, numbers and e-mail addresses; each of it now and then.
fn other_parts(random: &mut SeededRandom, place: usize) -> Value {
    let mut now_and_then = |value: Value, otherwise: Value| if random.index(2) == 0 { value } else { otherwise };
    let text = |text: &str| json!(text);
    let nothing = Value::Null;
    let mut member = json!({});
    member["middle_name"] = now_and_then(text("d'Ée"), nothing.clone());
    member["suffix"] = now_and_then(text("Jr."), nothing.clone());
    member["nick_name"] = now_and_then(text("🏠"), nothing.clone());
    member["birthdate"] = now_and_then(text("1815-12-10"), nothing.clone());
    member["gender"] = now_and_then(text("female"), nothing.clone());
    for flag in ["is_employee", "is_suspended", "is_locked"] {
        member[flag] = now_and_then(json!(true), json!(false));
    }
    let address = |kind: &str, country: &str| {
        json!({"type": kind, "line_1": "1 Main \"St\"", "line_3": "c/o Ée", "city": "Köln", "region": "Ontario", "postal_code": "N2H 4A2",
            "country": country, "is_valid": false})
    };
    member["addresses"] =
        now_and_then(json!([address(ADDRESS_TYPES[1], "Canada"), address(ADDRESS_TYPES[0], "Narnia")]), json!([]));
    let ids: Vec<_> = ["9", "10", "ä", "'"]
        .iter()
        .map(|id| json!({"type": "CARD", "id": format!("{id}{place}"), "is_inactive": *id == "9", "is_inactive_for_devices": *id == "ä"}))
        .collect();
    member["account_ids"] = now_and_then(ids.into(), json!([]));
    member["loyalty_clubs"] = now_and_then(json!([CLUBS[1], CLUBS[0]]), json!([]));
    member["custom_fields"] = now_and_then(
        json!({"SIZE": "Größe 🏢", "NEWS": false, "CHILDREN": -2_147_483_648_i64, "BUDGET": "120.50", "MOTTO": "\"ü\\",
            "HOBBIES": ["b", "a"], "DAY": "2999-12-31", "TOPICS": ["WINE", "CHEESE"]}),
        json!({"NEWS": true}),
    );
    member
}

fn cams_account(random: &mut SeededRandom, program: usize, place: usize) -> Value {
    let keys: Vec<_> = (0..random.index(3))
        .map(|key| {
            let token = (random.index(2) == 0).then_some("sts 'quoted'");
            let actions = [["*"], ["cams:Get*"]][random.index(2)];
            json!({"access_key_id": format!("KEY-{program}-{place}-{key}"), "access_key_secret": "sécret",
                "active": random.index(2) == 0, "actions": actions, "security_token": token})
        })
        .collect();
    json!({"account_id": format!("account {place}"), "subscribed": random.index(2) == 0, "access_keys": keys,
        "spaces": [{"cust_space_id": format!("cams-{place}"), "member_id": -4}]})
}

fn pims_account(random: &mut SeededRandom, program: usize, place: usize) -> Value {
    let instances: Vec<_> = (0..random.index(3)).map(|device| format!("device {program}-{place}-{device}")).collect();
    let region = [None, Some("FR")][random.index(2)];
    let blocked = ["not_blocked", "pin_blocked", "account_blocked"][random.index(3)];
    json!({"login": format!("o'neil{place}@{program}.example"), "member_id": 1001, "region": region, "blocked": blocked,
        "device_enrolled": random.index(2) == 0, "strong_authentication": random.index(2) == 0, "instances": instances})
}

/// Proofs in an order that isn't the ledger's.
fn verifications(random: &mut SeededRandom) -> Vec<Value> {
    let purposes = ["pims_pin", "cams_migration", "pims_phone_number", "pims_enrollment"];
    let count = random.index(12);
    (0..count)
        .map(|place| {
            let code =
                json!({"code": "0042", "made_at": "2026-11-24T00:00:00.123456789Z", "wrong_tries": random.index(3)});
            let verification = [json!({}), json!({"code": code}), json!({"verified_at": "2026-11-24T00:00:00Z"})]
                [random.index(3)]
            .clone();
            let (purpose, account) = (purposes[place % 4], ["Z", "a", "É", "_"][place / 4]);
            let number = NUMBERS[[3, 0][random.index(2)]];
            json!({"purpose": purpose, "account": account, "number": number, "verification": verification})
        })
        .collect()
}

#[tokio::test]
async fn an_export_applied_to_an_empty_ledger_is_the_same_again() {
    let mut random = SeededRandom::new();
    let stores = each_ledger();
    for round in 0..40 {
        let programs: Vec<_> = (0..random.index(4)).map(|name| program(&mut random, name)).collect();
        let state: State = serde_json::from_value(json!({"programs": programs})).expect("a state");
        let first = open(&sync_asmx::ledger::LedgerUrl::Memory);
        first.apply_seed(Seed::check(state.clone()).expect("a sound seed")).await.expect("applied");
        let exported = first.export(None).await.expect("an export");

        // Nothing is lost on the first way, but order and form of writing.
        let count = |state: &State| {
            let counts = |program: &sync_asmx::ledger::ProgramState| {
                let phones = program
                    .members
                    .iter()
                    .map(|member| member.phones.len() + member.emails.len() + more(member))
                    .sum::<usize>();
                let accounts = (program.cams_accounts.len(), program.pims_accounts.len(), program.verifications.len());
                (program.security_tokens.len(), program.mobile_carriers.len(), accounts, program.members.len(), phones)
            };
            state.programs.iter().map(counts).collect::<Vec<_>>()
        };
        assert_eq!(count(&exported), count(&state), "round {round}");

        let text = serde_json::to_string(&exported).expect("JSON");
        let seed = Seed::parse(&text).expect("an export is a seed");
        for store in &stores {
            store.ledger.apply_seed(seed.clone()).await.expect(store.name);
            assert_eq!(store.export().await, exported, "{}, round {round}", store.name);
            store.change(Change::ReplaceAll { seed: seed.clone(), is_baseline: true }, Changed::Replaced).await;
            assert_eq!(store.export().await, exported, "{}, round {round}", store.name);
            for (program, put) in store.ledger.directory().programs().iter().zip(&exported.programs) {
                assert_eq!(store.ledger.baseline(program.id).await.expect(store.name).as_ref(), Some(put));
            }
            store.change(Change::ReplaceAll { seed: empty(), is_baseline: false }, Changed::Replaced).await;
        }
    }
}

/// How much a member has besides.
fn more(member: &MemberState) -> usize {
    let texts = [&member.middle_name, &member.suffix, &member.nick_name].into_iter().flatten().count();
    let flags = [member.is_employee, member.is_suspended, member.is_locked].into_iter().filter(|flag| *flag).count();
    let lists =
        member.addresses.len() + member.account_ids.len() + member.loyalty_clubs.len() + member.custom_fields.len();
    texts + flags + lists + member.birthdate.iter().count() + member.gender.iter().count()
}

fn empty() -> Seed {
    Seed { programs: vec![] }
}
