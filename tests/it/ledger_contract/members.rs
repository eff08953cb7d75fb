//! Members come and go with their numbers.

use serde_json::{Value, json};
use sync_asmx::domain::{MemberId, PhoneNumber, ProgramSettings};
use sync_asmx::ledger::{Change, Changed, Edit, ProgramId, SavePhone, Written};

use Written::{Done, HeldByAnotherMember, NoSuchMember};

use super::{ADA, ALAN, BLUE, GRACE, NOBODY, Phones, RED, Store, each_ledger, member_seed};
use crate::seeded_random::SeededRandom;

fn member(member: i32, phones: &[(&str, &str)]) -> Value {
    let phones: Vec<_> = phones
        .iter()
        .map(|(kind, number)| json!({"type": kind, "number": number, "carrier": null, "is_valid": true}))
        .collect();
    json!({"member_id": member, "first_name": "First", "last_name": "Last", "phones": phones})
}

async fn put(store: &Store, phones: &Phones<'_>, state: &Value, expected: Changed) {
    let seed = member_seed(store, "demo", state.clone());
    store.change(Change::PutMember(phones.program, seed), expected).await;
    let id = serde_json::from_value(state["member_id"].clone()).expect("an id");
    let found = store.ledger.find_member(phones.program, id).await.expect(store.name);
    assert_eq!(serde_json::to_value(found).expect("JSON"), *state, "{}", store.name);
}

#[tokio::test]
async fn a_member_is_made_replaced_and_removed() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        put(store, &phones, &member(NOBODY, &[("HOME", RED), ("WORK", BLUE)]), Changed::Made).await;
        assert_eq!(store.ledger.has_member(phones.program, MemberId(NOBODY)).await, Ok(true), "{}", store.name);
        phones.save(phones.number(ADA, phones.home, RED), HeldByAnotherMember).await;
        // What isn't named any more is free.
        put(store, &phones, &member(NOBODY, &[("WORK", "+15195550103")]), Changed::Replaced).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        phones.save(phones.number(ADA, phones.work, BLUE), Done).await;
        phones.save(phones.number(ALAN, phones.work, "+15195550103"), HeldByAnotherMember).await;

        store.change(Change::RemoveMember(phones.program, MemberId(NOBODY)), Changed::Removed).await;
        assert_eq!(store.ledger.has_member(phones.program, MemberId(NOBODY)).await, Ok(false), "{}", store.name);
        phones.save(phones.number(NOBODY, phones.home, "+15195550103"), NoSuchMember).await;
        phones.save(phones.number(ALAN, phones.work, "+15195550103"), Done).await;
        store.refuse(Change::RemoveMember(phones.program, MemberId(NOBODY)), Changed::NotFound).await;
        store.refuse(Change::RemoveMember(ProgramId(i64::MAX), MemberId(ADA)), Changed::NotFound).await;
        let stranger = member_seed(store, "demo", member(ADA, &[]));
        store.refuse(Change::PutMember(ProgramId(i64::MAX), stranger), Changed::NotFound).await;
    }
}

#[tokio::test]
async fn a_member_that_is_there_is_not_added_again() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let add = |state: Value| Change::AddMember(phones.program, member_seed(store, "demo", state));
        store.change(add(member(NOBODY, &[("HOME", RED)])), Changed::Made).await;
        let before = store.export().await;
        store.refuse(add(member(NOBODY, &[])), Changed::AlreadyThere).await;
        store.refuse(add(member(ADA, &[("HOME", BLUE)])), Changed::AlreadyThere).await;
        assert_eq!(store.export().await, before, "{}", store.name);
        let stranger = member_seed(store, "demo", member(NOBODY, &[]));
        store.refuse(Change::AddMember(ProgramId(i64::MAX), stranger), Changed::NotFound).await;
    }
}

#[tokio::test]
async fn a_member_may_have_its_own_numbers_again_but_not_those_of_others() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        phones.save(phones.number(ALAN, phones.home, BLUE), Done).await;
        let state = member(ADA, &[("HOME", "+15195550103"), ("WORK", BLUE)]);
        let number = PhoneNumber::parse(BLUE, &ProgramSettings::default()).expect("a number").e164();
        let taken = Changed::NumberTaken { number, holder: MemberId(ALAN) };
        let seed = member_seed(store, "demo", state);
        store.refuse(Change::PutMember(phones.program, seed), taken.clone()).await;
        let newcomer = member_seed(store, "demo", member(NOBODY, &[("HOME", BLUE)]));
        store.refuse(Change::PutMember(phones.program, newcomer), taken).await;
        put(store, &phones, &member(ADA, &[("HOME", "+15195550103"), ("WORK", RED)]), Changed::Replaced).await;
        put(store, &phones, &member(ADA, &[("HOME", RED), ("WORK", RED)]), Changed::Replaced).await;
        phones.save(phones.number(GRACE, phones.home, RED), HeldByAnotherMember).await;
        put(store, &phones, &member(ADA, &[]), Changed::Replaced).await;
        phones.save(phones.number(GRACE, phones.home, RED), Done).await;
    }
}

#[tokio::test]
async fn a_program_that_shares_lets_members_be_put_with_numbers_of_others() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let settings = serde_json::from_value(json!({"duplicate_phone_check": false})).expect("settings");
        store.change(Change::EditProgram(phones.program, Edit::PutSettings(settings)), Changed::Replaced).await;
        put(store, &phones, &member(ADA, &[("HOME", RED), ("WORK", RED)]), Changed::Replaced).await;
        put(store, &phones, &member(ALAN, &[("HOME", RED)]), Changed::Replaced).await;
        // Ada, who had it first, goes; Alan still holds it, and when he goes nobody does.
        store.change(Change::RemoveMember(phones.program, MemberId(ADA)), Changed::Removed).await;
        phones.save(phones.number(GRACE, phones.home, RED), HeldByAnotherMember).await;
        store.change(Change::RemoveMember(phones.program, MemberId(ALAN)), Changed::Removed).await;
        phones.save(phones.number(GRACE, phones.home, RED), Done).await;
    }
}

/// Saves, shared or not, among removals of members: who holds a number is always what the numbers themselves say.
#[tokio::test]
async fn whoever_leaves_a_shared_number_its_other_holders_keep_it() {
    let mut random = SeededRandom::new();
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        for step in 0..400 {
            let id = [ADA, ALAN, GRACE][random.index(3)];
            if random.index(3) == 0 {
                let number = [RED, BLUE][random.index(2)];
                let state = match random.index(3) {
                    0 => member(id, &[]),
                    1 => member(id, &[("HOME", number)]),
                    _ => member(id, &[("HOME", RED), ("WORK", number)]),
                };
                let change = Change::PutMember(phones.program, member_seed(store, "demo", state));
                let changed = store.ledger.change(store.version(), change).await.expect(store.name);
                assert!(matches!(changed, Changed::Replaced | Changed::NumberTaken { .. }), "{changed:?}");
                continue;
            }
            let number = [RED, BLUE][random.index(2)];
            let save = phones.number(id, [phones.home, phones.work][random.index(2)], number);
            let save = SavePhone { may_be_shared: random.index(2) == 0, ..save };
            let members = store.export().await.programs.remove(0).members;
            let is_held = members
                .iter()
                .any(|other| other.member_id.0 != id && other.phones.iter().any(|phone| phone.number == number));
            let expected = if is_held && !save.may_be_shared { HeldByAnotherMember } else { Done };
            assert_eq!(store.ledger.save_phone(save).await, Ok(expected), "{}, step {step}", store.name);
        }
    }
}
