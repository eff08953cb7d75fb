//! Proofs of ownership.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sync_asmx::domain::{E164, IssuedCode, PhoneNumber, ProgramSettings, Purpose, Verification, VerificationKey};
use sync_asmx::ledger::{Change, Changed, LedgerError, LedgerUrl, MOST_PROOFS, ProgramId, Revision};
use tokio::task::JoinSet;

use super::{BLUE, RED, Store, each_ledger, each_place, program_seed, seed};
use crate::harness::postgres::query;

fn number(text: &str) -> E164 {
    PhoneNumber::parse(text, &ProgramSettings::default()).expect("a number").e164()
}

fn key(purpose: Purpose, account: &str, text: &str) -> VerificationKey {
    VerificationKey { purpose, account: account.into(), number: number(text) }
}

fn code(digits: &str) -> Verification {
    let made_at = Timestamp::from_second(1_800_000_000).expect("a time");
    let code = IssuedCode { code: digits.into(), made_at, wrong_tries: 0, used_at: None };
    Verification { code: Some(code), verified_at: None }
}

async fn found(store: &Store, program: ProgramId, key: &VerificationKey) -> Option<(Verification, Revision)> {
    store.ledger.find_verification(program, key).await.expect(store.name)
}

async fn replace(
    store: &Store,
    program: ProgramId,
    key: &VerificationKey,
    from: Option<Revision>,
    to: Option<Verification>,
) -> bool {
    store.ledger.replace_verification(program, key, from, to).await.expect(store.name)
}

async fn demo(store: &Store) -> ProgramId {
    store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
    store.ledger.directory().program("demo").expect("demo").id
}

#[tokio::test]
async fn a_proof_is_made_replaced_and_removed_by_whoever_knows_its_revision() {
    for store in &each_ledger() {
        let (demo, key, name) = (demo(store).await, key(Purpose::PimsPin, "ada@example.com", RED), store.name);
        assert_eq!(found(store, demo, &key).await, None, "{name}");
        assert!(replace(store, demo, &key, None, None).await, "{name}: it isn't there, as expected");
        assert!(replace(store, demo, &key, None, Some(code("0001"))).await, "{name}");
        let (verification, first) = found(store, demo, &key).await.expect(name);
        assert_eq!(verification, code("0001"), "{name}");

        assert!(!replace(store, demo, &key, None, Some(code("0002"))).await, "{name}: it is there");
        assert!(!replace(store, demo, &key, None, None).await, "{name}: it is there");
        assert_eq!(found(store, demo, &key).await, Some((code("0001"), first)), "{name}");

        assert!(replace(store, demo, &key, Some(first), Some(code("0003"))).await, "{name}");
        let (verification, second) = found(store, demo, &key).await.expect(name);
        assert_eq!((verification, second == first), (code("0003"), false), "{name}");
        assert!(!replace(store, demo, &key, Some(first), Some(code("0004"))).await, "{name}: stale");
        assert!(!replace(store, demo, &key, Some(first), None).await, "{name}: stale");
        assert_eq!(found(store, demo, &key).await, Some((code("0003"), second)), "{name}");

        // The same content again is another state.
        assert!(replace(store, demo, &key, Some(second), Some(code("0003"))).await, "{name}");
        let (_, third) = found(store, demo, &key).await.expect(name);
        assert!(![first, second].contains(&third), "{name}");
        assert!(replace(store, demo, &key, Some(third), None).await, "{name}");
        assert_eq!(found(store, demo, &key).await, None, "{name}");
        assert!(!replace(store, demo, &key, Some(third), Some(code("0005"))).await, "{name}: gone");
        assert!(!replace(store, demo, &key, Some(third), None).await, "{name}: gone");
        assert_eq!(found(store, demo, &key).await, None, "{name}");
    }
}

#[tokio::test]
async fn a_proof_is_that_of_one_program_purpose_account_and_number() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo", "other"])).await.expect(store.name);
        let [demo, other] = ["demo", "other"].map(|name| store.ledger.directory().program(name).expect(name).id);
        let own = key(Purpose::CamsMigration, "space", RED);
        assert!(replace(store, demo, &own, None, Some(code("0001"))).await, "{}", store.name);
        for (program, key) in [
            (other, own.clone()),
            (demo, key(Purpose::PimsPin, "space", RED)),
            (demo, key(Purpose::CamsMigration, "Space", RED)),
            (demo, key(Purpose::CamsMigration, "space\0", RED)),
            (demo, key(Purpose::CamsMigration, "space", BLUE)),
        ] {
            assert_eq!(found(store, program, &key).await, None, "{}: {key:?}", store.name);
        }
        for (purpose, account, text) in [
            (Purpose::CamsMigration, "another space", RED),
            (Purpose::CamsMigration, "Zürich", RED),
            (Purpose::CamsMigration, "elsewhere", BLUE),
            (Purpose::PimsPin, "ada", RED),
        ] {
            let key = key(purpose, account, text);
            assert!(replace(store, demo, &key, None, Some(Verification::default())).await, "{}", store.name);
        }
        let accounts =
            async |program, purpose| store.ledger.accounts_of(program, purpose, number(RED)).await.expect(store.name);
        let names = accounts(demo, Purpose::CamsMigration).await;
        assert_eq!(names, ["Zürich", "another space", "space"], "{}", store.name);
        assert_eq!(accounts(demo, Purpose::PimsPin).await, ["ada"], "{}", store.name);
        assert!(accounts(demo, Purpose::PimsEnrollment).await.is_empty(), "{}", store.name);
        assert!(accounts(other, Purpose::CamsMigration).await.is_empty(), "{}", store.name);
    }
}

#[tokio::test]
async fn of_many_who_replace_the_same_revision_one_does() {
    for store in &each_ledger() {
        let (demo, key) = (demo(store).await, key(Purpose::PimsPhoneNumber, "ada@example.com", RED));
        // Made by one, replaced by one, removed by one.
        for round in 0..3 {
            let from = found(store, demo, &key).await.map(|(_, revision)| revision);
            let mut callers = JoinSet::new();
            for caller in 0..30 {
                let (ledger, key) = (store.ledger.clone(), key.clone());
                let to = (round < 2).then(|| code(&format!("{caller:04}")));
                callers.spawn(async move {
                    (to.clone(), ledger.replace_verification(demo, &key, from, to).await.expect("a ledger"))
                });
            }
            let outcomes = callers.join_all().await;
            let winners: Vec<_> = outcomes.iter().filter(|(_, is_done)| *is_done).map(|(to, _)| to.clone()).collect();
            let present = found(store, demo, &key).await.map(|(verification, _)| verification);
            assert_eq!(winners, [present], "{}, round {round}", store.name);
        }
    }
}

#[tokio::test]
async fn a_program_that_is_gone_takes_no_proof() {
    for store in &each_ledger() {
        let (demo, key) = (demo(store).await, key(Purpose::PimsPin, "ada", RED));
        assert!(replace(store, demo, &key, None, Some(code("0001"))).await, "{}", store.name);
        let (_, revision) = found(store, demo, &key).await.expect(store.name);
        store.change(Change::ResetProgram(program_seed(json!({"name": "demo"}))), Changed::Replaced).await;
        assert_eq!(found(store, demo, &key).await, None, "{}", store.name);
        for (from, to) in
            [(None, None), (None, Some(code("0002"))), (Some(revision), Some(code("0002"))), (Some(revision), None)]
        {
            assert!(!replace(store, demo, &key, from, to).await, "{}", store.name);
        }
        assert_eq!(found(store, demo, &key).await, None, "{}", store.name);
        assert_eq!(store.export().await.programs[0].verifications, [], "{}", store.name);
    }
}

#[tokio::test]
async fn a_program_that_goes_meanwhile_leaves_no_proof_behind() {
    for place in each_place() {
        let store = place.open();
        demo(&store).await;
        for round in 0..10 {
            let demo = store.ledger.directory().program("demo").expect("demo").id;
            let mut callers = JoinSet::new();
            for caller in 0..8 {
                let (ledger, key) = (store.ledger.clone(), key(Purpose::PimsPin, &format!("account {caller}"), RED));
                callers.spawn(async move {
                    for change in 0.. {
                        let from = ledger.find_verification(demo, &key).await.expect("a ledger");
                        let from = from.map(|(_, revision)| revision);
                        let to = Some(code(&format!("{change:04}")));
                        if !ledger.replace_verification(demo, &key, from, to).await.expect("a ledger") {
                            return change;
                        }
                    }
                    0
                });
            }
            // Once they are at work.
            let first = key(Purpose::PimsPin, "account 0", RED);
            while found(&store, demo, &first).await.is_none() {
                tokio::task::yield_now().await;
            }
            let change = match round % 3 {
                0 => Change::ResetProgram(program_seed(json!({"name": "demo"}))),
                1 => Change::PutProgram(program_seed(json!({"name": "demo"}))),
                _ => Change::ReplaceAll { seed: seed(&["demo"]), is_baseline: false },
            };
            store.change(change, Changed::Replaced).await;
            callers.join_all().await;
            assert_eq!(store.export().await.programs[0].verifications, [], "{}", place.name);
        }
        store.ledger.close().await;
        assert_eq!(programs_with_proofs(&place.url), HashSet::new(), "{}", place.name);
    }
}

#[tokio::test]
async fn an_account_gets_no_more_proofs_than_it_may_have() {
    for store in &each_ledger() {
        let (demo, name) = (demo(store).await, store.name);
        let key = |number: u32| key(Purpose::PimsPhoneNumber, "ada", &format!("+1519555{number:04}"));
        for number in 0..MOST_PROOFS {
            assert!(replace(store, demo, &key(number), None, Some(code("0001"))).await, "{name}");
        }
        let more = |key: VerificationKey| {
            let ledger = store.ledger.clone();
            async move { ledger.replace_verification(demo, &key, None, Some(code("0002"))).await }
        };
        assert_eq!(more(key(MOST_PROOFS)).await, Err(LedgerError::Full), "{name}");
        assert_eq!(more(key(0)).await, Ok(false), "{name}: it is there");
        let other = VerificationKey { account: "grace".into(), ..key(0) };
        assert_eq!(more(other).await, Ok(true), "{name}: another account");
        let all = store.ledger.verifications_of(demo, "ada").await.expect(name);
        assert_eq!(all.len(), MOST_PROOFS as usize, "{name}");
        assert_eq!(all[0].key, key(0), "{name}: the oldest first");
        assert!(replace(store, demo, &all[7].key, Some(all[7].revision), None).await, "{name}");
        assert_eq!(more(key(MOST_PROOFS)).await, Ok(true), "{name}");

        // What a checkpoint hasn't reached isn't looked at yet.
        store.export().await;
        let due = async |hours| {
            let then = Timestamp::now() + SignedDuration::from_hours(hours);
            store.ledger.verifications_due(then, 10).await.expect(name).len()
        };
        assert_eq!((due(24).await, due(25).await), (0, 10), "{name}");
    }
}

#[tokio::test]
async fn an_account_gets_no_more_proofs_than_it_may_have_whoever_makes_them_at_once() {
    for place in each_place() {
        let name = place.name;
        // Two nodes, where a ledger may have several.
        let first = place.open();
        let demo = demo(&first).await;
        let second = match place.url {
            LedgerUrl::Postgres(_) => place.open().ledger,
            _ => first.ledger.clone(),
        };
        let mut callers = JoinSet::new();
        for number in 0..2 * MOST_PROOFS {
            let ledger = if number % 2 == 0 { &first.ledger } else { &second }.clone();
            let key = key(Purpose::PimsPhoneNumber, "ada", &format!("+1519555{number:04}"));
            callers.spawn(async move { ledger.replace_verification(demo, &key, None, Some(code("0001"))).await });
        }
        let outcomes = callers.join_all().await;
        let made = outcomes.iter().filter(|outcome| **outcome == Ok(true)).count();
        let full = outcomes.iter().filter(|outcome| **outcome == Err(LedgerError::Full)).count();
        assert_eq!((made, full), (MOST_PROOFS as usize, MOST_PROOFS as usize), "{name}");
        assert_eq!(first.ledger.verifications_of(demo, "ada").await.expect(name).len(), MOST_PROOFS as usize, "{name}");
    }
}

/// The programs of all rows that there are.
fn programs_with_proofs(url: &LedgerUrl) -> HashSet<String> {
    let sql = "SELECT CAST(program_id AS text) FROM verification";
    match url {
        LedgerUrl::Sqlite(path) => {
            let connection = rusqlite::Connection::open(path).expect("a second connection");
            let mut statement = connection.prepare(sql).expect("a table");
            let rows = statement.query_map([], |row| row.get(0)).expect("rows");
            rows.collect::<Result<_, _>>().expect("programs")
        }
        other => query(&other.to_string(), sql).into_iter().flatten().collect(),
    }
}
