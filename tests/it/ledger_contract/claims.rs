//! Codes that count once, on every ledger.

use std::collections::HashMap;

use jiff::Timestamp;
use sync_asmx::domain::verification::CodeRefusal;
use sync_asmx::domain::{IssuedCode, PhoneNumber, ProgramSettings, Purpose, Verification, VerificationKey};
use sync_asmx::ledger::Directory;
use sync_asmx::operations::{Claim, Claimed, Platform, claim_code, send_code};
use tokio::task::JoinSet;

use super::{RED, Store, each_ledger, seed};

const CALLERS: usize = 50;

/// A program with one proof, and all that its operations work on.
struct Desk {
    name: &'static str,
    platform: Platform,
    directory: std::sync::Arc<Directory>,
    key: VerificationKey,
}

impl Desk {
    async fn new(store: &Store) -> Self {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        let number = PhoneNumber::parse(RED, &ProgramSettings::default()).expect("a number").e164();
        Self {
            name: store.name,
            platform: Platform::new(store.ledger.clone()),
            directory: store.ledger.directory(),
            key: VerificationKey { purpose: Purpose::PimsPin, account: "ada@example.com".into(), number },
        }
    }

    /// Sends a code, and gives it as the one who has the phone reads it.
    async fn send(&self) -> String {
        let program = self.directory.program("demo").expect("demo");
        let sent = send_code(&self.platform, program, &self.key, "sms", |code| format!("Code {code}")).await;
        sent.expect(self.name);
        let message =
            self.platform.shared_state.find_messages(Some(RED)).await.expect(self.name).pop().expect("a message");
        let code = message.code.expect("a code");
        assert_eq!((message.text, message.to.as_str()), (format!("Code {code}"), RED), "{}", self.name);
        code
    }

    async fn claim(&self, typed: &str) -> Claimed {
        let program = self.directory.program("demo").expect("demo");
        claim_code(&self.platform, program, &self.key, typed).await.expect(self.name)
    }

    async fn give_back(&self, claim: Claim) {
        let program = self.directory.program("demo").expect("demo");
        claim.give_back(&self.platform, program).await.expect(self.name);
    }

    async fn forget(&self, claim: Claim) {
        let program = self.directory.program("demo").expect("demo");
        claim.forget(&self.platform, program).await.expect(self.name);
    }

    /// Lets many claim at once, each with what it types, and counts what they were told.
    async fn claim_at_once(&self, typed: impl Fn(usize) -> String) -> HashMap<&'static str, usize> {
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (platform, directory, key) = (self.platform.clone(), self.directory.clone(), self.key.clone());
            let typed = typed(caller);
            callers.spawn(async move {
                let program = directory.program("demo").expect("demo");
                match claim_code(&platform, program, &key, &typed).await.expect("a ledger") {
                    Ok(_) => "claimed",
                    Err(CodeRefusal::Wrong) => "wrong",
                    Err(CodeRefusal::Spent) => "spent",
                }
            });
        }
        let mut counts = HashMap::new();
        for told in callers.join_all().await {
            *counts.entry(told).or_default() += 1;
        }
        counts
    }

    async fn stored(&self) -> Option<Verification> {
        let program = self.directory.program("demo").expect("demo").id;
        let found = self.platform.ledger.find_verification(program, &self.key).await.expect(self.name);
        found.map(|(verification, _)| verification)
    }
}

/// Another code of as many digits.
fn other_than(code: &str) -> String {
    let first = if code.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &code[1..])
}

#[tokio::test]
async fn of_many_who_type_the_right_code_one_gets_the_claim() {
    for store in &each_ledger() {
        let desk = Desk::new(store).await;
        for _ in 0..3 {
            let code = desk.send().await;
            let told = desk.claim_at_once(|_| code.clone()).await;
            assert_eq!(told, HashMap::from([("claimed", 1), ("spent", CALLERS - 1)]), "{}", store.name);
        }
    }
}

#[tokio::test]
async fn never_more_guesses_are_judged_than_there_are_tries() {
    for store in &each_ledger() {
        let desk = Desk::new(store).await;
        let code = desk.send().await;
        let told = desk.claim_at_once(|_| other_than(&code)).await;
        assert_eq!(told, HashMap::from([("wrong", 5), ("spent", CALLERS - 5)]), "{}", store.name);
        let stored = desk.stored().await.and_then(|stored| stored.code).expect("a code");
        assert_eq!((stored.wrong_tries, stored.used_at), (5, None), "{}", store.name);
        assert_eq!(desk.claim(&code).await.err(), Some(CodeRefusal::Spent), "{}", store.name);

        // With the right one among them, what was judged wrong before it counts, and nothing after it.
        for _ in 0..5 {
            let code = desk.send().await;
            let told = desk.claim_at_once(|caller| if caller == 3 { code.clone() } else { other_than(&code) }).await;
            let count = |word| told.get(word).copied().unwrap_or_default();
            let (wrong, claimed) = (count("wrong"), count("claimed"));
            assert!(matches!((wrong, claimed), (0..5, 1) | (5, 0)), "{}: {told:?}", store.name);
            let stored = desk.stored().await.and_then(|stored| stored.code).expect("a code");
            let tries = usize::try_from(stored.wrong_tries).expect("a few");
            assert_eq!((tries, usize::from(stored.used_at.is_some())), (wrong, claimed), "{}", store.name);
        }
    }
}

#[tokio::test]
async fn a_claim_that_is_given_back_lets_the_code_count_again() {
    for store in &each_ledger() {
        let desk = Desk::new(store).await;
        let code = desk.send().await;
        assert_eq!(desk.claim(&other_than(&code)).await.err(), Some(CodeRefusal::Wrong), "{}", store.name);
        let before = desk.stored().await;
        let claim = desk.claim(&code).await.expect(store.name);
        assert_eq!(desk.claim(&code).await.err(), Some(CodeRefusal::Spent), "{}", store.name);
        desk.give_back(claim).await;
        assert_eq!(desk.stored().await, before, "{}: with its wrong tries", store.name);
        let claim = desk.claim(&code).await.expect(store.name);
        desk.forget(claim).await;
        assert_eq!(desk.stored().await, None, "{}", store.name);
        assert_eq!(desk.claim(&code).await.err(), Some(CodeRefusal::Wrong), "{}: nothing is asked for", store.name);
    }
}

#[tokio::test]
async fn neither_giving_back_nor_forgetting_touches_a_newer_code() {
    for store in &each_ledger() {
        let desk = Desk::new(store).await;
        let older = desk.send().await;
        let (first, newer) = (desk.claim(&older).await.expect(store.name), desk.send().await);
        desk.give_back(first).await;
        let stored = desk.stored().await.and_then(|stored| stored.code);
        assert!(stored.is_some_and(|stored| stored.code == newer && stored.used_at.is_none()), "{}", store.name);
        let (second, newest) = (desk.claim(&newer).await.expect(store.name), desk.send().await);
        desk.forget(second).await;
        let claim = desk.claim(&newest).await.expect(store.name);
        desk.forget(claim).await;
    }
}

#[tokio::test]
async fn what_was_proved_before_outlives_a_claim_that_is_given_back() {
    for store in &each_ledger() {
        let desk = Desk::new(store).await;
        let time = Timestamp::from_second(1_700_000_000).expect("a time");
        let code = IssuedCode { code: "0000".into(), made_at: time, wrong_tries: 0, used_at: Some(time) };
        let proved = Verification { code: Some(code), verified_at: Some(time) };
        let program = desk.directory.program("demo").expect("demo").id;
        assert_eq!(store.ledger.replace_verification(program, &desk.key, None, Some(proved)).await, Ok(true));
        let code = desk.send().await;
        let claim = desk.claim(&code).await.expect(store.name);
        desk.give_back(claim).await;
        assert_eq!(desk.stored().await.expect(store.name).verified_at, Some(time), "{}", store.name);
    }
}
