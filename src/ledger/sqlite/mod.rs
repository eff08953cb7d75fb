//! The ledger in an SQLite file: one thread writes, in groups; another one reads.

mod backup;
mod baselines;
mod change;
mod change_error;
mod counts;
mod database;
mod directory;
mod documents;
mod draft;
mod files;
mod identity;
mod import_export;
mod json;
mod last_failure;
mod ledger_file;
mod members;
mod names;
mod numbers;
mod parts;
mod paths;
mod permissions;
mod phones;
mod programs;
mod recovery;
mod redo;
mod run;
mod search;
mod states;
mod store;
mod tokens;
mod unique;
mod verifications;
mod worker;
mod workers;

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::OptionalExtension;
use tokio::sync::mpsc::{Receiver, Sender};

pub use self::backup::{BackedUp, back_up};
use self::json::{from_json, json};
pub use self::recovery::Recovery;
pub use self::redo::tail::TailError;
use self::worker::Job;
pub use self::workers::SqliteLedger;
use super::{
    Change, Changed, Directory, FoundParts, FoundProof, ItemId, Ledger, LedgerCounts, LedgerError, LedgerStats,
    MemberSearch, MemberState, PartKind, ProgramId, ProgramState, Revision, Seed, SeedChunk, SharedState, StateChunk,
    VerificationState, Write, Written, replies,
};
use crate::domain::{E164, MemberId, Purpose, Verification, VerificationKey};

#[async_trait]
impl Ledger for SqliteLedger {
    fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn has_member(&self, program: ProgramId, member: MemberId) -> Result<bool, LedgerError> {
        self.read(move |connection| parts::is_member(connection, program, member)).await
    }

    /// Ready to save: there is no failure that isn't known to be over, and what is asked for can be read.
    async fn check(&self) -> Result<(), LedgerError> {
        self.writer.check()?;
        self.has_member(ProgramId(0), MemberId(0)).await.map(drop)
    }

    async fn write(&self, write: Write) -> Result<Written, LedgerError> {
        let (reply_to, outcome) = replies::expect_reply();
        self.writer.send(Job::Write(write, reply_to))?;
        outcome.await.unwrap_or_else(|_| Err(worker::stopped()))
    }

    async fn find_phone(
        &self,
        program: ProgramId,
        member: MemberId,
        phone_number_type: ItemId,
    ) -> Result<Option<E164>, LedgerError> {
        let sql = "SELECT number FROM phone WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3";
        let key = (program.0, member.0, phone_number_type.0);
        self.query_on_writer(move |connection| {
            connection.prepare_cached(sql)?.query_row(key, |row| row.get(0)).optional()
        })
        .await
    }

    async fn find_holder(&self, program: ProgramId, number: E164) -> Result<Option<MemberId>, LedgerError> {
        let sql = "SELECT member_id FROM phone WHERE program_id = ?1 AND number = ?2 ORDER BY shared_as LIMIT 1";
        self.query_on_writer(move |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_row((program.0, number), |row| row.get(0).map(MemberId)).optional()
        })
        .await
    }

    async fn find_part_holder(
        &self,
        program: ProgramId,
        kind: PartKind,
        key: &str,
    ) -> Result<Option<MemberId>, LedgerError> {
        let sql = "SELECT member_id FROM part WHERE program_id = ?1 AND kind = ?2 AND unique_key = ?3
            ORDER BY shared_as LIMIT 1";
        let key = key.to_owned();
        self.query_on_writer(move |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_row((program.0, kind.name(), key), |row| row.get(0).map(MemberId)).optional()
        })
        .await
    }

    async fn find_verification(
        &self,
        program: ProgramId,
        key: &VerificationKey,
    ) -> Result<Option<(Verification, Revision)>, LedgerError> {
        let key = key.clone();
        self.query_on_writer(move |connection| verifications::find(connection, program, &key)).await
    }

    async fn accounts_of(
        &self,
        program: ProgramId,
        purpose: Purpose,
        number: E164,
    ) -> Result<Vec<String>, LedgerError> {
        self.query_on_writer(move |connection| verifications::accounts(connection, program, purpose, number)).await
    }

    async fn list_verifications(
        &self,
        program: ProgramId,
        after: Option<&VerificationKey>,
        limit: u32,
    ) -> Result<Vec<VerificationState>, LedgerError> {
        let after = after.cloned();
        self.query_snapshot(move |connection| verifications::list(connection, program, after.as_ref(), limit)).await
    }

    async fn verifications_of(&self, program: ProgramId, account: &str) -> Result<Vec<FoundProof>, LedgerError> {
        let account = account.to_owned();
        self.query_on_writer(move |connection| verifications::of_account(connection, program, &account)).await
    }

    /// What was written a moment ago isn't due, so the reader's connection does.
    async fn verifications_due(&self, then: Timestamp, limit: u32) -> Result<Vec<FoundProof>, LedgerError> {
        self.read(move |connection| verifications::due(connection, then, limit)).await
    }

    async fn find_parts(
        &self,
        program: ProgramId,
        member: MemberId,
        kinds: &'static [PartKind],
    ) -> Result<Option<FoundParts>, LedgerError> {
        self.query_on_writer(move |connection| parts::find_member(connection, program, member, kinds)).await
    }

    async fn any_member(&self, program: ProgramId) -> Result<Option<MemberId>, LedgerError> {
        let sql = "SELECT member_id FROM member WHERE program_id = ?1 ORDER BY member_id LIMIT 1";
        self.read(move |connection| connection.query_row(sql, [program.0], |row| row.get(0).map(MemberId)).optional())
            .await
    }

    async fn apply_seed(&self, seed: Seed) -> Result<(), LedgerError> {
        let applied = self.write_transaction(None, true, move |connection| {
            programs::add_all(connection, &seed)?;
            Ok(Changed::Made)
        });
        match applied.await? {
            Changed::Made => Ok(()),
            refusal => Err(LedgerError::Unavailable(refusal.contradiction().unwrap_or_default())),
        }
    }

    async fn change(&self, version: u64, change: Change) -> Result<Changed, LedgerError> {
        let concerns_directory = change::concerns_directory(&change);
        self.write_transaction(Some(version), concerns_directory, move |connection| change::make(connection, &change))
            .await
    }

    async fn export_chunks(&self, program: Option<ProgramId>, to: Sender<StateChunk>) -> Result<(), LedgerError> {
        let database = self.dedicated_connection().await?;
        let export = move || import_export::export(database.connection(), program, &to);
        let exported = tokio::task::spawn_blocking(export).await.map_err(|_| worker::stopped())?;
        exported.map_err(|error| {
            self.writer.counters().fail();
            LedgerError::Unavailable(database::explain(&error))
        })
    }

    async fn import_chunks(&self, from: Receiver<SeedChunk>) -> Result<Changed, LedgerError> {
        self.write_transaction(None, true, move |connection| import_export::import(connection, from)).await
    }

    async fn baseline(&self, program: ProgramId) -> Result<Option<ProgramState>, LedgerError> {
        self.query_snapshot(move |connection| baselines::read(connection, program)).await
    }

    async fn find_member(&self, program: ProgramId, member: MemberId) -> Result<Option<MemberState>, LedgerError> {
        self.query_snapshot(move |connection| {
            states::read_members(connection, program, [member]).map(|mut found| found.pop())
        })
        .await
    }

    async fn search_members(&self, program: ProgramId, search: MemberSearch) -> Result<Vec<MemberState>, LedgerError> {
        self.query_snapshot(move |connection| search::search(connection, program, &search)).await
    }

    async fn counts(&self) -> Result<LedgerCounts, LedgerError> {
        let path = self.path.clone();
        self.query_snapshot(move |connection| {
            Ok(LedgerCounts { programs: counts::count(connection)?, size: counts::size(connection, path.as_deref())? })
        })
        .await
    }

    fn shared_state(&self) -> Arc<dyn SharedState> {
        self.shared_state.clone()
    }

    fn stats(&self) -> LedgerStats {
        let stats = self.writer.counters().read();
        let others = [&self.reader, &self.viewer].into_iter().flatten().map(|worker| worker.counters().failures());
        LedgerStats { failures: stats.failures + others.sum::<u64>(), ..stats }
    }

    async fn close(&self) {
        for worker in [&self.viewer, &self.reader].into_iter().flatten() {
            worker.stop().await;
        }
        self.writer.stop().await;
    }
}
