//! Who holds a number, and which number a member holds, while others save.

use sync_asmx::domain::MemberId;
use sync_asmx::ledger::{ItemId, ProgramId, SavePhone, Written};
use tokio::task::JoinSet;

use Written::{Done, HeldByAnotherMember};

use super::{ADA, ALAN, BLUE, GRACE, Phones, RED, each_ledger, seed};

async fn number_of(phones: &Phones<'_>, member: i32, phone_number_type: ItemId) -> Option<String> {
    let found = phones.store.ledger.find_phone(phones.program, MemberId(member), phone_number_type).await;
    found.expect(phones.store.name).map(|number| number.to_string())
}

async fn holder(phones: &Phones<'_>, number: &str) -> Option<i32> {
    let number = phones.number(ADA, phones.home, number).number;
    let found = phones.store.ledger.find_holder(phones.program, number).await;
    found.expect(phones.store.name).map(|member| member.0)
}

#[tokio::test]
async fn a_number_is_found_by_its_member_and_the_member_by_its_number() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo", "other"])).await.expect(store.name);
        let (phones, other) = (Phones::of(store, "demo"), Phones::of(store, "other"));
        assert_eq!(number_of(&phones, ADA, phones.home).await, None, "{}", store.name);
        assert_eq!(holder(&phones, RED).await, None, "{}", store.name);
        phones.save(SavePhone { extension: Some("7".into()), ..phones.number(ADA, phones.home, RED) }, Done).await;
        assert_eq!(number_of(&phones, ADA, phones.home).await.as_deref(), Some(RED), "{}", store.name);
        assert_eq!(holder(&phones, RED).await, Some(ADA), "{}", store.name);
        for (member, item) in [(ADA, phones.work), (ALAN, phones.home)] {
            assert_eq!(number_of(&phones, member, item).await, None, "{}", store.name);
        }
        assert_eq!(number_of(&other, ADA, other.home).await, None, "{}", store.name);
        assert_eq!(holder(&other, RED).await, None, "{}", store.name);
        let nowhere = store.ledger.find_phone(ProgramId(i64::MAX), MemberId(ADA), phones.home).await;
        assert_eq!(nowhere, Ok(None), "{}", store.name);

        // What is refused changes nothing; what replaces it, does.
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        assert_eq!(holder(&phones, RED).await, Some(ADA), "{}", store.name);
        phones.save(phones.number(ADA, phones.home, BLUE), Done).await;
        assert_eq!(number_of(&phones, ADA, phones.home).await.as_deref(), Some(BLUE), "{}", store.name);
        assert_eq!((holder(&phones, RED).await, holder(&phones, BLUE).await), (None, Some(ADA)), "{}", store.name);
    }
}

#[tokio::test]
async fn of_those_who_share_a_number_one_is_found() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        for member in [ADA, ALAN, GRACE] {
            phones.save(phones.shared_number(member, phones.home, RED), Done).await;
        }
        let mut left = vec![ADA, ALAN, GRACE];
        while let Some(member) = holder(&phones, RED).await {
            assert!(left.contains(&member), "{}: {member} of {left:?}", store.name);
            left.retain(|other| *other != member);
            phones.save(phones.shared_number(member, phones.home, BLUE), Done).await;
        }
        assert_eq!(left, [0; 0], "{}", store.name);
    }
}

/// While others save, so that a save that was just answered is in a batch with more, and not checkpointed yet.
#[tokio::test]
async fn every_save_that_was_answered_is_seen_at_once() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let mut writers = JoinSet::new();
        for (index, member) in (0_u64..).zip([ADA, ALAN, GRACE]) {
            let (ledger, program, item) = (store.ledger.clone(), phones.program, phones.home);
            let first = phones.number(member, item, RED);
            writers.spawn(async move {
                for round in 0..100 {
                    let digits = 15_192_000_000 + 1000 * index + round;
                    let number = sync_asmx::domain::E164::new(digits).expect("a number");
                    let save = SavePhone { number, ..first.clone() };
                    assert_eq!(ledger.save_phone(save).await, Ok(Done));
                    assert_eq!(ledger.find_phone(program, first.member, item).await, Ok(Some(number)));
                    assert_eq!(ledger.find_holder(program, number).await, Ok(Some(first.member)));
                }
            });
        }
        while let Some(writer) = writers.join_next().await {
            assert!(writer.is_ok(), "{}: {writer:?}", store.name);
        }
    }
}
