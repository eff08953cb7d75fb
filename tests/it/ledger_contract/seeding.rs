//! Programs and what comes with them.

use sync_asmx::domain::MemberId;
use sync_asmx::ledger::{self, ItemKind, LedgerError, ProgramId, Seed, Written};

use Written::{Done, HeldByAnotherMember};

use super::{ADA, ALAN, BLUE, GRACE, NOBODY, Phones, RED, each_ledger, find_program, names, seed};

#[tokio::test]
async fn members_are_found_in_their_own_program() {
    for store in &each_ledger() {
        let (ledger, name) = (&store.ledger, store.name);
        let phones = Phones::new(store).await;
        assert_eq!(ledger.has_member(phones.program, MemberId(ADA)).await, Ok(true), "{name}");
        assert_eq!(ledger.has_member(phones.program, MemberId(NOBODY)).await, Ok(false), "{name}");
        assert_eq!(ledger.has_member(ProgramId(i64::MAX), MemberId(ADA)).await, Ok(false), "{name}");
        let any = ledger.any_member(phones.program).await.expect(name).expect("a member");
        assert_eq!(ledger.has_member(phones.program, any).await, Ok(true), "{name}");
        assert_eq!(ledger.any_member(ProgramId(i64::MAX)).await, Ok(None), "{name}");
    }
}

#[tokio::test]
async fn two_programs_never_see_each_other() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["here", "there"])).await.expect(store.name);
        let (here, there) = (Phones::of(store, "here"), Phones::of(store, "there"));
        here.save(here.number(ADA, here.home, RED), Done).await;
        there.save(there.number(ALAN, there.home, RED), Done).await;
        there.save(there.number(ADA, there.home, RED), HeldByAnotherMember).await;
        here.save(here.number(ADA, here.home, BLUE), Done).await;
        there.save(there.number(ADA, there.home, RED), HeldByAnotherMember).await;
        here.save(here.number(GRACE, here.home, RED), Done).await;

        let directory = store.ledger.directory();
        for program in ["here", "there"] {
            let (found, _) = directory.find_token(&format!("{program}-TOKEN")).expect("the program's token");
            assert_eq!(&*found.name, program, "{}", store.name);
        }
    }
}

#[tokio::test]
async fn a_seed_brings_everything_it_names() {
    for store in &each_ledger() {
        let name = store.name;
        assert!(names(&*store.ledger).is_empty(), "{name}");
        store.ledger.apply_seed(Seed::parse(ledger::seed::DEFAULT).expect("a seed")).await.expect(name);

        let directory = store.ledger.directory();
        let demo = find_program(directory.programs(), "demo");
        let sorted = |kind| {
            let mut names: Vec<_> = demo.items.list(kind).map(|item| item.external_reference.as_str()).collect();
            names.sort_unstable();
            names.join(" ")
        };
        assert_eq!(sorted(ItemKind::PhoneNumberType), "HOME MOBILE WORK", "{name}");
        assert_eq!(sorted(ItemKind::MobileCarrier), "BELL ROGERS TELUS", "{name}");
        assert_eq!(directory.tokens_of(demo).count(), 5, "{name}");
        let (_, read_only) = directory.find_token("READ-ONLY-TOKEN").expect("a token");
        assert!(read_only.check_method("SaveAccountPhone").is_err(), "{name}");
        assert!(directory.find_token("TEST-TOKEN ").is_none() && directory.find_token("").is_none(), "{name}");

        let phones = Phones::of(store, "demo");
        phones.save(phones.number(1001, phones.home, "+15195550199"), HeldByAnotherMember).await;
        phones.save(phones.number(1002, phones.work, "+15195550199"), Done).await;
    }
}

#[tokio::test]
async fn a_seed_with_a_program_that_is_there_already_changes_nothing() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;

        let error = store.ledger.apply_seed(seed(&["fresh", "demo"])).await.expect_err(store.name);
        assert!(matches!(error, LedgerError::Unavailable(_)), "{}: {error}", store.name);

        assert_eq!(names(&*store.ledger), ["demo"], "{}", store.name);
        assert!(store.ledger.directory().find_token("fresh-TOKEN").is_none(), "{}", store.name);
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        // Nothing is left of the half that was fine, so it can be applied by itself.
        store.ledger.apply_seed(seed(&["fresh"])).await.expect(store.name);
        assert_eq!(names(&*store.ledger), ["demo", "fresh"], "{}", store.name);
    }
}

#[tokio::test]
async fn a_seed_with_a_token_of_another_program_changes_nothing() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let json = r#"{"programs":[{"name":"thief","security_tokens":[{"token":"demo-TOKEN","methods":["*"]}]}]}"#;
        store.ledger.apply_seed(Seed::parse(json).expect("a seed")).await.expect_err(store.name);
        assert_eq!(names(&*store.ledger), ["demo"], "{}", store.name);
        let directory = store.ledger.directory();
        let (owner, _) = directory.find_token("demo-TOKEN").expect("the token");
        assert_eq!(owner.id, phones.program, "{}", store.name);
    }
}
