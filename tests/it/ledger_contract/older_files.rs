//! Changes outlive the process, and a file of an older version is carried over.

use std::path::Path;

use rusqlite::Connection;
use sync_asmx::domain::{Companions, MemberId, Purpose, SecurityToken, Verification, VerificationKey};
use sync_asmx::ledger::{
    Beginning, Change, Changed, Edit, ItemKind, ItemState, LedgerUrl, MemberSearch, ProgramId, Written,
};

use Written::{Done, HeldByAnotherMember};

use super::{ADA, ALAN, BLUE, GRACE, Phones, RED, Store, member_seed, names, open, program_seed, seed};
use crate::harness::postgres::database;

fn store(path: &Path) -> Store {
    Store { name: "SQLite in a file", ledger: open(&LedgerUrl::Sqlite(path.to_owned())), _place: None }
}

#[tokio::test]
async fn changes_are_there_after_opening_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let first = store(&path);
    first.ledger.apply_seed(seed(&["gone", "demo"])).await.expect("a seed");
    let gone = Phones::of(&first, "gone");
    gone.save(gone.number(ADA, gone.home, RED), Done).await;
    let program = Phones::of(&first, "demo").program;
    first.change(Change::RemoveProgram(gone.program), Changed::Removed).await;
    let put = program_seed(serde_json::json!({"name": "own", "members": [{"member_id": 7}]}));
    first.change(Change::PutProgram(put), Changed::Made).await;
    let fax = ItemState { external_reference: "FAX".into(), name: "Fax".into(), ..ItemState::default() };
    first
        .change(Change::EditProgram(program, Edit::PutItem(ItemKind::PhoneNumberType, fax.clone())), Changed::Made)
        .await;
    let fax_id = first.ledger.directory().program("demo").expect("demo").items.find(ItemKind::PhoneNumberType, "FAX");
    first
        .change(
            Change::EditProgram(program, Edit::RemoveItem(ItemKind::PhoneNumberType, "FAX".into())),
            Changed::Removed,
        )
        .await;
    first.change(Change::RemoveToken(program, SecurityToken::new("demo-TOKEN")), Changed::Removed).await;
    let own = first.ledger.directory().program("own").expect("own").id;
    first.change(Change::RemoveProgram(own), Changed::Removed).await;
    let phones = Phones::of(&first, "demo");
    phones.save(phones.number(ADA, phones.home, RED), Done).await;
    first.change(Change::RemoveMember(program, MemberId(GRACE)), Changed::Removed).await;
    let state = first.export().await;
    first.ledger.close().await;

    let second = store(&path);
    assert_eq!(names(&*second.ledger), ["demo"]);
    assert_eq!(second.export().await, state);
    assert!(second.ledger.directory().find_token("demo-TOKEN").is_none());
    // Numbers are not given again after opening, either.
    second.change(Change::EditProgram(program, Edit::PutItem(ItemKind::PhoneNumberType, fax)), Changed::Made).await;
    assert!(second.ledger.directory().programs()[0].items.find(ItemKind::PhoneNumberType, "FAX") > fax_id);
    second.change(Change::PutProgram(program_seed(serde_json::json!({"name": "own"}))), Changed::Made).await;
    assert!(second.ledger.directory().program("own").expect("own").id.0 > own.0);
}

/// A step of the schema: version, name, checksum as refinery wrote it, and SQL.
type Step = (i32, &'static str, &'static str, &'static str);

/// What the first versions wrote; whatever makes a ledger now has to write the same, so that they can tell it.
const STEPS_OF_SQLITE: [Step; 6] = [
    (1, "ledger", "545238931184478786", include_str!("../../../src/ledger/migrations/sqlite/V1__ledger.sql")),
    (2, "changes", "17409498792500494839", include_str!("../../../src/ledger/migrations/sqlite/V2__changes.sql")),
    (
        3,
        "origin_in_parts",
        "9471729861578979263",
        include_str!("../../../src/ledger/migrations/sqlite/V3__origin_in_parts.sql"),
    ),
    (4, "companions", "8559818389303348348", include_str!("../../../src/ledger/migrations/sqlite/V4__companions.sql")),
    (
        5,
        "redo_log_state",
        "11752260185830276593",
        include_str!("../../../src/ledger/migrations/sqlite/V5__redo_log_state.sql"),
    ),
    (
        6,
        "bounded_proofs",
        "582121567039046028",
        include_str!("../../../src/ledger/migrations/sqlite/V6__bounded_proofs.sql"),
    ),
];
const STEPS_OF_POSTGRES: [Step; 5] = [
    (1, "ledger", "16069480010435611338", include_str!("../../../src/ledger/migrations/postgres/V1__ledger.sql")),
    (
        2,
        "companions",
        "15332110718951140730",
        include_str!("../../../src/ledger/migrations/postgres/V2__companions.sql"),
    ),
    (
        3,
        "replacements_and_bounds",
        "12271656136901729367",
        include_str!("../../../src/ledger/migrations/postgres/V3__replacements_and_bounds.sql"),
    ),
    (
        4,
        "journal_codes",
        "3050385970645629179",
        include_str!("../../../src/ledger/migrations/postgres/V4__journal_codes.sql"),
    ),
    (
        5,
        "proof_slots",
        "15824142919453946008",
        include_str!("../../../src/ledger/migrations/postgres/V5__proof_slots.sql"),
    ),
];

/// SQL that takes steps as refinery took them.
fn take(steps: &[Step]) -> String {
    let history = "CREATE TABLE refinery_schema_history(
        version int4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));";
    let step = |(version, name, checksum, sql): &Step| {
        format!(
            "{sql} INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             VALUES ({version}, '{name}', '2026-11-27T11:44:45.727829412Z', '{checksum}');"
        )
    };
    std::iter::once(history.to_owned()).chain(steps.iter().map(step)).collect()
}

/// Makes a file with the schema of an older version.
fn make_file(path: &Path, steps: usize) -> Connection {
    let connection = Connection::open(path).expect("a file");
    connection.execute_batch(&take(&STEPS_OF_SQLITE[..steps])).expect("a schema");
    connection
}

#[tokio::test]
async fn a_file_tells_its_steps_as_older_versions_read_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    for steps in 0..=STEPS_OF_SQLITE.len() {
        let _ = std::fs::remove_file(&path);
        if steps > 0 {
            drop(make_file(&path, steps));
        }
        store(&path).ledger.close().await;
        let connection = Connection::open(&path).expect("the file");
        let mut history = connection
            .prepare("SELECT version, name, checksum FROM refinery_schema_history ORDER BY version")
            .expect("a statement");
        let rows = history.query_map([], |row| <(i32, String, String)>::try_from(row)).expect("rows");
        for (row, step) in rows.zip(&STEPS_OF_SQLITE) {
            assert_eq!(row, Ok((step.0, step.1.to_owned(), step.2.to_owned())), "after {steps} steps");
        }
    }
}

#[tokio::test]
async fn a_database_tells_its_steps_as_older_versions_read_them() {
    let Some(database) = database() else { return };
    let url = database.url().parse().expect("a URL");
    open(&url).close().await;
    let rows = database.query("SELECT version, name, checksum FROM refinery_schema_history ORDER BY version");
    for (row, (version, name, checksum, _)) in rows.iter().zip(&STEPS_OF_POSTGRES) {
        assert_eq!(*row, [version.to_string(), (*name).to_owned(), (*checksum).to_owned()]);
    }
    assert!(rows.len() >= STEPS_OF_POSTGRES.len());
}

/// Makes a file as the first version left it: its schema, and rows as that version wrote them.
fn make_first_version(path: &Path) {
    make_file(path, 1)
        .execute_batch(
            "INSERT INTO program VALUES (4, 'demo', '{}'), (9, 'other', '{\"duplicate_phone_check\":false}');
             INSERT INTO security_token VALUES (4, 'demo-TOKEN', '[\"*\"]', 0, 0, NULL);
             INSERT INTO phone_number_type VALUES (4, 1, 'HOME', 'Home'), (4, 5, 'WORK', 'Work');
             INSERT INTO mobile_carrier VALUES (4, 3, 'BELL', 'Bell');
             INSERT INTO member VALUES (4, 1, 'Ada', 'Lovelace'), (4, 2, 'Alan', 'Turing');
             INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, mobile_carrier_id, is_valid)
             VALUES (4, 1, 1, 15195550101, 0, 3, 1)",
        )
        .expect("rows");
}

#[tokio::test]
async fn a_file_of_the_first_version_is_carried_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    make_first_version(&path);
    let store = store(&path);
    assert_eq!(names(&*store.ledger), ["demo", "other"]);
    let phones = Phones::of(&store, "demo");
    assert_eq!((phones.program, phones.home.0, phones.work.0, phones.bell.0), (ProgramId(4), 1, 5, 3));
    phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
    phones.save(phones.number(ALAN, phones.home, BLUE), Done).await;
    let demo = store.ledger.export(Some(phones.program)).await.expect("an export").programs.remove(0);
    let numbers: Vec<_> = demo.members.iter().map(|member| member.phones[0].number.as_str()).collect();
    assert_eq!(numbers, [RED, BLUE]);
    assert_eq!(store.ledger.baseline(phones.program).await, Ok(None));

    // Numbers go on where the older version was.
    for kind in [ItemKind::PhoneNumberType, ItemKind::MobileCarrier] {
        let fax = ItemState { external_reference: "FAX".into(), name: "Fax".into(), ..ItemState::default() };
        store.change(Change::EditProgram(phones.program, Edit::PutItem(kind, fax)), Changed::Made).await;
    }
    store.change(Change::PutProgram(program_seed(serde_json::json!({"name": "own"}))), Changed::Made).await;
    let directory = store.ledger.directory();
    let demo = directory.program("demo").expect("demo");
    let fax = |kind| demo.items.find(kind, "FAX").expect("an item").0;
    assert_eq!((fax(ItemKind::PhoneNumberType), fax(ItemKind::MobileCarrier)), (6, 4));
    assert_eq!(directory.program("own").expect("own").id, ProgramId(10));
}

#[tokio::test]
async fn what_programs_were_put_as_is_carried_over_from_the_second_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let baseline = r#"{"name":"own","settings":{},"members":[{"member_id":1,"phones":[{"type":"HOME","number":"+15195550101"}]}],
        "phone_number_types":[{"external_reference":"HOME","name":""}]}"#;
    let connection = make_file(&path, 2);
    connection
        .execute_batch("INSERT INTO program VALUES (1, 'demo', '{}', 0, 0), (2, 'own', '{}', 0, 0); UPDATE ledger SET last_program_id = 2")
        .and_then(|()| connection.execute("INSERT INTO program_origin VALUES (2, ?1)", [baseline]))
        .expect("rows");
    drop(connection);
    let store = store(&path);
    let own: sync_asmx::ledger::ProgramState = serde_json::from_str(baseline).expect("a program");
    assert_eq!(store.ledger.baseline(ProgramId(1)).await, Ok(None));
    assert_eq!(store.ledger.baseline(ProgramId(2)).await, Ok(Some(own.clone())));
    // It stays what the program was put as when that is replaced by a reset.
    let seed = sync_asmx::ledger::seed::ProgramSeed::check(own.clone()).expect("a seed");
    store.change(Change::ResetProgram(seed), Changed::Replaced).await;
    let id = store.ledger.directory().program("own").expect("own").id;
    assert_eq!(store.ledger.baseline(id).await, Ok(Some(own)));
}

const BEFORE_COMPANIONS: &str = "
    INSERT INTO security_token (program_id, token, methods, suspended, template) VALUES (4, 'demo-TOKEN', '[]', FALSE, FALSE);
    INSERT INTO phone_number_type (program_id, phone_number_type_id, external_reference, name) VALUES
        (4, 1, 'HOME', 'Home'), (4, 2, 'WORK', 'Work');
    INSERT INTO mobile_carrier (program_id, mobile_carrier_id, external_reference, name) VALUES (4, 1, 'BELL', 'Bell');
    INSERT INTO member (program_id, member_id, first_name, last_name) VALUES (4, 1, 'Ada', ''), (4, 2, 'Alan', '');
    INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, has_sharers, is_valid)
        VALUES (4, 1, 1, 15195550101, 0, FALSE, TRUE);";

/// Expects that the program of [`BEFORE_COMPANIONS`] is there, without accounts, and takes accounts and proofs now.
async fn expect_companions(store: &Store) {
    let phones = Phones::of(store, "demo");
    assert_eq!(phones.program, ProgramId(4), "{}", store.name);
    let state = store.export().await.programs.remove(0);
    assert_eq!((state.cams_accounts.len(), state.pims_accounts.len()), (0, 0), "{}", store.name);
    assert_eq!((state.verifications.len(), state.members.len()), (0, 2), "{}", store.name);
    phones.save(phones.number(ALAN, phones.home, RED), HeldByAnotherMember).await;
    phones.save(phones.number(ALAN, phones.home, BLUE), Done).await;

    let accounts = serde_json::json!({"pims_accounts": [{"login": "ada", "member_id": ADA}]});
    let accounts: Companions = serde_json::from_value(accounts).expect("accounts");
    store.change(Change::EditProgram(phones.program, Edit::PutCompanions(accounts)), Changed::Replaced).await;
    assert!(store.ledger.directory().find_pims_login("ada").is_some(), "{}", store.name);
    let key = VerificationKey {
        purpose: Purpose::PimsPin,
        account: "ada".into(),
        number: phones.number(ADA, phones.home, RED).number,
    };
    let made = store.ledger.replace_verification(phones.program, &key, None, Some(Verification::default())).await;
    assert_eq!(made, Ok(true), "{}", store.name);
    // What the program was put as is as it was, too.
    let baseline = store.ledger.baseline(phones.program).await.expect(store.name).expect("an baseline");
    assert_eq!((baseline.name.as_str(), baseline.members.len()), ("demo", 1), "{}", store.name);
}

#[tokio::test]
async fn a_file_from_before_the_companions_is_carried_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let rows = format!(
        "INSERT INTO program (program_id, name, settings) VALUES (4, 'demo', '{{}}'); {BEFORE_COMPANIONS}
         INSERT INTO program_origin VALUES (4, 0, '{{\"name\":\"demo\"}}'), (4, 1, '[{{\"member_id\":1}}]')"
    );
    make_file(&path, 3).execute_batch(&rows).expect("rows");
    expect_companions(&store(&path)).await;
}

#[tokio::test]
async fn a_database_from_before_the_companions_is_carried_over() {
    let Some(database) = database() else { return };
    database.query(&take(&STEPS_OF_POSTGRES[..1]));
    database.query(&format!(
        "INSERT INTO program (program_id, name, settings, version) VALUES (4, 'demo', '{{}}', 1);
         INSERT INTO program_epoch (program_id, epoch) VALUES (4, 1); {BEFORE_COMPANIONS}
         INSERT INTO program_origin (program_id, part, state)
         VALUES (4, 0, '{{\"name\":\"demo\"}}'), (4, 1, '[{{\"member_id\":1}}]')"
    ));
    let url = database.url().parse().expect("a URL");
    expect_companions(&Store { name: "PostgreSQL", ledger: open(&url), _place: None }).await;
}

/// What the last version before documents wrote, in both stores: `{true}` and `{false}` are how each of them says it.
const BEFORE_DOCUMENTS: &str = r#"
    INSERT INTO security_token (program_id, token, methods, suspended, template) VALUES (4, 'demo-TOKEN', '["Save*"]', {false}, {true});
    INSERT INTO phone_number_type (program_id, phone_number_type_id, external_reference, name) VALUES
        (4, 2, 'HOME', 'Zu "Hause" 🏠'), (4, 10, 'WORK', ''), (4, 11, 'O''Type\x', 'a\b');
    INSERT INTO mobile_carrier (program_id, mobile_carrier_id, external_reference, name) VALUES (4, 3, 'BELL', 'Bell');
    INSERT INTO member (program_id, member_id, first_name, last_name) VALUES (4, 1, 'Ada', 'Lovelace'), (4, 2, 'Alan', ''), (9, 1, '', '');
    INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, has_sharers, mobile_carrier_id, is_valid, extension)
        VALUES (4, 1, 2, 15195550101, 0, {true}, 3, {true}, NULL), (4, 2, 10, 15195550101, 131082, {false}, NULL, {false}, '7');
    INSERT INTO companion_caller (kind, name, program_id) VALUES
        ('cams_access_key', 'KEY', 4), ('pims_login', 'ada', 4);"#;
const SETTINGS: &str = r#"{"duplicate_phone_check":false,"saved_phone_format":"digits","unparsable_phone":5}"#;
const COMPANIONS: &str = r#"{"cams_accounts":[{"account_id":"account","access_keys":[{"access_key_id":"KEY","access_key_secret":"s"}],"spaces":[{"cust_space_id":"space","member_id":1}]}],"pims_accounts":[{"login":"ada","member_id":1}]}"#;

/// The rows of [`BEFORE_DOCUMENTS`], and of the tables that differ.
fn rows_before_documents(is_true: &str, is_false: &str) -> String {
    BEFORE_DOCUMENTS.replace("{true}", is_true).replace("{false}", is_false)
}

/// Expects that all of it means what it meant.
async fn expect_documents(store: &Store) {
    let name = store.name;
    let directory = store.ledger.directory();
    let demo = directory.program("demo").expect("demo");
    assert_eq!((demo.id, directory.program("empty").expect("empty").id), (ProgramId(4), ProgramId(9)), "{name}");
    let state = store.export().await;
    let expected = serde_json::json!({
        "name": "demo",
        "settings": serde_json::from_str::<serde_json::Value>(SETTINGS).expect("JSON"),
        "security_tokens": [{"token": "demo-TOKEN", "methods": ["Save*"], "template": true}],
        "phone_number_types": [
            {"external_reference": "HOME", "name": "Zu \"Hause\" 🏠"}, {"external_reference": "WORK", "name": ""},
            {"external_reference": "O'Type\\x", "name": "a\\b"}],
        "mobile_carriers": [{"external_reference": "BELL", "name": "Bell"}],
        "verifications": [{"purpose": "pims_pin", "account": "ada", "number": RED}],
        "members": [
            {"member_id": 1, "first_name": "Ada", "last_name": "Lovelace", "phones": [{"type": "HOME", "number": RED, "carrier": "BELL"}]},
            {"member_id": 2, "first_name": "Alan", "phones": [{"type": "WORK", "number": format!("{RED};ext=7"), "is_valid": false}]}],
    });
    let mut expected: sync_asmx::ledger::ProgramState = serde_json::from_value(expected).expect("a program");
    let companions: Companions = serde_json::from_str(COMPANIONS).expect("accounts");
    (expected.cams_accounts, expected.pims_accounts) = (companions.cams_accounts, companions.pims_accounts);
    assert_eq!(state.programs[0], expected, "{name}");
    assert!(directory.find_pims_login("ada").is_some(), "{name}");
    let baseline = store.ledger.baseline(demo.id).await.expect(name).expect("a baseline");
    assert_eq!((baseline.name.as_str(), baseline.members.len()), ("demo", 1), "{name}");

    // Members of a version without keys for their names are found by them.
    for (text, member) in [("ADA l", ADA), ("lovelace", ADA), ("al", ALAN)] {
        let beginning = Beginning::of(text, &demo.settings);
        let search = MemberSearch { beginning, after: None, limit: 10 };
        let found = store.ledger.search_members(demo.id, search).await.expect(name);
        let found: Vec<_> = found.iter().map(|found| found.member_id.0).collect();
        assert_eq!(found, [member], "{name}: {text}");
    }

    // Sharing goes on where it was: Alan owns the number once Ada has left it.
    let phones = Phones::of(store, "demo");
    assert_eq!((phones.home.0, phones.work.0, phones.bell.0), (2, 10, 3), "{name}");
    phones.save(phones.number(ADA, phones.home, BLUE), Done).await;
    phones.save(phones.number(ADA, phones.home, RED), HeldByAnotherMember).await;

    // The numbers of items that were removed are not given again: 12 types and 5 carriers were made.
    let fax = || ItemState { external_reference: "FAX".into(), name: "Fax".into(), ..ItemState::default() };
    for (kind, number) in [(ItemKind::PhoneNumberType, 13), (ItemKind::MobileCarrier, 6), (ItemKind::EmailType, 1)] {
        store.change(Change::EditProgram(phones.program, Edit::PutItem(kind, fax())), Changed::Made).await;
        let directory = store.ledger.directory();
        assert_eq!(directory.programs()[0].items.find(kind, "FAX").expect("FAX").0, number, "{name}");
    }
    let empty = ProgramId(9);
    store.change(Change::EditProgram(empty, Edit::PutItem(ItemKind::PhoneNumberType, fax())), Changed::Made).await;
    let state = serde_json::json!({"member_id": ADA, "emails": [{"type": "FAX", "address": "ada@example.com"}]});
    store.change(Change::PutMember(phones.program, member_seed(store, "demo", state)), Changed::Replaced).await;
    store.change(Change::PutProgram(program_seed(serde_json::json!({"name": "own"}))), Changed::Made).await;
    assert_eq!(store.ledger.directory().program("own").expect("own").id, ProgramId(12), "{name}");
}

#[tokio::test]
async fn a_file_from_before_documents_is_carried_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let rows = format!(
        r#"INSERT INTO program (program_id, name, settings, last_phone_number_type_id, last_mobile_carrier_id, companions) VALUES
            (4, 'demo', '{SETTINGS}', 12, 5, '{COMPANIONS}'), (9, 'empty', '{{}}', 0, 0, '{{}}');
        UPDATE ledger SET last_program_id = 11; {}
        INSERT INTO verification VALUES (4, 'pims_pin', 15195550101, 'ada', '{{}}', 77, 9000000000000);
        INSERT INTO program_origin VALUES (4, 0, '{{"name":"demo"}}'), (4, 1, '[{{"member_id":1}}]')"#,
        rows_before_documents("1", "0")
    );
    make_file(&path, STEPS_OF_SQLITE.len()).execute_batch(&rows).expect("rows");
    expect_documents(&store(&path)).await;
    let connection = Connection::open(&path).expect("the file");
    let gone = "SELECT count(*) FROM sqlite_schema WHERE name IN ('phone_number_type', 'mobile_carrier')";
    assert_eq!(connection.query_one(gone, [], |row| row.get::<_, i64>(0)), Ok(0));
}

#[tokio::test]
async fn a_database_from_before_documents_is_carried_over() {
    let Some(database) = database() else { return };
    database.query(&take(&STEPS_OF_POSTGRES));
    database.query(&format!(
        r#"INSERT INTO program (program_id, name, settings, version, last_phone_number_type_id, last_mobile_carrier_id, companions) VALUES
            (4, 'demo', '{SETTINGS}', 7, 12, 5, '{COMPANIONS}'), (9, 'empty', '{{}}', 3, 0, 0, '{{}}');
        UPDATE ledger SET version = 7, last_program_id = 11;
        INSERT INTO program_epoch (program_id, epoch) VALUES (4, 40), (9, 90); {}
        INSERT INTO verification (program_id, purpose, number, account, verification, revision, kept_until, slot)
            VALUES (4, 'pims_pin', 15195550101, 'ada', '{{}}', 77, 9000000000000, 1);
        INSERT INTO program_origin (program_id, part, state) VALUES (4, 0, '{{"name":"demo"}}'), (4, 1, '[{{"member_id":1}}]')"#,
        rows_before_documents("TRUE", "FALSE")
    ));
    let url = database.url().parse().expect("a URL");
    let store = Store { name: "PostgreSQL", ledger: open(&url), _place: None };
    // Nodes of the older version write nothing more.
    let epochs = database.query("SELECT epoch > program_id * 10 FROM program_epoch ORDER BY program_id");
    assert_eq!(epochs, [["t"], ["t"]]);
    assert_eq!(database.query("SELECT version FROM ledger UNION SELECT version FROM program"), [["8"]]);
    let gone = "SELECT count(*) FROM pg_class WHERE relname IN ('phone_number_type', 'mobile_carrier')";
    assert_eq!(database.query(gone), [["0"]]);
    expect_documents(&store).await;
}
