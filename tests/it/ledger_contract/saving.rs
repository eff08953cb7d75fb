//! One number, one member.

use sync_asmx::ledger::{ProgramId, SavePhone, Written};

use Written::{Done, HeldByAnotherMember, NoSuchMember};

use super::{ADA, ALAN, BLUE, GRACE, NOBODY, Phones, RED, each_ledger};

#[tokio::test]
async fn a_number_is_held_until_its_member_replaces_it() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        phones.save(phones.number(ADA, phones.home, BLUE), Done).await;
        phones.save(phones.number(ALAN, phones.home, RED), Done).await;
        phones.save(phones.number(ALAN, phones.home, BLUE), HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn a_refused_number_leaves_the_older_one_in_place() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        phones.save(phones.number(ALAN, phones.home, BLUE), Done).await;
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        phones.save(phones.number(GRACE, phones.home, BLUE), HeldByAnotherMember).await;
        phones.save(phones.number(GRACE, phones.home, RED), HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn members_may_swap_numbers_through_a_third_one() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        phones.save(phones.number(ALAN, phones.home, BLUE), Done).await;
        phones.save(phones.number(ADA, phones.home, "+15195550103"), Done).await;
        phones.save(phones.number(ALAN, phones.home, RED), Done).await;
        phones.save(phones.number(ADA, phones.home, BLUE), Done).await;
        phones.save(phones.number(GRACE, phones.home, "+15195550103"), Done).await;
    }
}

#[tokio::test]
async fn saving_the_same_again_changes_nothing() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        for _ in 0..3 {
            phones.save(phones.number(ADA, phones.home, RED), Done).await;
        }
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        phones.save(phones.number(ADA, phones.home, BLUE), Done).await;
        phones.save(phones.number(ALAN, phones.home, RED), Done).await;
    }
}

#[tokio::test]
async fn carrier_validity_and_extension_change_under_a_number_that_stays() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let plain = phones.number(ADA, phones.home, RED);
        for save in [
            plain.clone(),
            SavePhone { mobile_carrier: Some(phones.bell), ..plain.clone() },
            SavePhone { is_valid: false, ..plain.clone() },
            SavePhone { extension: Some("42".into()), ..plain.clone() },
            plain,
        ] {
            phones.save(save, Done).await;
            phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        }
    }
}

#[tokio::test]
async fn an_invalid_number_is_held_and_an_extension_does_not_make_another_number() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let invalid = SavePhone { is_valid: false, ..phones.number(ADA, phones.home, RED) };
        phones.save(invalid, Done).await;
        let extended = SavePhone { extension: Some("42".into()), ..phones.number(ALAN, phones.home, RED) };
        phones.save(extended, HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn a_member_that_is_not_there_gets_nothing() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        for number in [RED, BLUE] {
            phones.save(phones.number(NOBODY, phones.home, number), NoSuchMember).await;
            phones.save(phones.shared_number(NOBODY, phones.home, number), NoSuchMember).await;
        }
        let elsewhere = SavePhone { program: ProgramId(i64::MAX), ..phones.number(ADA, phones.home, RED) };
        phones.save(elsewhere, NoSuchMember).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        phones.save(phones.number(NOBODY, phones.home, RED), NoSuchMember).await;
    }
}
