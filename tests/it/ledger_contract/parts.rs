//! What a member has beside its numbers: e-mail addresses.

use std::collections::HashMap;

use sync_asmx::domain::MemberId;
use sync_asmx::ledger::{
    Change, ChangeParts, Changed, Edit, EmailState, ItemKind, ItemState, LedgerUrl, Part, PartChange, PartKind,
    ProgramId, Seed, Write, Written,
};
use tokio::task::JoinSet;

use Written::{Done, HeldByAnotherMember, NoSuchMember, Outdated};

use super::{ADA, ALAN, GRACE, NOBODY, Store, each_ledger, find_program, seed};
use crate::seeded_random::SeededRandom;

const RED: &str = "Red@example.com";
const BLUE: &str = "blue@example.com";
const GREEN: &str = "green@example.com";

const PRIMARY: &str = "PRIMARY";
const WORK: &str = "WORK";
const TYPES: [&str; 2] = [PRIMARY, WORK];

/// The e-mail addresses of one program.
struct Emails<'a> {
    store: &'a Store,
    program: ProgramId,
}

fn email(kind: &str, address: &str, is_valid: bool) -> Part {
    Part::email(&EmailState { r#type: kind.into(), address: address.into(), is_valid })
}

fn put(kind: &str, address: &str) -> PartChange {
    PartChange::Put { part: email(kind, address, true), may_be_shared: false }
}

fn share(kind: &str, address: &str) -> PartChange {
    PartChange::Put { part: email(kind, address, true), may_be_shared: true }
}

fn remove(kind: &str) -> PartChange {
    PartChange::Remove { kind: PartKind::Email, slot: kind.into() }
}

impl<'a> Emails<'a> {
    /// Those of a program that is made for the test.
    async fn new(store: &'a Store) -> Self {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        Self::of(store, "demo")
    }

    fn of(store: &'a Store, program: &str) -> Self {
        Self { store, program: find_program(store.ledger.directory().programs(), program).id }
    }

    fn write(&self, member: i32, changes: &[PartChange]) -> ChangeParts {
        let directory = self.store.ledger.directory();
        let version = find_program(directory.programs(), "demo").version;
        ChangeParts { program: self.program, member: MemberId(member), changes: changes.to_vec(), version }
    }

    /// Makes changes in one write, and expects the outcome given.
    async fn change<const N: usize>(&self, member: i32, changes: [PartChange; N], expected: Written) {
        self.run(self.write(member, &changes), expected).await;
    }

    async fn run(&self, write: ChangeParts, expected: Written) {
        let told = format!("{}: {write:?}", self.store.name);
        assert_eq!(self.store.ledger.write(Write::ChangeParts(write)).await, Ok(expected), "{told}");
    }

    /// As `WORK blue@example.com`, in the ledger's order.
    async fn of_member(&self, member: i32) -> Option<Vec<String>> {
        let found = self.store.ledger.find_parts(self.program, MemberId(member), PartKind::Email).await;
        let text = |part: Part| {
            let email: EmailState = serde_json::from_str(&part.value).expect("JSON");
            assert_eq!(part.key, Some(email.address.to_lowercase()));
            assert_eq!((&part.slot, &part.item), (&email.r#type, &email.r#type));
            format!("{} {}", email.r#type, email.address)
        };
        found.expect(self.store.name).map(|parts| parts.into_iter().map(text).collect())
    }

    async fn expect(&self, member: i32, addresses: &[&str]) {
        assert_eq!(self.of_member(member).await, Some(texts(addresses)), "{}, {member}", self.store.name);
    }
}

fn texts(addresses: &[&str]) -> Vec<String> {
    addresses.iter().map(|&address| address.to_owned()).collect()
}

#[tokio::test]
async fn an_address_is_put_replaced_and_removed() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        emails.expect(ADA, &[]).await;
        for part in [email(PRIMARY, RED, true), email(PRIMARY, RED, false), email(PRIMARY, BLUE, false)] {
            let change = PartChange::Put { part: part.clone(), may_be_shared: false };
            emails.change(ADA, [change.clone()], Done).await;
            emails.change(ADA, [change], Done).await;
            let found = store.ledger.find_parts(emails.program, MemberId(ADA), PartKind::Email).await;
            assert_eq!(found, Ok(Some(vec![part])), "{}", store.name);
        }
        emails.change(ADA, [remove(WORK)], Done).await;
        emails.expect(ADA, &["PRIMARY blue@example.com"]).await;
        for _ in 0..2 {
            emails.change(ADA, [remove(PRIMARY)], Done).await;
            emails.expect(ADA, &[]).await;
        }
    }
}

#[tokio::test]
async fn an_address_is_held_in_any_case_until_its_member_leaves_it() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        emails.change(ADA, [put(PRIMARY, RED)], Done).await;
        emails.change(ALAN, [put(PRIMARY, &RED.to_uppercase())], HeldByAnotherMember).await;
        emails.change(ALAN, [put(WORK, BLUE)], Done).await;
        emails.change(ALAN, [put(WORK, RED)], HeldByAnotherMember).await;
        emails.expect(ALAN, &["WORK blue@example.com"]).await;
        // Replaced by its member,
        emails.change(ADA, [put(PRIMARY, GREEN)], Done).await;
        emails.change(ALAN, [put(WORK, RED)], Done).await;
        // removed by its member,
        emails.change(ADA, [remove(PRIMARY)], Done).await;
        emails.change(GRACE, [put(PRIMARY, GREEN)], Done).await;
        // or gone with its member.
        emails.change(ADA, [put(PRIMARY, GREEN)], HeldByAnotherMember).await;
        store.change(Change::RemoveMember(emails.program, MemberId(GRACE)), Changed::Removed).await;
        emails.change(ADA, [put(PRIMARY, GREEN)], Done).await;
        emails.change(ADA, [put(WORK, RED)], HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn an_address_for_two_types_of_a_member_is_free_once_both_have_left_it() {
    for [first, last] in [[PRIMARY, WORK], [WORK, PRIMARY]] {
        for store in &each_ledger() {
            let emails = Emails::new(store).await;
            emails.change(ADA, [put(PRIMARY, RED)], Done).await;
            emails.change(ADA, [put(WORK, RED)], Done).await;
            emails.change(ADA, [put(WORK, RED)], Done).await;
            emails.change(ADA, [remove(first)], Done).await;
            emails.change(ALAN, [put(PRIMARY, RED)], HeldByAnotherMember).await;
            emails.change(ADA, [put(last, BLUE)], Done).await;
            emails.change(ALAN, [put(PRIMARY, RED)], Done).await;
            emails.change(GRACE, [put(PRIMARY, BLUE)], HeldByAnotherMember).await;
        }
    }
}

#[tokio::test]
async fn an_address_that_members_share_is_free_once_all_have_left_it() {
    // Whoever owns it for the store, the outcome is the same in every order of leaving, whichever way.
    for (order, way) in
        [[ADA, ALAN, GRACE], [ADA, GRACE, ALAN], [ALAN, ADA, GRACE], [GRACE, ALAN, ADA]].into_iter().zip([0, 1, 2, 0])
    {
        for store in &each_ledger() {
            let emails = Emails::new(store).await;
            store
                .change(
                    Change::PutMember(
                        emails.program,
                        super::member_seed(store, "demo", serde_json::json!({"member_id": NOBODY})),
                    ),
                    Changed::Made,
                )
                .await;
            for member in [ADA, ALAN, GRACE] {
                emails.change(member, [share(PRIMARY, RED)], Done).await;
            }
            for (step, member) in order.into_iter().enumerate() {
                emails.change(NOBODY, [put(WORK, RED)], HeldByAnotherMember).await;
                match (step + way) % 3 {
                    0 => emails.change(member, [put(PRIMARY, &format!("{member}@example.com"))], Done).await,
                    1 => emails.change(member, [remove(PRIMARY)], Done).await,
                    _ => store.change(Change::RemoveMember(emails.program, MemberId(member)), Changed::Removed).await,
                }
            }
            emails.change(NOBODY, [put(WORK, RED)], Done).await;
        }
    }
}

#[tokio::test]
async fn a_shared_address_is_refused_to_its_own_members_once_sharing_has_ended() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        for member in [ADA, ALAN] {
            emails.change(member, [share(PRIMARY, RED)], Done).await;
        }
        for member in [ADA, ALAN] {
            emails.change(member, [put(PRIMARY, RED)], HeldByAnotherMember).await;
        }
        emails.change(ADA, [put(PRIMARY, BLUE)], Done).await;
        emails.change(ALAN, [put(PRIMARY, RED)], Done).await;
    }
}

/// On PostgreSQL a write that has to do with sharing goes another way than the others.
#[tokio::test]
async fn of_several_changes_in_one_write_all_are_made_or_none() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        emails.change(ADA, [put(WORK, RED), put(PRIMARY, BLUE)], Done).await;
        emails.expect(ADA, &["WORK Red@example.com", "PRIMARY blue@example.com"]).await;
        emails.change(ALAN, [put(PRIMARY, GREEN)], Done).await;
        for taken in [RED, BLUE] {
            emails.change(ALAN, [put(PRIMARY, "new@example.com"), put(WORK, taken)], HeldByAnotherMember).await;
            emails.change(ALAN, [put(WORK, taken), put(PRIMARY, "new@example.com")], HeldByAnotherMember).await;
            emails.change(ALAN, [remove(PRIMARY), put(WORK, taken)], HeldByAnotherMember).await;
            // The first of them is done in a transaction, and taken back.
            emails.change(ALAN, [share(PRIMARY, RED), put(WORK, taken)], HeldByAnotherMember).await;
            emails.change(ALAN, [put(WORK, taken), share(PRIMARY, RED)], HeldByAnotherMember).await;
        }
        emails.expect(ALAN, &["PRIMARY green@example.com"]).await;
        emails.change(NOBODY, [put(PRIMARY, "new@example.com"), remove(WORK)], NoSuchMember).await;
        emails.change(NOBODY, [share(PRIMARY, RED), put(WORK, BLUE)], NoSuchMember).await;
        emails.change(GRACE, [put(PRIMARY, "new@example.com"), put(WORK, "new@example.com")], Done).await;
        emails.change(ALAN, [put(WORK, "new@example.com")], HeldByAnotherMember).await;
    }
}

#[tokio::test]
async fn addresses_of_a_member_change_places_in_one_write() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        emails.change(ADA, [put(PRIMARY, RED), put(WORK, BLUE)], Done).await;
        emails.change(ADA, [put(PRIMARY, BLUE), put(WORK, RED)], Done).await;
        emails.expect(ADA, &["PRIMARY blue@example.com", "WORK Red@example.com"]).await;
        for address in [RED, BLUE] {
            emails.change(ALAN, [put(PRIMARY, address)], HeldByAnotherMember).await;
        }
        emails.change(ADA, [remove(WORK), put(PRIMARY, RED)], Done).await;
        emails.expect(ADA, &["PRIMARY Red@example.com"]).await;
        emails.change(ALAN, [put(PRIMARY, RED)], HeldByAnotherMember).await;
        emails.change(ALAN, [put(PRIMARY, BLUE)], Done).await;
    }
}

#[tokio::test]
async fn a_write_for_nobody_or_of_an_older_program_changes_nothing() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        for change in [put(PRIMARY, RED), share(PRIMARY, RED), remove(PRIMARY)] {
            emails.change(NOBODY, [change.clone()], NoSuchMember).await;
            let elsewhere = ChangeParts { program: ProgramId(i64::MAX), ..emails.write(ADA, &[change]) };
            emails.run(elsewhere, NoSuchMember).await;
        }
        assert_eq!(emails.of_member(NOBODY).await, None, "{}", store.name);
        let nowhere = store.ledger.find_parts(ProgramId(i64::MAX), MemberId(ADA), PartKind::Email).await;
        assert_eq!(nowhere, Ok(None), "{}", store.name);

        let older = [put(PRIMARY, RED), remove(WORK)].map(|change| emails.write(ADA, &[change]));
        let fax = ItemState { external_reference: "FAX".into(), name: String::new() };
        let edit = Edit::PutItem(ItemKind::EmailType, fax);
        store.change(Change::EditProgram(emails.program, edit), Changed::Made).await;
        emails.change(ADA, [put(WORK, RED)], Done).await;
        for write in older {
            emails.run(write, Outdated).await;
        }
        emails.expect(ADA, &["WORK Red@example.com"]).await;
    }
}

#[tokio::test]
async fn addresses_stand_in_the_order_in_which_they_were_added() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        emails.change(ADA, [put(WORK, RED)], Done).await;
        emails.change(ADA, [put(PRIMARY, BLUE)], Done).await;
        emails.change(ADA, [put(WORK, GREEN)], Done).await;
        emails.expect(ADA, &["WORK green@example.com", "PRIMARY blue@example.com"]).await;
        let member = store.ledger.find_member(emails.program, MemberId(ADA)).await.expect(store.name).expect("Ada");
        assert_eq!(member.emails.iter().map(|email| &*email.r#type).collect::<Vec<_>>(), [WORK, PRIMARY]);
        emails.change(ADA, [remove(WORK)], Done).await;
        emails.change(ADA, [share(WORK, RED)], Done).await;
        emails.expect(ADA, &["PRIMARY blue@example.com", "WORK Red@example.com"]).await;
    }
}

/// While others write, so that a write that was just answered is in a batch with more, and not checkpointed yet.
#[tokio::test]
async fn every_write_that_was_answered_is_seen_at_once() {
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        let mut writers = JoinSet::new();
        for member in [ADA, ALAN, GRACE] {
            let (ledger, program) = (store.ledger.clone(), emails.program);
            let empty = emails.write(member, &[]);
            writers.spawn(async move {
                for round in 0..100 {
                    let part = email(TYPES[round % 2], &format!("{member}.{round}@example.com"), true);
                    let changes = vec![
                        PartChange::Put { part: part.clone(), may_be_shared: false },
                        remove(TYPES[(round + 1) % 2]),
                    ];
                    let write = ChangeParts { changes, ..empty.clone() };
                    assert_eq!(ledger.write(Write::ChangeParts(write)).await, Ok(Done));
                    let found = ledger.find_parts(program, MemberId(member), PartKind::Email).await;
                    assert_eq!(found, Ok(Some(vec![part])));
                }
            });
        }
        while let Some(writer) = writers.join_next().await {
            assert!(writer.is_ok(), "{}: {writer:?}", store.name);
        }
        let stats = store.ledger.stats();
        assert_eq!((stats.batched, stats.failures), (300, 0), "{}: reads are in no batch", store.name);
    }
}

#[tokio::test]
async fn a_type_that_addresses_have_stays() {
    let remove_type = |emails: &Emails<'_>| {
        Change::EditProgram(emails.program, Edit::RemoveItem(ItemKind::EmailType, PRIMARY.into()))
    };
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        for (member, address) in [(ADA, RED), (ALAN, BLUE)] {
            emails.change(member, [put(PRIMARY, address)], Done).await;
        }
        store.refuse(remove_type(&emails), Changed::ItemInUse { uses: 2 }).await;
        store.change(Change::RemoveMember(emails.program, MemberId(ADA)), Changed::Removed).await;
        store.refuse(remove_type(&emails), Changed::ItemInUse { uses: 1 }).await;
        emails.change(ALAN, [remove(PRIMARY)], Done).await;
        store.change(remove_type(&emails), Changed::Removed).await;
    }
}

#[tokio::test]
async fn a_member_is_put_with_its_addresses_but_not_with_those_of_others() {
    let state = |addresses: &[(&str, &str)]| {
        let emails: Vec<_> =
            addresses.iter().map(|(kind, address)| serde_json::json!({"type": kind, "address": address})).collect();
        serde_json::json!({"member_id": ADA, "emails": emails})
    };
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        emails.change(ADA, [put(PRIMARY, RED)], Done).await;
        emails.change(ALAN, [put(PRIMARY, BLUE)], Done).await;
        let put_member =
            |addresses| Change::PutMember(emails.program, super::member_seed(store, "demo", state(addresses)));
        let taken = Changed::PartTaken { kind: PartKind::Email, holder: MemberId(ALAN) };
        let words = taken.contradiction().expect("words");
        assert_eq!(words, "member 2 has an e-mail address already that this member is to have");
        store.refuse(put_member(&[(WORK, GREEN), (PRIMARY, "BLUE@example.com")]), taken).await;
        store.change(put_member(&[(WORK, RED), (PRIMARY, RED)]), Changed::Replaced).await;
        emails.expect(ADA, &["WORK Red@example.com", "PRIMARY Red@example.com"]).await;
        emails.change(GRACE, [put(PRIMARY, RED)], HeldByAnotherMember).await;
        store.change(put_member(&[]), Changed::Replaced).await;
        emails.expect(ADA, &[]).await;
        emails.change(GRACE, [put(PRIMARY, RED)], Done).await;

        let settings = serde_json::from_value(serde_json::json!({"duplicate_email_check": false})).expect("settings");
        store.change(Change::EditProgram(emails.program, Edit::PutSettings(settings)), Changed::Replaced).await;
        store.change(put_member(&[(WORK, BLUE)]), Changed::Replaced).await;
        store.change(Change::RemoveMember(emails.program, MemberId(ALAN)), Changed::Removed).await;
        emails.change(GRACE, [put(PRIMARY, BLUE)], HeldByAnotherMember).await;
        store.change(Change::RemoveMember(emails.program, MemberId(ADA)), Changed::Removed).await;
        emails.change(GRACE, [put(PRIMARY, BLUE)], Done).await;
    }
}

/// The writer makes no checkpoint for a read, and none is due while the reads follow each other: others find the file behind.
#[tokio::test]
async fn reading_forces_no_checkpoint() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let store = Store { name: "SQLite in a file", ledger: super::open(&LedgerUrl::Sqlite(path.clone())), _place: None };
    let emails = Emails::new(&store).await;
    let is_behind = || {
        let count = |file: &str, sql: &str| {
            let connection = rusqlite::Connection::open(folder.path().join(file)).expect("a database");
            connection.query_one(sql, [], |row| row.get::<_, i64>(0)).expect("a number")
        };
        let checkpointed = count("ledger.db", "SELECT merged_entry FROM ledger");
        count("ledger.db-redo", "SELECT coalesce(max(first_entry), 0) FROM batch") > checkpointed
    };
    // On a slow machine the writer may have nothing to do for so long that it makes one by itself.
    for round in 0.. {
        emails.change(ADA, [put(PRIMARY, &format!("{round}@example.com"))], Done).await;
        emails.expect(ADA, &[&format!("PRIMARY {round}@example.com")]).await;
        if is_behind() {
            break;
        }
        assert!(round < 1000, "each read was followed by a checkpoint");
    }
    store.ledger.close().await;
}

#[test]
fn a_seed_says_what_is_wrong_with_an_address_and_not_the_address() {
    let refused = |emails: &str, more: &str| {
        let json = format!(
            r#"{{"programs":[{{"name":"demo","email_types":[{{"external_reference":"WORK","name":""}}],"members":[
            {{"member_id":1,"emails":[{{"type":"WORK","address":"taken@example.com"}}]}},
            {{"member_id":2,"emails":[{emails}]}}]{more}}}]}}"#
        );
        match Seed::parse(&json) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    };
    let email = |kind: &str, address: &str| format!(r#"{{"type":"{kind}","address":"{address}"}}"#);
    let own = email("WORK", "own@example.com");
    let long = format!("own@{}example.com", "label.".repeat(90));
    for (emails, field, words) in [
        (email("FAX", "own@example.com"), "[0].type", "no such external reference among its email_types"),
        (email("", "own@example.com"), "[0].type", "no such external reference among its email_types"),
        (format!("{own},{own}"), "[1].type", "a member has one address of each type"),
        (email("WORK", "Taken@example.com"), "[0].address", "member 1 has this e-mail address already"),
        (email("WORK", "own.example.com"), "[0].address", "it is no e-mail address"),
        (email("WORK", ""), "[0].address", "it is no e-mail address"),
        (email("WORK", &long), "[0].address", "it is no e-mail address"),
        (email("WORK", "own\\u0000@example.com"), "[0].address", "it is no e-mail address"),
    ] {
        let told = refused(&emails, "");
        assert!(told.contains(&format!("programs[0].members[1].emails{field}")), "{told}");
        assert!(told.contains(words) && !told.contains("own@") && !told.to_lowercase().contains("taken@"), "{told}");
    }
    assert_eq!(refused(&own, ""), "");
    assert_eq!(refused(&email(" WORK ", " Taken@Example.COM "), r#","settings":{"duplicate_email_check":false}"#), "");
}

/// What a ledger should answer, in memory and slowly: addresses by member and type.
type Model = HashMap<(i32, &'static str), &'static str>;

fn expected(model: &mut Model, member: i32, changes: &[(&'static str, Option<&'static str>, bool)]) -> Written {
    if member == NOBODY {
        return NoSuchMember;
    }
    let mut next = model.clone();
    for (kind, address, may_be_shared) in changes {
        let Some(address) = address else {
            next.remove(&(member, *kind));
            continue;
        };
        let is_held = next.iter().any(|((other, _), held)| *other != member && held == address);
        if is_held && !may_be_shared {
            return HeldByAnotherMember;
        }
        next.insert((member, *kind), *address);
    }
    *model = next;
    Done
}

#[tokio::test]
async fn any_row_of_writes_is_answered_as_the_rules_say() {
    let mut random = SeededRandom::new();
    for store in &each_ledger() {
        let emails = Emails::new(store).await;
        let mut model = Model::new();
        for step in 0..1000 {
            let member = [ADA, ALAN, GRACE, NOBODY][random.index(4)];
            let first = random.index(2);
            let changes: Vec<_> = (0..=random.index(2))
                .map(|place| {
                    let address = [Some(RED), Some(BLUE), Some(GREEN), None][random.index(4)];
                    (TYPES[(first + place) % 2], address, random.index(2) == 0)
                })
                .collect();
            let outcome = expected(&mut model, member, &changes);
            let told = format!("{}, step {step}: {member} {changes:?}", store.name);
            let changes: Vec<_> = changes
                .into_iter()
                .map(|(kind, address, may_be_shared)| match address {
                    Some(address) => PartChange::Put { part: email(kind, address, true), may_be_shared },
                    None => remove(kind),
                })
                .collect();
            let write = Write::ChangeParts(emails.write(member, &changes));
            assert_eq!(store.ledger.write(write).await, Ok(outcome), "{told}");
            if let Some(mut found) = emails.of_member(member).await {
                let mut held: Vec<_> =
                    TYPES.iter().filter_map(|kind| Some(format!("{kind} {}", model.get(&(member, *kind))?))).collect();
                found.sort();
                held.sort();
                assert_eq!(found, held, "{told}");
            }
        }
    }
}
