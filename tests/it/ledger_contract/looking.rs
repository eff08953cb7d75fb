//! What a tester looks up.

use serde_json::json;
use sync_asmx::domain::{MemberId, ProgramSettings};
use sync_asmx::ledger::seed::CoreState;
use sync_asmx::ledger::{
    Beginning, Change, ChangeParts, Changed, LedgerCounts, MemberSearch, Part, PartChange, ProgramCounts, ProgramId,
    SavePhone, Write, Written,
};

use Written::Done;

use super::{ADA, ALAN, BLUE, GRACE, NOBODY, Phones, RED, Store, each_ledger, member_seed, program_seed, seed};

#[tokio::test]
async fn a_member_shows_what_was_answered_a_moment_ago() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        for last_digits in 0..50 {
            let number = format!("+151955502{last_digits:02}");
            let save = phones.number(ADA, phones.home, &number);
            let save = SavePhone { mobile_carrier: Some(phones.bell), is_valid: false, ..save };
            phones.save(SavePhone { extension: Some("5".into()), ..save }, Done).await;
            let found = store.ledger.find_member(phones.program, MemberId(ADA)).await.expect(store.name);
            let expected = json!({"member_id": ADA, "first_name": "", "last_name": "", "phones": [
                {"type": "HOME", "number": format!("{number};ext=5"), "carrier": "BELL", "is_valid": false}]});
            assert_eq!(serde_json::to_value(found).expect("JSON"), expected, "{}", store.name);
        }
        assert_eq!(store.ledger.find_member(phones.program, MemberId(NOBODY)).await, Ok(None), "{}", store.name);
        assert_eq!(store.ledger.find_member(ProgramId(i64::MAX), MemberId(ADA)).await, Ok(None), "{}", store.name);
    }
}

/// The ids of the members that a search finds, in its order.
async fn found(store: &Store, text: &str, after: Option<i32>, limit: u32) -> Vec<i32> {
    let directory = store.ledger.directory();
    let program = directory.program("people").expect("the program");
    let beginning = Beginning::of(text, &program.settings);
    let search = MemberSearch { beginning, after: after.map(MemberId), limit };
    let found = store.ledger.search_members(program.id, search).await.expect(store.name);
    found.iter().map(|member| member.member_id.0).collect()
}

#[tokio::test]
async fn members_are_found_by_what_begins_so() {
    let people = program_seed(json!({
        "name": "people",
        "account_id_types": [{"external_reference": "CARD", "name": ""}],
        "phone_number_types": [{"external_reference": "HOME", "name": ""}, {"external_reference": "WORK", "name": ""}],
        "email_types": [{"external_reference": "PRIMARY", "name": ""}, {"external_reference": "WORK", "name": ""}],
        "members": [
            {"member_id": -7, "first_name": "Jean-Luc", "last_name": "100%", "emails": [
                {"type": "PRIMARY", "address": "%@example.com"}, {"type": "WORK", "address": "Käthe@bücher.example"}]},
            {"member_id": 1, "first_name": "Ada", "last_name": "Lovelace", "phones": [{"type": "HOME", "number": RED}]},
            {"member_id": 15, "first_name": "Alan", "last_name": "Turing", "phones": [
                {"type": "HOME", "number": BLUE}, {"type": "WORK", "number": "+442079460958"}]},
            {"member_id": 151, "first_name": "Grace", "last_name": "Hop_er", "emails": [
                {"type": "PRIMARY", "address": "Käthe.2@example.com"}, {"type": "WORK", "address": "käthe.3@example.com"}]},
            {"member_id": 2_000_000, "first_name": "Émilie", "last_name": "du  Châtelet", "account_ids": [
                {"type": "CARD", "id": "Ab-590001"}, {"type": "CARD", "id": "059"}, {"type": "CARD", "id": "Ab-6"}]},
            {"member_id": 2_000_001, "first_name": "ΟΔΥΣΣΕΥΣ", "account_ids": [{"type": "CARD", "id": "Ab-59"}]},
        ],
    }));
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        store.change(Change::PutProgram(people.clone()), Changed::Made).await;
        for (text, expected) in [
            ("", vec![-7, 1, 15, 151, 2_000_000, 2_000_001]),
            ("  ", vec![-7, 1, 15, 151, 2_000_000, 2_000_001]),
            ("A", vec![1, 15, 2_000_000, 2_000_001]),
            ("a", vec![1, 15]),
            ("LOVE", vec![1]),
            ("vela", vec![]),
            ("ada lovelace", vec![1]),
            (" Lovelace   Ada ", vec![1]),
            ("lovelace b", vec![]),
            ("éMILIE DU CHÂ", vec![2_000_000]),
            ("Du ch\u{e2}telet é", vec![2_000_000]),
            ("Châtelet", vec![]),
            ("οδυσ", vec![2_000_001]),
            ("ΟΔΥΣΣΕΥΣ", vec![2_000_001]),
            ("%", vec![-7]),
            ("100%", vec![-7]),
            ("_", vec![]),
            ("hop_", vec![151]),
            ("A_a", vec![]),
            ("'", vec![]),
            ("-7", vec![-7]),
            ("-", vec![-7]),
            ("-71", vec![]),
            ("151", vec![1, 15, 151]),
            ("15", vec![1, 15, 151]),
            ("+1 (519) 555-01", vec![1, 15]),
            ("+15195550101", vec![1]),
            ("0015195550101", vec![1]),
            ("151955501011", vec![]),
            ("44 20", vec![15]),
            ("02079", vec![]),
            ("4420794609580", vec![]),
            ("0", vec![2_000_000]),
            ("2", vec![2_000_000, 2_000_001]),
            ("2000001", vec![2_000_001]),
            ("20000010", vec![]),
            ("KÄTHE", vec![-7, 151]),
            ("käthe@", vec![-7]),
            ("Käthe.", vec![151]),
            ("käthe.3@example.com", vec![151]),
            ("käthe.3@example.com.", vec![]),
            ("example.com", vec![]),
            ("%@", vec![-7]),
            ("Ab-59", vec![2_000_000, 2_000_001]),
            ("Ab-590001", vec![2_000_000]),
            ("AB-59", vec![]),
            ("059", vec![2_000_000]),
            ("590001", vec![]),
            ("a\0", vec![]),
            ("\u{10FFFF}", vec![]),
        ] {
            assert_eq!(found(store, text, None, 10).await, expected, "{}: {text:?}", store.name);
            // Page by page it is the same.
            let (mut pages, mut after) = (Vec::new(), None);
            while let [member] = found(store, text, after, 1).await[..] {
                pages.push(member);
                after = Some(member);
            }
            assert_eq!(pages, expected, "{}: {text:?}", store.name);
            assert_eq!(found(store, text, None, 0).await, Vec::<i32>::new(), "{}: {text:?}", store.name);
        }
        let search = MemberSearch { beginning: beginning("turing"), after: None, limit: 10 };
        let program = store.ledger.directory().program("people").expect("the program").id;
        let members = store.ledger.search_members(program, search).await.expect(store.name);
        assert_eq!(members, [store.ledger.find_member(program, MemberId(15)).await.expect(store.name).expect("Alan")]);
    }
}

fn beginning(text: &str) -> Option<Beginning> {
    Beginning::of(text, &ProgramSettings::default())
}

/// The names of a member come from three sides: its seed, a save of its core data, and a tester who puts it.
#[tokio::test]
async fn a_member_is_found_by_the_names_it_has_now() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        let expect = async |text: &str, expected: &[i32]| {
            let program = store.ledger.directory().program("demo").expect("the program").id;
            let search = MemberSearch { beginning: beginning(text), after: None, limit: 10 };
            let found = store.ledger.search_members(program, search).await.expect(store.name);
            let found: Vec<_> = found.iter().map(|member| member.member_id.0).collect();
            assert_eq!(found, expected, "{}: {text}", store.name);
        };
        let state = json!({"member_id": ADA, "first_name": "Ada", "last_name": "King"});
        let demo = store.ledger.directory().program("demo").expect("the program").id;
        store.change(Change::PutMember(demo, member_seed(store, "demo", state)), Changed::Replaced).await;
        expect("king", &[ADA]).await;
        for last_name in ["LOVELACE", "Lovelace"] {
            let core = CoreState { first_name: "Augusta".into(), last_name: last_name.into(), ..CoreState::default() };
            for member in [ADA, GRACE] {
                let version = store.ledger.directory().program("demo").expect("the program").version;
                let changes = vec![PartChange::put(Part::core(&core))];
                let write = ChangeParts { program: demo, member: MemberId(member), changes, version };
                assert_eq!(store.ledger.write(Write::ChangeParts(write)).await, Ok(Done), "{}", store.name);
            }
            expect("king", &[]).await;
            expect("ada", &[]).await;
            expect("love", &[ADA, GRACE]).await;
            expect("AUGUSTA L", &[ADA, GRACE]).await;
        }
        let state = json!({"member_id": ADA, "first_name": "Ada"});
        store.change(Change::PutMember(demo, member_seed(store, "demo", state)), Changed::Replaced).await;
        expect("lovelace", &[GRACE]).await;
        expect("ada", &[ADA]).await;
        store.change(Change::RemoveMember(demo, MemberId(GRACE)), Changed::Removed).await;
        expect("lovelace", &[]).await;
    }
}

#[tokio::test]
async fn a_number_is_looked_for_as_the_program_reads_numbers() {
    let french = program_seed(json!({
        "name": "people", "settings": {"phone_mode": "legacy", "default_region": "FR"},
        "phone_number_types": [{"external_reference": "HOME", "name": ""}],
        "members": [{"member_id": 1, "phones": [{"type": "HOME", "number": "+33612345603"}]},
            {"member_id": 2, "phones": [{"type": "HOME", "number": "+15195550101"}]}],
    }));
    for store in &each_ledger() {
        store.change(Change::PutProgram(french.clone()), Changed::Made).await;
        for (text, expected) in [
            ("0612345603", vec![1]),
            ("06 12", vec![1]),
            ("612", vec![1]),
            ("+336", vec![1]),
            ("00336", vec![1]),
            ("336", vec![1]),
            ("+06", vec![]),
            ("07", vec![]),
            ("1519", vec![2]),
            ("+1", vec![2]),
        ] {
            assert_eq!(found(store, text, None, 10).await, expected, "{}: {text}", store.name);
        }
    }
}

#[tokio::test]
async fn a_census_counts_what_was_answered() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo", "another"])).await.expect(store.name);
        let phones = Phones::of(store, "demo");
        for (member, number) in [(ADA, RED), (ALAN, BLUE)] {
            phones.save(phones.number(member, phones.home, number), Done).await;
        }
        phones.save(phones.number(ADA, phones.work, RED), Done).await;
        store.change(Change::RemoveMember(phones.program, MemberId(GRACE)), Changed::Removed).await;
        let LedgerCounts { programs, size } = store.ledger.counts().await.expect(store.name);
        let expected = [("another", 3, 0), ("demo", 2, 3)];
        let expected = expected.map(|(name, members, phones)| ProgramCounts { name: name.into(), members, phones });
        assert_eq!(programs, expected, "{}", store.name);
        assert!(size > 10_000, "{}: {size}", store.name);
    }
}

#[tokio::test]
async fn a_ledger_counts_its_batches() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let mut waiting = tokio::task::JoinSet::new();
        for last_digits in 0..100 {
            let ledger = store.ledger.clone();
            let save = phones.number(ADA, phones.home, &format!("+151955502{last_digits:02}"));
            waiting.spawn(async move { ledger.save_phone(save).await });
        }
        while let Some(answer) = waiting.join_next().await {
            assert_eq!(answer.expect("no panic"), Ok(Done), "{}", store.name);
        }
        let stats = store.ledger.stats();
        assert_eq!((stats.waiting, stats.batched, stats.failures), (0, 100, 0), "{}", store.name);
        let batches: u64 = stats.batches.iter().sum();
        assert!((1..=100).contains(&batches), "{}: {stats:?}", store.name);
        let twice = store.ledger.apply_seed(seed(&["demo"])).await;
        assert!(twice.is_err() && store.ledger.stats().failures == 1, "{}", store.name);
    }
}
