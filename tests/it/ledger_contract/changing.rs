//! What a tester changes of programs, tokens and settings.

use serde_json::json;
use sync_asmx::domain::{MemberId, ProgramSettings, SecurityToken};
use sync_asmx::ledger::{Change, Changed, Edit, ProgramId, Seed, TokenState, Written};

use Written::{Done, HeldByAnotherMember, NoSuchMember};

use super::{ADA, ALAN, BLUE, Phones, RED, Store, each_ledger, names, program_seed, seed};

/// A program with one member that has a number, with accounts whose names are the token's, and a proof.
fn small(name: &str, token: &str) -> serde_json::Value {
    json!({
        "name": name,
        "settings": {},
        "security_tokens": [{"token": token, "methods": ["*"], "suspended": false, "template": false}],
        "phone_number_types": [{"external_reference": "HOME", "name": "Home"}, {"external_reference": "WORK", "name": ""}],
        "mobile_carriers": [{"external_reference": "BELL", "name": "Bell"}],
        "cams_accounts": [{"account_id": "account", "subscribed": false,
            "access_keys": [{"access_key_id": format!("{token}-KEY"), "access_key_secret": "s3cret", "active": false,
                "actions": ["cams:Get*"], "security_token": "sts"}],
            "spaces": [{"cust_space_id": "space", "member_id": ADA, "phone_number_type": "HOME"}]}],
        "pims_accounts": [{"login": format!("{token}@example.com"), "password": "pass", "member_id": ADA,
            "phone_number_type": "HOME", "region": "FR", "device_enrolled": true, "blocked": "pin_blocked",
            "strong_authentication": false, "instances": [format!("{token}-DEVICE")]}],
        "verifications": [{"purpose": "cams_migration", "account": "space", "number": BLUE, "verification": {
            "code": {"code": "0123", "made_at": "2026-01-01T00:00:00Z", "wrong_tries": 2, "used_at": "2026-01-01T00:01:00Z"},
            "verified_at": "2026-01-01T00:01:00Z"}}],
        "email_types": [{"external_reference": "WORK", "name": "At work"}],
        "members": [{"member_id": ADA, "first_name": "Ada", "last_name": "Lovelace",
            "phones": [{"type": "HOME", "number": RED, "carrier": "BELL", "is_valid": true}],
            "emails": [{"type": "WORK", "address": "Ada@example.com", "is_valid": false}]}],
    })
}

async fn exported(store: &Store, name: &str) -> serde_json::Value {
    let id = store.ledger.directory().program(name).expect(name).id;
    let state = store.ledger.export(Some(id)).await.expect(store.name);
    assert_eq!(state.programs.len(), 1, "{}", store.name);
    serde_json::to_value(&state.programs[0]).expect("JSON")
}

/// What an export gives for [`small`]: everything in full.
fn small_in_full(name: &str, token: &str) -> serde_json::Value {
    let mut state = small(name, token);
    state["settings"] = serde_json::to_value(ProgramSettings::default()).expect("JSON");
    state
}

async fn baseline(store: &Store, name: &str) -> Option<serde_json::Value> {
    let id = store.ledger.directory().program(name).expect(name).id;
    let baseline = store.ledger.baseline(id).await.expect(store.name)?;
    Some(serde_json::to_value(baseline).expect("JSON"))
}

#[tokio::test]
async fn a_program_is_made_replaced_and_removed() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        let others = exported(store, "demo").await;
        store.change(Change::PutProgram(program_seed(small("own", "OWN"))), Changed::Made).await;
        assert_eq!(exported(store, "own").await, small_in_full("own", "OWN"), "{}", store.name);

        let mut again = small("own", "NEW");
        again["members"] = json!([]);
        store.change(Change::PutProgram(program_seed(again)), Changed::Replaced).await;
        let directory = store.ledger.directory();
        assert!(directory.find_token("OWN").is_none() && directory.find_token("NEW").is_some(), "{}", store.name);
        let own = directory.program("own").expect("the program").id;
        assert_eq!(store.ledger.any_member(own).await, Ok(None), "{}", store.name);

        store.change(Change::RemoveProgram(own), Changed::Removed).await;
        assert_eq!(names(&*store.ledger), ["demo"], "{}", store.name);
        assert!(store.ledger.directory().find_token("NEW").is_none(), "{}", store.name);
        assert_eq!(exported(store, "demo").await, others, "{}", store.name);
        store.refuse(Change::RemoveProgram(own), Changed::NotFound).await;
        assert_eq!(store.ledger.export(Some(own)).await.expect(store.name).programs, [], "{}", store.name);
    }
}

#[tokio::test]
async fn a_program_keeps_what_it_was_put_as() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        assert_eq!(baseline(store, "demo").await, None, "{}", store.name);
        store.change(Change::PutProgram(program_seed(small("own", "OWN"))), Changed::Made).await;
        let put = small_in_full("own", "OWN");
        assert_eq!(baseline(store, "own").await.as_ref(), Some(&put), "{}", store.name);

        let own = store.ledger.directory().program("own").expect("the program").id;
        store.change(Change::RemoveMember(own, MemberId(ADA)), Changed::Removed).await;
        assert_eq!(baseline(store, "own").await.as_ref(), Some(&put), "{}", store.name);
        // A reset is made of whatever it is given, and leaves the baseline.
        let mut other = small("own", "OTHER");
        other["mobile_carriers"] = json!([]);
        other["members"] = json!([]);
        store.change(Change::ResetProgram(program_seed(other)), Changed::Replaced).await;
        assert!(store.ledger.directory().find_token("OTHER").is_some(), "{}", store.name);
        assert_eq!(baseline(store, "own").await.as_ref(), Some(&put), "{}", store.name);
        store.change(Change::ResetProgram(program_seed(put.clone())), Changed::Replaced).await;
        assert_eq!(exported(store, "own").await, put, "{}", store.name);
        assert_eq!(baseline(store, "own").await.as_ref(), Some(&put), "{}", store.name);

        store.refuse(Change::ResetProgram(program_seed(small("nobody", "N"))), Changed::NotFound).await;
        store.change(Change::ResetProgram(program_seed(small("demo", "DEMO"))), Changed::Replaced).await;
        assert_eq!(baseline(store, "demo").await, None, "{}", store.name);
        // Put anew, it has a new baseline.
        store.change(Change::PutProgram(program_seed(small("own", "LATER"))), Changed::Replaced).await;
        assert_eq!(baseline(store, "own").await, Some(small_in_full("own", "LATER")), "{}", store.name);
        assert_eq!(store.ledger.baseline(own).await, Ok(None), "{}", store.name);
    }
}

#[tokio::test]
async fn everything_is_replaced_with_or_without_an_origin() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        let seed = |name, token| Seed { programs: vec![program_seed(small(name, token))] };
        // The token changes hands.
        let change = Change::ReplaceAll { seed: seed("own", "demo-TOKEN"), is_baseline: true };
        store.change(change, Changed::Replaced).await;
        assert_eq!(names(&*store.ledger), ["own"], "{}", store.name);
        assert_eq!(baseline(store, "own").await, Some(small_in_full("own", "demo-TOKEN")), "{}", store.name);
        let change = Change::ReplaceAll { seed: seed("own", "T"), is_baseline: false };
        store.change(change, Changed::Replaced).await;
        assert_eq!(exported(store, "own").await, small_in_full("own", "T"), "{}", store.name);
        assert_eq!(baseline(store, "own").await, None, "{}", store.name);
        store
            .change(Change::ReplaceAll { seed: Seed { programs: vec![] }, is_baseline: true }, Changed::Replaced)
            .await;
        assert_eq!(store.export().await.programs, [], "{}", store.name);
    }
}

#[tokio::test]
async fn a_token_of_another_program_is_refused() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo", "other"])).await.expect(store.name);
        let id = |name| store.ledger.directory().program(name).expect("a program").id;
        let token = |text: &str| TokenState {
            token: SecurityToken::new(text),
            methods: vec!["Save*".into()],
            suspended: false,
            template: false,
            expires_at: None,
        };
        let refusal = || Changed::TokenTaken(SecurityToken::new("demo-TOKEN"));
        store.refuse(Change::PutProgram(program_seed(small("own", "demo-TOKEN"))), refusal()).await;
        store.refuse(Change::PutProgram(program_seed(small("other", "demo-TOKEN"))), refusal()).await;
        store.refuse(Change::ResetProgram(program_seed(small("other", "demo-TOKEN"))), refusal()).await;
        store.refuse(Change::PutToken(id("other"), token("demo-TOKEN")), refusal()).await;
        store.refuse(Change::PutToken(ProgramId(i64::MAX), token("NEW")), Changed::NotFound).await;
        store.refuse(Change::RemoveToken(id("other"), SecurityToken::new("demo-TOKEN")), Changed::NotFound).await;
        // A program may be put again with its own.
        store.change(Change::PutProgram(program_seed(small("demo", "demo-TOKEN"))), Changed::Replaced).await;
    }
}

#[tokio::test]
async fn tokens_change_for_the_next_call() {
    for store in &each_ledger() {
        let program = Phones::new(store).await.program;
        let mut token = TokenState {
            token: SecurityToken::new("NEW"),
            methods: vec!["Save*".into()],
            suspended: false,
            template: false,
            expires_at: "2030-01-01T00:00:00.123Z".parse().ok(),
        };
        store.change(Change::PutToken(program, token.clone()), Changed::Made).await;
        let directory = store.ledger.directory();
        let (owner, permissions) = directory.find_token("NEW").expect("the token");
        assert_eq!((owner.id, permissions.suspended, permissions.expires_at), (program, false, token.expires_at));
        (token.suspended, token.template, token.expires_at) = (true, true, None);
        token.methods.clear();
        store.change(Change::PutToken(program, token.clone()), Changed::Replaced).await;
        let directory = store.ledger.directory();
        let (_, permissions) = directory.find_token("NEW").expect("the token");
        assert!(permissions.suspended && permissions.template && permissions.methods.is_empty(), "{}", store.name);
        assert_eq!(permissions.expires_at, None, "{}", store.name);
        assert!(store.export().await.programs[0].security_tokens.contains(&token), "{}", store.name);
        store.change(Change::RemoveToken(program, token.token.clone()), Changed::Removed).await;
        assert!(store.ledger.directory().find_token("NEW").is_none(), "{}", store.name);
        store.refuse(Change::RemoveToken(program, token.token), Changed::NotFound).await;
    }
}

#[tokio::test]
async fn settings_change_and_shared_numbers_stay() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let settings = |json| serde_json::from_value::<ProgramSettings>(json).expect("settings");
        let shared = settings(json!({"duplicate_phone_check": false}));
        store.change(Change::EditProgram(phones.program, Edit::PutSettings(shared.clone())), Changed::Replaced).await;
        assert_eq!(store.ledger.directory().programs()[0].settings, shared, "{}", store.name);
        phones.save(phones.shared_number(ADA, phones.home, RED), Done).await;
        phones.save(phones.shared_number(ALAN, phones.home, RED), Done).await;
        store
            .change(Change::EditProgram(phones.program, Edit::PutSettings(settings(json!({})))), Changed::Replaced)
            .await;
        let program = store.export().await.programs.remove(0);
        assert_eq!(program.members.iter().filter(|member| member.phones.len() == 1).count(), 2, "{}", store.name);
        phones.save(phones.number(ALAN, phones.work, RED), HeldByAnotherMember).await;
        store.refuse(Change::EditProgram(ProgramId(i64::MAX), Edit::PutSettings(shared)), Changed::NotFound).await;
    }
}

#[tokio::test]
async fn no_number_of_a_program_is_given_twice() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        store.change(Change::RemoveProgram(phones.program), Changed::Removed).await;
        let mut given = vec![phones.program];
        for _ in 0..3 {
            for (name, change) in [
                ("demo", Change::PutProgram(program_seed(small("demo", "T")))),
                ("demo", Change::ResetProgram(program_seed(small("demo", "T")))),
                ("own", Change::ReplaceAll { seed: seed(&["own"]), is_baseline: false }),
            ] {
                store.ledger.change(store.version(), change).await.expect(store.name);
                let id = store.ledger.directory().program(name).expect(name).id;
                assert!(!given.contains(&id), "{}: {name} is {id:?}", store.name);
                given.push(id);
            }
        }
        // Nobody is where the first program was, whatever version is claimed.
        phones.save(phones.number(ADA, phones.home, RED), NoSuchMember).await;
    }
}
