//! A whole ledger, moved in chunks.

mod companions;

use serde_json::{Value, json};
use sync_asmx::domain::{E164, MemberId, SecurityToken};
use sync_asmx::ledger::{
    Changed, EmailState, LedgerError, Part, PartKind, ProgramId, Seed, SeedChunk, State, StateChunk, Written,
};
use tokio::sync::mpsc;

use Written::{Done, HeldByAnotherMember, Outdated};

use super::{ADA, ALAN, BLUE, Phones, RED, Store, each_ledger, names, seed};

/// More members than one chunk has.
const MANY: usize = 1234;

/// A program with so many members, each of whom has a number.
fn many_members(name: &str, members: usize) -> Value {
    let member = |index: usize| {
        let number = format!("+1519{}", 2_000_000 + index);
        let address = |kind| json!({"type": kind, "address": format!("{}@example.com", index)});
        json!({"member_id": index, "first_name": "Ada", "phones": [{"type": "HOME", "number": number, "carrier": "BELL"}],
            "emails": [address("WORK"), address("PRIMARY")]})
    };
    json!({
        "name": name,
        "settings": {"saved_phone_format": "digits"},
        "security_tokens": [{"token": format!("{name}-TOKEN"), "methods": ["Save*"], "suspended": true}],
        "phone_number_types": [{"external_reference": "HOME", "name": "Home"}],
        "mobile_carriers": [{"external_reference": "BELL", "name": "Bell"}],
        "email_types": [{"external_reference": "PRIMARY", "name": ""}, {"external_reference": "WORK", "name": ""}],
        "members": (0..members).map(member).collect::<Vec<_>>(),
    })
}

fn checked(programs: &[Value]) -> Seed {
    Seed::check(serde_json::from_value(json!({"programs": programs})).expect("a state")).expect("a sound seed")
}

/// A seed in chunks, with its end.
fn chunks_of(seed: Seed) -> Vec<SeedChunk> {
    let mut chunks = Vec::new();
    for mut program in seed.programs {
        let members = std::mem::take(&mut program.members);
        chunks.push(SeedChunk::Program(program.into()));
        chunks.extend(members.chunks(100).map(|members| SeedChunk::Members(members.to_vec())));
    }
    chunks.push(SeedChunk::End);
    chunks
}

async fn import(store: &Store, chunks: Vec<SeedChunk>) -> Result<Changed, LedgerError> {
    let (sender, arriving) = mpsc::channel(2);
    let send = async move {
        for chunk in chunks {
            if sender.send(chunk).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(store.ledger.import_chunks(arriving), send).0
}

async fn export(store: &Store, program: Option<ProgramId>) -> State {
    let (sender, mut arriving) = mpsc::channel(2);
    let receive = async {
        let mut state = State::default();
        while let Some(chunk) = arriving.recv().await {
            if let StateChunk::Program(program) = &chunk {
                assert_eq!(program.members, [], "{}", store.name);
            }
            state.push(chunk);
        }
        state
    };
    let (exported, state) = tokio::join!(store.ledger.export_chunks(program, sender), receive);
    exported.expect(store.name);
    state
}

/// Expects that what was refused, or never came to its end, leaves everything as it was.
async fn expect_nothing_new(store: &Store, chunks: Vec<SeedChunk>, expected: Result<Changed, LedgerError>) {
    let (before, version) = (store.export().await, store.version());
    let told = format!("{}: {expected:?}", store.name);
    let imported = import(store, chunks).await;
    match (&imported, &expected) {
        (Err(LedgerError::Unavailable(words)), Err(_)) => assert!(words.contains("cut short"), "{told}: {words}"),
        _ => assert_eq!(imported, expected, "{told}"),
    }
    assert_eq!(store.export().await, before, "{told}");
    assert_eq!(store.version(), version, "{told}");
}

fn cut_short() -> Result<Changed, LedgerError> {
    Err(LedgerError::Unavailable(String::new()))
}

#[tokio::test]
async fn what_goes_in_by_pieces_comes_out_by_chunks() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["gone"])).await.expect(store.name);
        for members in [0, 1, 500, MANY] {
            let seed = checked(&[many_members("many", members), many_members("none", 0), many_members("few", 3)]);
            assert_eq!(import(store, chunks_of(seed.clone())).await, Ok(Changed::Replaced), "{}", store.name);
            let state = export(store, None).await;
            assert_eq!(state, store.export().await, "{}", store.name);
            assert_eq!(names(&*store.ledger), ["many", "none", "few"], "{}", store.name);
            assert_eq!(state.programs[0].members.len(), members, "{}", store.name);
            assert_eq!(Seed::check(state.clone()).expect(store.name), seed, "{}", store.name);
            for (program, put) in store.ledger.directory().programs().iter().zip(&state.programs) {
                assert_eq!(export(store, Some(program.id)).await.programs, std::slice::from_ref(put), "{}", store.name);
                // That is what a reset goes back to.
                let baseline = store.ledger.baseline(program.id).await.expect(store.name);
                assert_eq!(baseline.as_ref(), Some(put), "{}", store.name);
            }
        }
        assert_eq!(export(store, Some(ProgramId(i64::MAX))).await, State::default(), "{}", store.name);
        assert_eq!(import(store, vec![SeedChunk::End]).await, Ok(Changed::Replaced), "{}", store.name);
        assert_eq!(export(store, None).await, State::default(), "{}", store.name);
    }
}

#[tokio::test]
async fn what_is_cut_short_changes_nothing() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        let whole = chunks_of(checked(&[many_members("own", MANY)]));
        for length in [0, 1, 2, whole.len() - 1] {
            expect_nothing_new(store, whole[..length].to_vec(), cut_short()).await;
        }
        // What begins with members has lost its beginning.
        expect_nothing_new(store, whole[1..].to_vec(), cut_short()).await;
        assert!(store.ledger.directory().find_token("own-TOKEN").is_none(), "{}", store.name);
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
        phones.save(phones.number(ALAN, phones.home, BLUE), Done).await;
    }
}

#[tokio::test]
async fn what_only_the_whole_can_show_is_refused() {
    for store in &each_ledger() {
        Phones::new(store).await;
        let mut twice = chunks_of(checked(&[many_members("own", MANY)]));
        twice.insert(twice.len() - 1, twice[1].clone());
        expect_nothing_new(store, twice, Ok(Changed::MemberTwice(MemberId(0)))).await;

        let mut chunks = chunks_of(checked(&[many_members("own", MANY)]));
        let last = chunks.len() - 2;
        let SeedChunk::Members(members) = &mut chunks[last] else { unreachable!("the last members") };
        let other = members.last_mut().expect("a member");
        other.phones[0].number = E164::new(15_192_000_007).expect("a number");
        let taken = Changed::NumberTaken { number: other.phones[0].number, holder: MemberId(7) };
        expect_nothing_new(store, chunks.clone(), Ok(taken)).await;
        // The same is right where numbers may be shared.
        let SeedChunk::Program(program) = &mut chunks[0] else { unreachable!("the program") };
        program.document.settings = serde_json::from_value(json!({"duplicate_phone_check": false})).expect("settings");
        assert_eq!(import(store, chunks).await, Ok(Changed::Replaced), "{}", store.name);

        let mut chunks = chunks_of(checked(&[many_members("own", MANY)]));
        let SeedChunk::Members(members) = &mut chunks[last] else { unreachable!("the last members") };
        let address = EmailState { r#type: "PRIMARY".into(), address: "7@Example.com".into(), is_valid: true };
        members.last_mut().expect("a member").parts[1] = Part::email(&address);
        let taken = Changed::PartTaken { kind: PartKind::Email, holder: MemberId(7) };
        expect_nothing_new(store, chunks.clone(), Ok(taken)).await;
        let SeedChunk::Program(program) = &mut chunks[0] else { unreachable!("the program") };
        program.document.settings = serde_json::from_value(json!({"duplicate_email_check": false})).expect("settings");
        assert_eq!(import(store, chunks).await, Ok(Changed::Replaced), "{}", store.name);

        let twice = [chunks_of(checked(&[many_members("own", 1)])), chunks_of(checked(&[many_members("own", 2)]))];
        let mut twice = twice.concat();
        twice.remove(2);
        expect_nothing_new(store, twice, Ok(Changed::ProgramTwice("own".into()))).await;

        let mut thief = chunks_of(checked(&[many_members("own", 1), many_members("thief", 1)]));
        let SeedChunk::Program(program) = &mut thief[2] else { unreachable!("the second program") };
        program.security_tokens[0].token = SecurityToken::new("own-TOKEN");
        let taken = Changed::TokenTaken(SecurityToken::new("own-TOKEN"));
        expect_nothing_new(store, thief, Ok(taken)).await;
    }
}

#[tokio::test]
async fn what_came_in_counts_for_the_next_call() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let earlier = phones.number(ADA, phones.home, RED);
        let chunks = chunks_of(seed(&["demo"]));
        assert_eq!(import(store, chunks).await, Ok(Changed::Replaced), "{}", store.name);
        // It was derived from what is gone.
        phones.save(earlier, Outdated).await;
        let phones = Phones::of(store, "demo");
        phones.save(phones.number(ADA, phones.home, RED), Done).await;
        phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn a_slow_reader_keeps_nobody_waiting_and_sees_one_moment() {
    for store in &each_ledger() {
        let own = checked(&[many_members("many", MANY), many_members("last", 2)]);
        assert_eq!(import(store, chunks_of(own)).await, Ok(Changed::Replaced), "{}", store.name);
        let before = store.export().await;
        let (sender, mut arriving) = mpsc::channel(1);
        let ledger = store.ledger.clone();
        let exporting = tokio::spawn(async move { ledger.export_chunks(None, sender).await });
        let mut state = State::default();
        state.push(arriving.recv().await.expect("a first chunk"));

        let directory = store.ledger.directory();
        let last = directory.program("last").expect("the program");
        let gone = sync_asmx::ledger::Change::RemoveProgram(last.id);
        store.change(gone, Changed::Removed).await;
        while let Some(chunk) = arriving.recv().await {
            state.push(chunk);
        }
        assert_eq!(exporting.await.expect("a task"), Ok(()), "{}", store.name);
        assert_eq!(state, before, "{}", store.name);
        assert_eq!(names(&*store.ledger), ["many"], "{}", store.name);

        // One who goes away ends it.
        let (sender, arriving) = mpsc::channel(1);
        drop(arriving);
        assert_eq!(store.ledger.export_chunks(None, sender).await, Ok(()), "{}", store.name);
    }
}
