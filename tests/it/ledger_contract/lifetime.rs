//! Closing a ledger, and opening it again.

use sync_asmx::domain::{MemberId, Purpose, VerificationKey};
use sync_asmx::ledger::{Change, LedgerError, LedgerUrl, SavePhone, Written};

use Written::{Done, HeldByAnotherMember};

use super::{ADA, ALAN, BLUE, GRACE, Phones, RED, each_ledger, each_place, names, seed};
use crate::harness::postgres::query;

#[tokio::test]
async fn a_closed_ledger_refuses_every_call() {
    for store in &each_ledger() {
        let (ledger, name) = (&store.ledger, store.name);
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        ledger.close().await;

        let closed =
            |error: &LedgerError| matches!(error, LedgerError::Unavailable(reason) if reason.contains("closed"));
        let saved = ledger.save_phone(phones.number(ADA, phones.home, BLUE)).await;
        assert!(saved.as_ref().is_err_and(closed), "{name}: {saved:?}");
        let found = ledger.has_member(phones.program, MemberId(ADA)).await;
        assert!(found.as_ref().is_err_and(closed), "{name}: {found:?}");
        let any = ledger.any_member(phones.program).await;
        assert!(any.as_ref().is_err_and(closed), "{name}: {any:?}");
        let number = phones.number(ADA, phones.home, RED).number;
        let found = ledger.find_phone(phones.program, MemberId(ADA), phones.home).await;
        assert!(found.as_ref().is_err_and(closed), "{name}: {found:?}");
        let holder = ledger.find_holder(phones.program, number).await;
        assert!(holder.as_ref().is_err_and(closed), "{name}: {holder:?}");
        let key = VerificationKey { purpose: Purpose::PimsPin, account: "ada".into(), number };
        let proof = ledger.find_verification(phones.program, &key).await;
        assert!(proof.as_ref().is_err_and(closed), "{name}: {proof:?}");
        let accounts = ledger.accounts_of(phones.program, key.purpose, number).await;
        assert!(accounts.as_ref().is_err_and(closed), "{name}: {accounts:?}");
        let replaced = ledger.replace_verification(phones.program, &key, None, None).await;
        assert!(replaced.as_ref().is_err_and(closed), "{name}: {replaced:?}");
        let seeded = ledger.apply_seed(seed(&["late"])).await;
        assert!(seeded.as_ref().is_err_and(closed), "{name}: {seeded:?}");
        let changed = ledger.change(store.version(), Change::RemoveProgram(phones.program)).await;
        assert!(changed.as_ref().is_err_and(closed), "{name}: {changed:?}");
        let exported = ledger.export(None).await;
        assert!(exported.as_ref().is_err_and(closed), "{name}: {exported:?}");
        let counted = ledger.counts().await;
        assert!(counted.as_ref().is_err_and(closed), "{name}: {counted:?}");

        ledger.close().await;
        assert_eq!(names(&**ledger), ["demo"], "{name}: what is in memory stays readable");
    }
}

#[tokio::test]
async fn closing_answers_what_waits_first() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let mut waiting = tokio::task::JoinSet::new();
        for last_digits in 0..50 {
            let ledger = store.ledger.clone();
            let save = phones.number(ADA, phones.home, &format!("+151955502{last_digits:02}"));
            waiting.spawn(async move { ledger.save_phone(save).await });
        }
        // One turn of this single-threaded runtime puts them all in the queue.
        tokio::task::yield_now().await;
        store.ledger.close().await;
        while let Some(answer) = waiting.join_next().await {
            assert_eq!(answer.expect("no panic"), Ok(Done), "{}", store.name);
        }
    }
}

#[tokio::test]
async fn a_ledger_opened_again_has_everything() {
    for place in each_place() {
        let first = place.open();
        first.ledger.apply_seed(seed(&["demo", "other"])).await.expect(place.name);
        let phones = Phones::of(&first, "demo");
        phones.save(phones.shared_number(ADA, phones.home, RED), Done).await;
        phones.save(phones.shared_number(ALAN, phones.home, RED), Done).await;
        phones.save(phones.number(GRACE, phones.work, BLUE), Done).await;
        first.ledger.close().await;

        let second = place.open();
        assert_eq!(names(&*second.ledger), ["demo", "other"], "{}", place.name);
        assert!(second.ledger.directory().find_token("demo-TOKEN").is_some(), "{}", place.name);
        let again = Phones::of(&second, "demo");
        assert_eq!(
            (again.program, again.home, again.work, again.bell),
            (phones.program, phones.home, phones.work, phones.bell),
            "{}",
            place.name
        );
        again.save(again.number(ADA, again.home, BLUE), HeldByAnotherMember).await;
        again.save(again.number(GRACE, again.home, RED), HeldByAnotherMember).await;
        again.save(again.number(ADA, again.home, "+15195550103"), Done).await;
        again.save(again.number(GRACE, again.home, RED), HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn a_row_of_the_store_holds_what_the_last_save_said() {
    for place in each_place() {
        let mut store = place.open();
        store.ledger.apply_seed(seed(&["demo"])).await.expect(place.name);
        let (red, blue) = ("15195550101", "15195550102");
        for (number, has_carrier, is_valid, extension, expected) in [
            (RED, false, true, None, red),
            (RED, true, true, Some("42"), red),
            (RED, true, false, None, red),
            (BLUE, false, false, Some("7"), blue),
            (BLUE, false, false, Some("8"), blue),
        ] {
            let phones = Phones::of(&store, "demo");
            let mobile_carrier = has_carrier.then_some(phones.bell);
            let save = phones.number(ADA, phones.home, number);
            let own = extension.map(str::to_owned);
            phones.save(SavePhone { mobile_carrier, is_valid, extension: own, ..save }, Done).await;
            store.ledger.close().await;
            // What is on its way into a file is in it once the ledger is opened again.
            store = place.open();
            let carrier = mobile_carrier.map_or(String::new(), |carrier| carrier.0.to_string());
            let row = [expected, &carrier, if is_valid { "1" } else { "0" }, extension.unwrap_or_default()];
            assert_eq!(only_row(&place.url), row, "{}", place.name);
        }
    }
}

/// The one row of phones, as text.
fn only_row(url: &LedgerUrl) -> Vec<String> {
    let sql = "SELECT CAST(number AS text), coalesce(CAST(mobile_carrier_id AS text), ''), CAST(CAST(is_valid AS integer) AS text),
               coalesce(extension, '') FROM phone";
    match url {
        LedgerUrl::Sqlite(path) => {
            let connection = rusqlite::Connection::open(path).expect("a second connection");
            connection.query_one(sql, [], |row| (0..4).map(|column| row.get(column)).collect()).expect("one row")
        }
        other => query(&other.to_string(), sql).remove(0),
    }
}
