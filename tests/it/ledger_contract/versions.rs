//! What was derived from an older directory is never run.

use serde_json::json;
use sync_asmx::domain::MemberId;
use sync_asmx::ledger::{Change, Changed, Edit, ItemKind, ItemState, SavePhone, Seed, Written};

use Written::{Done, Outdated};

use super::{ADA, Phones, RED, each_ledger, member_seed, program_seed, seed};

#[tokio::test]
async fn the_version_grows_with_every_change_of_the_directory() {
    for store in &each_ledger() {
        let mut version = store.version();
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        assert!(store.version() > version, "{}", store.name);
        let program = || store.ledger.directory().program("demo").expect("demo").id;
        let item = || ItemState { external_reference: "FAX".into(), name: String::new(), ..ItemState::default() };
        for change in [
            |program, _| {
                Change::EditProgram(program, Edit::PutSettings(serde_json::from_value(json!({})).expect("settings")))
            },
            |program, item| Change::EditProgram(program, Edit::PutItem(ItemKind::PhoneNumberType, item)),
            |program, _| Change::EditProgram(program, Edit::RemoveItem(ItemKind::PhoneNumberType, "FAX".into())),
            |_, _| Change::PutProgram(program_seed(json!({"name": "demo"}))),
            |_, _| Change::ResetProgram(program_seed(json!({"name": "demo"}))),
            |program, _| Change::RemoveProgram(program),
            |_, _| Change::ReplaceAll { seed: Seed { programs: vec![] }, is_baseline: true },
        ] as [fn(_, _) -> _; 7]
        {
            version = store.version();
            let program = store.ledger.directory().program("demo").map_or(program_of_nothing(), |demo| demo.id);
            let changed = store.ledger.change(version, change(program, item())).await.expect(store.name);
            assert!(store.version() > version, "{}: {changed:?}", store.name);
        }
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        // Members are not in the directory, so they don't send anybody back.
        version = store.version();
        let change = Change::PutMember(program(), member_seed(store, "demo", json!({"member_id": 77})));
        store.change(change, Changed::Made).await;
        store.change(Change::RemoveMember(program(), MemberId(77)), Changed::Removed).await;
        assert_eq!(store.version(), version, "{}", store.name);
    }
}

fn program_of_nothing() -> sync_asmx::ledger::ProgramId {
    sync_asmx::ledger::ProgramId(i64::MAX)
}

#[tokio::test]
async fn a_save_of_an_older_directory_is_outdated_and_changes_nothing() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let save = phones.number(ADA, phones.work, RED);
        let program = phones.program;
        let fax = ItemState { external_reference: "FAX".into(), name: String::new(), ..ItemState::default() };
        for change in [
            Change::EditProgram(program, Edit::RemoveItem(ItemKind::PhoneNumberType, "WORK".into())),
            Change::EditProgram(program, Edit::PutItem(ItemKind::PhoneNumberType, fax)),
            Change::ReplaceAll { seed: seed(&["demo"]), is_baseline: false },
        ] {
            store.ledger.change(store.version(), change).await.expect(store.name);
            let before = store.export().await;
            phones.save(save.clone(), Outdated).await;
            assert_eq!(store.export().await, before, "{}", store.name);
        }
        let again = Phones::of(store, "demo");
        again.save(again.number(ADA, again.work, RED), Done).await;
    }
}

#[tokio::test]
async fn a_change_of_an_older_directory_is_outdated_and_changes_nothing() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let older = store.version();
        store.ledger.apply_seed(seed(&["other"])).await.expect(store.name);
        let before = store.export().await;
        for change in [
            Change::RemoveProgram(phones.program),
            Change::RemoveMember(phones.program, MemberId(ADA)),
            Change::ReplaceAll { seed: seed(&[]), is_baseline: true },
        ] {
            assert_eq!(store.ledger.change(older, change).await, Ok(Changed::Outdated), "{}", store.name);
        }
        assert_eq!(store.export().await, before, "{}", store.name);
    }
}

/// Suites that put their own programs don't send each other's calls back.
#[tokio::test]
async fn a_save_stays_current_whatever_changes_in_other_programs() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let save = phones.number(ADA, phones.home, RED);
        store.change(Change::PutProgram(program_seed(json!({"name": "other"}))), Changed::Made).await;
        let other = || store.ledger.directory().program("other").expect("other").id;
        let fax = ItemState { external_reference: "FAX".into(), name: String::new(), ..ItemState::default() };
        let settings = serde_json::from_value(json!({"duplicate_phone_check": false})).expect("settings");
        let token = serde_json::from_value(json!({"token": "OTHER", "methods": ["*"]})).expect("a token");
        for change in [
            Change::EditProgram(other(), Edit::PutSettings(settings)),
            Change::EditProgram(other(), Edit::PutItem(ItemKind::PhoneNumberType, fax)),
            Change::PutToken(other(), token),
            Change::PutProgram(program_seed(json!({"name": "other"}))),
        ] {
            store.ledger.change(store.version(), change).await.expect(store.name);
            phones.save(save.clone(), Done).await;
        }
        store.change(Change::RemoveProgram(other()), Changed::Removed).await;
        phones.save(save.clone(), Done).await;

        // A token of its own is one more thing that calls are derived from.
        let own = serde_json::from_value(json!({"token": "OWN", "methods": ["*"]})).expect("a token");
        store.ledger.change(store.version(), Change::PutToken(phones.program, own)).await.expect(store.name);
        phones.save(save, Outdated).await;
    }
}

/// Whoever derives a save from the directory that is there when it is asked, and tries again when told to, gets through; and
/// nobody's number lands in a type that isn't HOME any more.
#[tokio::test]
async fn saves_among_changes_land_where_they_belong() {
    for store in each_ledger() {
        let store = std::sync::Arc::new(store);
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        let saver = tokio::spawn({
            let store = store.clone();
            async move {
                let mut saved = 0;
                while saved < 300 {
                    let phones = Phones::of(&store, "demo");
                    let save = SavePhone { version: phones.version, ..phones.number(ADA, phones.home, RED) };
                    match store.ledger.save_phone(save).await {
                        Ok(Done) => saved += 1,
                        Ok(Outdated) => {}
                        other => unreachable!("{}: {other:?}", store.name),
                    }
                }
            }
        });
        let mut changes = 0;
        while !saver.is_finished() {
            let program = program_seed(serde_json::to_value(&store.export().await.programs[0]).expect("JSON"));
            store.change(Change::PutProgram(program), Changed::Replaced).await;
            changes += 1;
        }
        saver.await.expect("a saver");
        assert!(changes > 0, "{}", store.name);
        let phones = Phones::of(&store, "demo");
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        let ada = store.export().await.programs.remove(0).members.remove(0);
        assert_eq!(ada.phones.len(), 1, "{}", store.name);
        assert_eq!((ada.phones[0].r#type.as_str(), ada.phones[0].number.as_str()), ("HOME", RED), "{}", store.name);
    }
}
