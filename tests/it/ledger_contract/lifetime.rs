//! Closing a ledger, and opening it again.

use sync_asmx::domain::MemberId;
use sync_asmx::ledger::{Change, LedgerError, LedgerUrl, PhoneSaved, SavePhone};

use PhoneSaved::{HeldByAnotherMember, Saved};

use super::{ADA, ALAN, BLUE, GRACE, Phones, RED, Store, each_ledger, each_place, names, open, seed};

#[tokio::test]
async fn a_closed_ledger_refuses_every_call() {
    for store in &each_ledger() {
        let (ledger, name) = (&store.ledger, store.name);
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Saved).await;
        ledger.close().await;

        let closed =
            |error: &LedgerError| matches!(error, LedgerError::Unavailable(reason) if reason.contains("closed"));
        let saved = ledger.save_phone(phones.number(ADA, phones.home, BLUE)).await;
        assert!(saved.as_ref().is_err_and(closed), "{name}: {saved:?}");
        let found = ledger.has_member(phones.program, MemberId(ADA)).await;
        assert!(found.as_ref().is_err_and(closed), "{name}: {found:?}");
        let any = ledger.any_member(phones.program).await;
        assert!(any.as_ref().is_err_and(closed), "{name}: {any:?}");
        let seeded = ledger.apply_seed(seed(&["late"])).await;
        assert!(seeded.as_ref().is_err_and(closed), "{name}: {seeded:?}");
        let changed = ledger.change(store.version(), Change::RemoveProgram(phones.program)).await;
        assert!(changed.as_ref().is_err_and(closed), "{name}: {changed:?}");
        let exported = ledger.export(None).await;
        assert!(exported.as_ref().is_err_and(closed), "{name}: {exported:?}");
        let counted = ledger.census().await;
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
            assert_eq!(answer.expect("no panic"), Ok(Saved), "{}", store.name);
        }
    }
}

#[tokio::test]
async fn a_ledger_opened_again_has_everything() {
    for place in each_place() {
        let first = place.open();
        first.ledger.apply_seed(seed(&["demo", "other"])).await.expect(place.name);
        let phones = Phones::of(&first, "demo");
        phones.save(phones.shared_number(ADA, phones.home, RED), Saved).await;
        phones.save(phones.shared_number(ALAN, phones.home, RED), Saved).await;
        phones.save(phones.number(GRACE, phones.work, BLUE), Saved).await;
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
        again.save(again.number(ADA, again.home, "+15195550103"), Saved).await;
        again.save(again.number(GRACE, again.home, RED), HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn a_row_of_the_file_holds_what_the_last_save_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let url = LedgerUrl::Sqlite(path.clone());
    let reopen = || Store { name: "SQLite in a file", ledger: open(&url), _place: None };
    let row = || {
        let connection = rusqlite::Connection::open(&path).expect("a second connection");
        let sql = "SELECT number, mobile_carrier_id, is_valid, extension FROM phone";
        let row: (i64, Option<u16>, bool, Option<String>) = connection
            .query_one(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .expect("one row");
        row
    };
    let mut store = reopen();
    store.ledger.apply_seed(seed(&["demo"])).await.expect("a seed");
    let (red, blue) = (15_195_550_101, 15_195_550_102);
    for (number, has_carrier, is_valid, extension, expected) in [
        (RED, false, true, None, red),
        (RED, true, true, Some("42"), red),
        (RED, true, false, None, red),
        (BLUE, false, false, Some("7"), blue),
        (BLUE, false, false, Some("8"), blue),
    ] {
        let phones = Phones::of(&store, "demo");
        let mobile_carrier = has_carrier.then_some(phones.bell);
        let extension = extension.map(str::to_owned);
        let save = phones.number(ADA, phones.home, number);
        phones.save(SavePhone { mobile_carrier, is_valid, extension: extension.clone(), ..save }, Saved).await;
        store.ledger.close().await;
        // What is on its way into the file is in it once the ledger is opened again.
        store = reopen();
        assert_eq!(row(), (expected, mobile_carrier.map(|carrier| carrier.0), is_valid, extension));
    }
}
