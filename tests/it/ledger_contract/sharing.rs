//! One number for several types of a member, or for several members.

use sync_asmx::ledger::{Seed, Written};

use Written::{Done, HeldByAnotherMember};

use super::{ADA, ALAN, BLUE, GRACE, Phones, RED, each_ledger};

#[tokio::test]
async fn a_number_for_two_types_of_a_member_is_free_once_both_have_left_it() {
    // The type that came first leaves first, or last.
    for leaves_in_order in [true, false] {
        for store in &each_ledger() {
            let phones = Phones::new(store).await;
            let (first, last) = if leaves_in_order { (phones.home, phones.work) } else { (phones.work, phones.home) };
            phones.save(phones.number(ADA, phones.home, RED), Done).await;
            phones.save(phones.number(ADA, phones.work, RED), Done).await;
            phones.save(phones.number(ADA, first, BLUE), Done).await;
            phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
            phones.save(phones.number(ADA, last, BLUE), Done).await;
            phones.save(phones.number(ALAN, phones.home, RED), Done).await;
            phones.save(phones.number(GRACE, phones.home, BLUE), HeldByAnotherMember).await;
        }
    }
}

#[tokio::test]
async fn a_number_that_members_share_is_free_once_all_have_left_it() {
    // Whoever owns the number for the store, the outcome is the same in every order of leaving.
    for order in [[ADA, ALAN, GRACE], [ADA, GRACE, ALAN], [ALAN, ADA, GRACE], [GRACE, ALAN, ADA]] {
        for store in &each_ledger() {
            let phones = Phones::new(store).await;
            for member in [ADA, ALAN, GRACE] {
                phones.save(phones.shared_number(member, phones.home, RED), Done).await;
            }
            for (left, member) in order.into_iter().enumerate() {
                // Another type of somebody who has left asks, as a stranger to the number.
                if let Some(stranger) = order[..left].last() {
                    phones.save(phones.number(*stranger, phones.work, RED), HeldByAnotherMember).await;
                }
                phones.save(phones.shared_number(member, phones.home, BLUE), Done).await;
            }
            phones.save(phones.number(ADA, phones.work, RED), Done).await;
            phones.save(phones.number(ALAN, phones.work, RED), HeldByAnotherMember).await;
        }
    }
}

#[tokio::test]
async fn a_shared_number_is_refused_to_its_own_members_once_sharing_has_ended() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.shared_number(ADA, phones.home, RED), Done).await;
        phones.save(phones.shared_number(ALAN, phones.home, RED), Done).await;
        phones.save(phones.number(ADA, phones.home, RED), HeldByAnotherMember).await;
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        phones.save(phones.number(ADA, phones.home, BLUE), Done).await;
        phones.save(phones.number(ALAN, phones.home, RED), Done).await;
    }
}

#[tokio::test]
async fn member_ids_have_32_bits_and_a_sign() {
    for store in &each_ledger() {
        let extremes = [i32::MIN, -1, 0, i32::MAX];
        let members = extremes.map(|member| format!(r#"{{"member_id":{member}}}"#)).join(",");
        let types = r#"[{"external_reference":"HOME","name":""},{"external_reference":"WORK","name":""}]"#;
        let carriers = r#"[{"external_reference":"BELL","name":""}]"#;
        let json = format!(
            r#"{{"programs":[{{"name":"demo","phone_number_types":{types},"mobile_carriers":{carriers},"members":[{members}]}}]}}"#
        );
        store.ledger.apply_seed(Seed::parse(&json).expect("a seed")).await.expect(store.name);
        let phones = Phones::of(store, "demo");
        for phone_number_type in [phones.home, phones.work] {
            for member in extremes {
                phones.save(phones.shared_number(member, phone_number_type, RED), Done).await;
            }
        }
        for member in extremes {
            phones
                .save(
                    phones.number(member, phones.home, BLUE),
                    if member == i32::MIN { Done } else { HeldByAnotherMember },
                )
                .await;
        }
    }
}
