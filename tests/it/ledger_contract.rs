//! What every ledger promises, whichever store is behind it. Written against the trait alone.

mod changing;
mod chunks;
mod claims;
mod companions;
mod finding;
mod items;
mod lifetime;
mod looking;
mod members;
mod model;
mod older_files;
mod other_parts;
mod parts;
mod proofs;
mod round_trip;
mod saving;
mod seeding;
mod sharing;
mod versions;

use std::any::Any;
use std::sync::Arc;

use sync_asmx::domain::{MemberId, PhoneNumber, ProgramSettings};
use sync_asmx::ledger::seed::{MemberSeed, ProgramSeed};
use sync_asmx::ledger::{
    self, Change, Changed, ItemId, ItemKind, Ledger, LedgerUrl, Program, ProgramId, SavePhone, Seed, State, Written,
};

use crate::harness::postgres::{Database, database};

const ADA: i32 = 1;
const ALAN: i32 = 2;
const GRACE: i32 = 3;
const NOBODY: i32 = 4;

const RED: &str = "+15195550101";
const BLUE: &str = "+15195550102";

/// An empty ledger, by name so that a failure says whose it is.
struct Store {
    name: &'static str,
    ledger: Arc<dyn Ledger>,
    /// Removed after the ledger.
    _place: Option<Place>,
}

impl Store {
    /// Makes a change of the directory as it is now, and expects the outcome given.
    async fn change(&self, change: Change, expected: Changed) {
        let told = format!("{}: {change:?}", self.name);
        assert_eq!(self.ledger.change(self.version(), change).await, Ok(expected), "{told}");
    }

    /// Expects that a change is refused, and leaves everything as it is.
    async fn refuse(&self, change: Change, expected: Changed) {
        let (before, version) = (self.export().await, self.version());
        self.change(change.clone(), expected).await;
        assert_eq!(self.export().await, before, "{}: {change:?}", self.name);
        assert_eq!(self.version(), version, "{}: {change:?}", self.name);
    }

    async fn export(&self) -> State {
        self.ledger.export(None).await.expect(self.name)
    }

    fn version(&self) -> u64 {
        self.ledger.directory().version()
    }
}

/// Where a ledger can be opened that stays there when it is closed.
struct Place {
    name: &'static str,
    url: LedgerUrl,
    /// A folder or a database, removed with this.
    _home: Box<dyn Any + Send + Sync>,
}

impl Place {
    fn open(&self) -> Store {
        Store { name: self.name, ledger: open(&self.url), _place: None }
    }
}

fn each_place() -> Vec<Place> {
    let folder = tempfile::tempdir().expect("a folder");
    let url = LedgerUrl::Sqlite(folder.path().join("made for it").join("ledger.db"));
    let mut places = vec![Place { name: "SQLite in a file", url, _home: Box::new(folder) }];
    let mut add = |name, database: Database| {
        let url = database.url().parse().expect("a URL");
        places.push(Place { name, url, _home: Box::new(database) });
    };
    // Whatever isolation the operator of the database sets, the ledger keeps its promises.
    for (name, isolation) in [("PostgreSQL", "read committed"), ("PostgreSQL at SERIALIZABLE", "serializable")] {
        if let Some(database) = database() {
            add(name, database.with_default("default_transaction_isolation", isolation));
        }
    }
    places
}

fn each_ledger() -> Vec<Store> {
    let in_memory = Store { name: "SQLite in memory", ledger: open(&LedgerUrl::Memory), _place: None };
    let in_place = |place: Place| {
        let store = place.open();
        Store { _place: Some(place), ..store }
    };
    each_place().into_iter().map(in_place).chain([in_memory]).collect()
}

fn open(url: &LedgerUrl) -> Arc<dyn Ledger> {
    ledger::open(url).expect("a ledger")
}

/// Programs with the members Ada, Alan and Grace, none of whom has a number.
fn seed(programs: &[&str]) -> Seed {
    let program = |name: &&str| {
        format!(
            r#"{{"name":"{name}","security_tokens":[{{"token":"{name}-TOKEN","methods":["*"]}}],
            "phone_number_types":[{{"external_reference":"HOME","name":""}},{{"external_reference":"WORK","name":""}}],
            "mobile_carriers":[{{"external_reference":"BELL","name":""}}],
            "email_types":[{{"external_reference":"PRIMARY","name":""}},{{"external_reference":"WORK","name":""}}],
            "members":[{{"member_id":{ADA}}},{{"member_id":{ALAN}}},{{"member_id":{GRACE}}}]}}"#
        )
    };
    let programs: Vec<_> = programs.iter().map(program).collect();
    Seed::parse(&format!(r#"{{"programs":[{}]}}"#, programs.join(","))).expect("a sound seed")
}

/// The phones of one program.
struct Phones<'a> {
    store: &'a Store,
    program: ProgramId,
    /// The program's, when this was made.
    version: u64,
    home: ItemId,
    work: ItemId,
    bell: ItemId,
}

impl<'a> Phones<'a> {
    /// Those of a program that is made for the test.
    async fn new(store: &'a Store) -> Self {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        Self::of(store, "demo")
    }

    fn of(store: &'a Store, program: &str) -> Self {
        let directory = store.ledger.directory();
        let program = find_program(directory.programs(), program);
        Self {
            store,
            program: program.id,
            version: program.version,
            home: program.items.find(ItemKind::PhoneNumberType, "HOME").expect("the type HOME"),
            work: program.items.find(ItemKind::PhoneNumberType, "WORK").expect("the type WORK"),
            bell: program.items.find(ItemKind::MobileCarrier, "BELL").expect("the carrier BELL"),
        }
    }

    fn number(&self, member: i32, phone_number_type: ItemId, number: &str) -> SavePhone {
        SavePhone {
            program: self.program,
            member: MemberId(member),
            phone_number_type,
            number: PhoneNumber::parse(number, &ProgramSettings::default()).expect("a number").e164(),
            extension: None,
            mobile_carrier: None,
            is_valid: true,
            may_be_shared: false,
            version: self.version(),
        }
    }

    /// The program's, as it is now; the directory's if the program is gone.
    fn version(&self) -> u64 {
        let directory = self.store.ledger.directory();
        directory
            .programs()
            .iter()
            .find(|program| program.id == self.program)
            .map_or(self.store.version(), |program| program.version)
    }

    fn shared_number(&self, member: i32, phone_number_type: ItemId, number: &str) -> SavePhone {
        SavePhone { may_be_shared: true, ..self.number(member, phone_number_type, number) }
    }

    /// Saves, and expects the outcome given.
    async fn save(&self, save: SavePhone, expected: Written) {
        let told = format!("{}: {save:?}", self.store.name);
        assert_eq!(self.store.ledger.save_phone(save).await, Ok(expected), "{told}");
    }
}

fn find_program<'p>(programs: &'p [Program], name: &str) -> &'p Program {
    programs.iter().find(|program| &*program.name == name).expect(name)
}

fn names(ledger: &dyn Ledger) -> Vec<String> {
    ledger.directory().programs().iter().map(|program| program.name.to_string()).collect()
}

/// One program, as JSON says it.
fn program_seed(state: serde_json::Value) -> ProgramSeed {
    ProgramSeed::check(serde_json::from_value(state).expect("a program")).expect("a sound program")
}

/// A member of a program that is there, as JSON says it.
fn member_seed(store: &Store, program: &str, state: serde_json::Value) -> MemberSeed {
    let directory = store.ledger.directory();
    let program = directory.program(program).expect(program);
    MemberSeed::check(serde_json::from_value(state).expect("a member"), program).expect("a sound member")
}
