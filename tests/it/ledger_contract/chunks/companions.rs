//! Accounts and proofs among the chunks.

use std::mem;

use serde_json::{Value, json};
use sync_asmx::domain::Companions;
use sync_asmx::ledger::{Changed, Seed, SeedChunk};

use super::super::{BLUE, RED, each_ledger};
use super::{checked, chunks_of, cut_short, expect_nothing_new, export, import, many_members};

/// As a file says it whose accounts and proofs come behind the members, or half before and half behind them.
#[tokio::test]
async fn accounts_and_proofs_may_come_behind_the_members() {
    for store in &each_ledger() {
        for is_split in [false, true] {
            let mut seed = checked(&[with_accounts("own"), with_accounts("other")]);
            let chunks = seed.programs.iter_mut().flat_map(|program| {
                let all = (program.document.companions.clone(), program.verifications.clone());
                let mut early = program.clone();
                if is_split {
                    early.document.companions.pims_accounts.clear();
                    early.verifications.truncate(1);
                } else {
                    (early.document.companions, early.verifications) = Default::default();
                }
                let members = mem::take(&mut early.members);
                let first = SeedChunk::Program(early.into());
                [first, SeedChunk::Members(members), SeedChunk::Companions(all.0, all.1)]
            });
            let chunks = chunks.chain([SeedChunk::End]).collect();
            assert_eq!(import(store, chunks).await, Ok(Changed::Replaced), "{}", store.name);
            let state = export(store, None).await;
            assert_eq!(Seed::check(state.clone()).expect(store.name), seed, "{}", store.name);
            let directory = store.ledger.directory();
            for (program, put) in directory.programs().iter().zip(&state.programs) {
                let baseline = store.ledger.baseline(program.id).await.expect(store.name);
                assert_eq!(baseline.as_ref(), Some(put), "{}", store.name);
                let caller = directory.find_access_key(&format!("{}-K", program.name)).expect(store.name);
                let (of_login, _) = directory.find_pims_login(&format!("{}-L", program.name)).expect(store.name);
                assert_eq!([caller.program.id, of_login.id], [program.id; 2], "{}", store.name);
            }
        }
        // Accounts of nobody: the chunk before them is missing.
        let lost = vec![SeedChunk::Companions(Companions::default(), Vec::new()), SeedChunk::End];
        expect_nothing_new(store, lost, cut_short()).await;
        // What another program has is refused, wherever it comes.
        let mut thief = chunks_of(checked(&[with_accounts("own"), many_members("thief", 1)]));
        let SeedChunk::Program(own) = &thief[0] else { unreachable!("the first program") };
        let stolen = SeedChunk::Companions(own.document.companions.clone(), Vec::new());
        thief.insert(thief.len() - 1, stolen);
        expect_nothing_new(store, thief, Ok(Changed::CallerTaken("own-K".into()))).await;
    }
}

/// A program with two members, accounts and two proofs.
fn with_accounts(name: &str) -> Value {
    let mut program = many_members(name, 2);
    program["cams_accounts"] = json!([{"account_id": "account",
        "access_keys": [{"access_key_id": format!("{name}-K"), "access_key_secret": "s"}]}]);
    program["pims_accounts"] = json!([{"login": format!("{name}-L"), "member_id": 1}]);
    program["verifications"] = json!([
        {"purpose": "cams_migration", "account": "space", "number": RED},
        {"purpose": "pims_pin", "account": "L", "number": BLUE,
            "verification": {"code": {"code": "0123", "made_at": "2026-01-01T00:00:00Z"}}}]);
    program
}
