//! A ledger with few places: who finds none is told at once to come back, and nothing piles up.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use rusqlite::Connection;
use sync_asmx::domain::{MemberId, PhoneNumber, ProgramSettings};
use sync_asmx::ledger::{ItemKind, Ledger, LedgerError, LedgerUrl, Queue, SavePhone, Seed, SqliteLedger, Written};

use crate::harness::{Answer, TestApp, exchange};
use crate::many_members;

const PLACES: Queue = Queue { length: 4, batch: 2, writers: 1 };
/// Saves that can be accepted while the writer gets nowhere: those that wait, and those in its hands.
const BOUND: usize = PLACES.length + PLACES.batch;
const CALLERS: usize = 3 * BOUND;

async fn small_ledger(folder: &Path) -> Arc<dyn Ledger> {
    let url = LedgerUrl::Sqlite(many_members::ledger_of(folder));
    let ledger = SqliteLedger::open(&url, PLACES).expect("a ledger");
    ledger.apply_seed(Seed::parse(&many_members::seed(CALLERS)).expect("a seed")).await.expect("a seeded ledger");
    Arc::new(ledger)
}

/// Locks the ledger's file until it is dropped.
fn lock(folder: &Path) -> Connection {
    let connection = Connection::open(many_members::ledger_of(folder)).expect("the ledger");
    connection.execute_batch("BEGIN EXCLUSIVE").expect("a lock");
    connection
}

/// What every caller wants to save: a number of its own.
fn saves(ledger: &dyn Ledger) -> Vec<SavePhone> {
    let directory = ledger.directory();
    let program = directory.programs().first().expect("a program");
    let home = program.items.find(ItemKind::PhoneNumberType, "HOME").expect("a type");
    let number = |caller| PhoneNumber::parse(&many_members::number(caller).to_string(), &ProgramSettings::default());
    (1..=CALLERS)
        .map(|caller| SavePhone {
            program: program.id,
            member: MemberId(caller.try_into().expect("few")),
            phone_number_type: home,
            number: number(caller).expect("a number").e164(),
            extension: None,
            mobile_carrier: None,
            is_valid: true,
            may_be_shared: false,
            version: program.version,
        })
        .collect()
}

#[tokio::test]
async fn the_queue_never_grows_beyond_its_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = small_ledger(folder.path()).await;
    let locked = lock(folder.path());

    let mut calls = tokio::task::JoinSet::new();
    for save in saves(&*ledger) {
        let ledger = Arc::clone(&ledger);
        calls.spawn(async move { ledger.save_phone(save).await });
    }
    let mut answers = Vec::new();
    while let Some(answer) = calls.join_next().await {
        answers.push(answer.expect("no panic"));
    }

    // All who found no place are told before anybody who has one gets an answer.
    let turned_away = answers.iter().take_while(|answer| **answer == Err(LedgerError::Busy)).count();
    let accepted = &answers[turned_away..];
    assert!((PLACES.length..=BOUND).contains(&accepted.len()), "{answers:?}");
    assert!(accepted.iter().all(|answer| matches!(answer, Err(LedgerError::Unavailable(_)))), "{answers:?}");

    drop(locked);
    for save in saves(&*ledger) {
        assert_eq!(ledger.save_phone(save).await, Ok(Written::Done));
    }
}

#[test]
fn callers_who_find_no_place_get_503_and_are_served_when_they_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = actix_web::rt::System::new().block_on(small_ledger(folder.path()));
    let app = TestApp::with_ledger(ledger);
    let locked = lock(folder.path());

    let answers = call_at_once(app.address());

    let (turned_away, accepted): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 503);
    assert!(!turned_away.is_empty() && !accepted.is_empty(), "{answers:?}");
    for answer in turned_away {
        assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
    }
    for answer in accepted {
        assert_eq!((answer.status, answer.return_code()), (200, 1), "{answer:?}");
    }

    drop(locked);
    for caller in 1..=CALLERS {
        let answer =
            app.save_account_phone(caller.try_into().expect("few"), "HOME", &many_members::number(caller).to_string());
        assert_eq!((answer.status, answer.return_code()), (200, 0), "{answer:?}");
    }
}

/// All callers save, and their answers come back in the order in which they were given.
fn call_at_once(address: SocketAddr) -> Vec<Answer> {
    let (answered, answers) = mpsc::channel();
    for caller in 1..=CALLERS {
        let answered = answered.clone();
        let request = many_members::save(caller, "HOME", many_members::number(caller)).request(address);
        thread::spawn(move || answered.send(exchange(address, &request)));
    }
    drop(answered);
    answers.into_iter().collect()
}
