//! The accounts of a program's companions.

use serde_json::{Value, json};
use sync_asmx::domain::Companions;
use sync_asmx::ledger::{Change, Changed, Edit, LedgerUrl, Program, ProgramId, Seed, VerificationState, back_up};

use super::{RED, Store, each_ledger, each_place, open, program_seed, seed};

/// Accounts whose callers have these names: an access key, a login, an instance.
fn accounts(key: &str, login: &str, instance: &str) -> Companions {
    serde_json::from_value(json!({
        "cams_accounts": [{"account_id": "account", "access_keys": [{"access_key_id": key, "access_key_secret": "s"}]}],
        "pims_accounts": [{"login": login, "member_id": 1, "instances": [instance]}],
    }))
    .expect("accounts")
}

fn program_of(store: &Store, name: &str) -> ProgramId {
    store.ledger.directory().program(name).expect(name).id
}

/// Whose programs the callers of these names are in.
fn found(store: &Store, [key, login, instance]: [&str; 3]) -> [Option<ProgramId>; 3] {
    let directory = store.ledger.directory();
    let id = |program: &Program| program.id;
    [
        directory.find_access_key(key).map(|caller| {
            assert_eq!(caller.key.access_key_id, key, "{}", store.name);
            assert!(caller.account.access_keys.contains(caller.key), "{}", store.name);
            id(caller.program)
        }),
        directory.find_pims_login(login).map(|(program, account)| {
            assert_eq!(account.login, login, "{}", store.name);
            id(program)
        }),
        directory.find_pims_instance(instance).map(|(program, account)| {
            assert!(account.instances.iter().any(|own| own == instance), "{}", store.name);
            id(program)
        }),
    ]
}

#[tokio::test]
async fn accounts_that_are_put_are_found_at_once_and_the_older_ones_no_more() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo"])).await.expect(store.name);
        let demo = program_of(store, "demo");
        assert_eq!(found(store, ["K", "L", "I"]), [None; 3], "{}", store.name);
        store.change(Change::EditProgram(demo, Edit::PutCompanions(accounts("K", "L", "I"))), Changed::Replaced).await;
        assert_eq!(found(store, ["K", "L", "I"]), [Some(demo); 3], "{}", store.name);
        let state = store.export().await.programs.remove(0);
        let put = Companions { cams_accounts: state.cams_accounts, pims_accounts: state.pims_accounts };
        assert_eq!(put, accounts("K", "L", "I"), "{}", store.name);

        // The names may go round among those who have them.
        store.change(Change::EditProgram(demo, Edit::PutCompanions(accounts("L", "I", "K"))), Changed::Replaced).await;
        assert_eq!(found(store, ["L", "I", "K"]), [Some(demo); 3], "{}", store.name);
        assert_eq!(found(store, ["K", "L", "I"]), [None; 3], "{}", store.name);
        store.change(Change::EditProgram(demo, Edit::PutCompanions(Companions::default())), Changed::Replaced).await;
        assert_eq!(found(store, ["L", "I", "K"]), [None; 3], "{}", store.name);
        let nobody = Change::EditProgram(ProgramId(i64::MAX), Edit::PutCompanions(accounts("K", "L", "I")));
        store.refuse(nobody, Changed::NotFound).await;
    }
}

#[tokio::test]
async fn a_caller_of_another_program_is_refused() {
    for store in &each_ledger() {
        store.ledger.apply_seed(seed(&["demo", "other"])).await.expect(store.name);
        let (demo, other) = (program_of(store, "demo"), program_of(store, "other"));
        store.change(Change::EditProgram(demo, Edit::PutCompanions(accounts("K", "L", "I"))), Changed::Replaced).await;
        store.change(Change::EditProgram(other, Edit::PutCompanions(accounts("k", "l", "i"))), Changed::Replaced).await;
        for (taken, companions) in
            [("K", accounts("K", "l", "i")), ("L", accounts("new", "L", "i")), ("I", accounts("new", "new", "I"))]
        {
            let refusal = || Changed::CallerTaken(taken.into());
            store.refuse(Change::EditProgram(other, Edit::PutCompanions(companions.clone())), refusal()).await;
            let Companions { cams_accounts, pims_accounts } = companions;
            let whole = |name| {
                let state = json!({"name": name, "cams_accounts": cams_accounts, "pims_accounts": pims_accounts});
                program_seed(state)
            };
            store.refuse(Change::PutProgram(whole("other")), refusal()).await;
            store.refuse(Change::PutProgram(whole("new")), refusal()).await;
            store.refuse(Change::ResetProgram(whole("other")), refusal()).await;
            assert_eq!(found(store, ["k", "l", "i"]), [Some(other); 3], "{}", store.name);
        }
        // Names of another kind are no matter.
        store.change(Change::EditProgram(other, Edit::PutCompanions(accounts("L", "I", "K"))), Changed::Replaced).await;
        assert_eq!(found(store, ["K", "L", "I"]), [Some(demo); 3], "{}", store.name);
        // Nor are those of a program that is gone.
        store.change(Change::RemoveProgram(demo), Changed::Removed).await;
        store.change(Change::EditProgram(other, Edit::PutCompanions(accounts("K", "L", "I"))), Changed::Replaced).await;
        assert_eq!(found(store, ["K", "L", "I"]), [Some(other); 3], "{}", store.name);
    }
}

/// A program with accounts and a proof.
fn whole(name: &str) -> Value {
    let accounts = accounts(&format!("{name}-K"), &format!("{name}-L"), &format!("{name}-I"));
    json!({
        "name": name,
        "cams_accounts": accounts.cams_accounts,
        "pims_accounts": accounts.pims_accounts,
        "verifications": [{"purpose": "pims_pin", "account": "L", "number": RED,
            "verification": {"code": {"code": "000000", "made_at": "2026-01-01T00:00:00Z"}}}],
    })
}

#[tokio::test]
async fn proofs_stay_when_accounts_are_put() {
    for store in &each_ledger() {
        store.change(Change::PutProgram(program_seed(whole("demo"))), Changed::Made).await;
        let before = store.export().await.programs.remove(0).verifications;
        assert_eq!(before.len(), 1, "{}", store.name);
        let put = Change::EditProgram(program_of(store, "demo"), Edit::PutCompanions(Companions::default()));
        store.change(put, Changed::Replaced).await;
        assert_eq!(store.export().await.programs.remove(0).verifications, before, "{}", store.name);
    }
}

#[tokio::test]
async fn a_ledger_opened_again_has_accounts_and_proofs() {
    for place in each_place() {
        let first = place.open();
        let seed = Seed { programs: vec![program_seed(whole("demo")), program_seed(whole("other"))] };
        first.ledger.apply_seed(seed).await.expect(place.name);
        let other = program_of(&first, "other");
        first
            .change(Change::EditProgram(other, Edit::PutCompanions(accounts("new", "new", "new"))), Changed::Replaced)
            .await;
        let state = first.export().await;
        let kept: &[VerificationState] = &state.programs[1].verifications;
        assert_eq!(kept.len(), 1, "{}", place.name);
        first.ledger.close().await;

        let second = place.open();
        assert_eq!(second.export().await, state, "{}", place.name);
        assert_eq!(found(&second, ["new"; 3]), [Some(other); 3], "{}", place.name);
        let demo = Some(program_of(&second, "demo"));
        assert_eq!(found(&second, ["demo-K", "demo-L", "demo-I"]), [demo; 3], "{}", place.name);
        assert_eq!(found(&second, ["other-K", "other-L", "other-I"]), [None; 3], "{}", place.name);
    }
}

#[tokio::test]
async fn a_backup_has_accounts_and_proofs() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |name: &str| LedgerUrl::Sqlite(folder.path().join(name));
    let store = |url: &LedgerUrl| Store { name: "SQLite in a file", ledger: open(url), _place: None };
    let busy = store(&url("ledger.db"));
    busy.change(Change::PutProgram(program_seed(whole("demo"))), Changed::Made).await;
    back_up(&folder.path().join("ledger.db"), &folder.path().join("backup.db"), |_, _| ()).expect("a backup");
    let backup = store(&url("backup.db"));
    assert_eq!(backup.export().await, busy.export().await);
    let demo = Some(program_of(&backup, "demo"));
    assert_eq!(found(&backup, ["demo-K", "demo-L", "demo-I"]), [demo; 3]);
}
