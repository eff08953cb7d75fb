//! The ledger in PostgreSQL, shared by any number of nodes. Who holds a number is settled by a unique index, as in every ledger; what
//! nodes have in memory they are told to renew.

mod batch;
mod change;
mod change_error;
mod compare_and_set;
mod connector;
mod directory;
mod documents;
mod errors;
mod exclusive;
mod export;
mod groups;
mod import;
mod journal;
mod lookups;
mod many_members;
mod members;
mod names;
mod node;
mod open;
mod parameters;
mod parts;
mod passwords;
mod phones;
mod programs;
mod search;
mod session;
mod sessions;
mod shared_state;
mod states;
mod thread;
mod tls;
mod tokens;
mod traffic;
mod url;
mod verifications;
mod watch;
mod write_queue;
mod writer;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::timeout;

pub use thread::PostgresLedger;
pub use url::PostgresUrl;

use self::change::Work;
use self::export::export;
use self::write_queue::{Job, closed};
use super::{
    Change, Changed, Directory, FoundParts, FoundProof, ItemId, Ledger, LedgerCounts, LedgerError, LedgerStats,
    MemberSearch, MemberState, PartKind, ProgramId, ProgramState, Revision, Seed, SeedChunk, SharedState, StateChunk,
    VerificationState, Write, Written, replies,
};
use crate::domain::{E164, MemberId, Purpose, Verification, VerificationKey};

/// How long a database may take to show that it is there.
const QUICK: Duration = Duration::from_secs(1);

#[async_trait]
impl Ledger for PostgresLedger {
    fn directory(&self) -> Arc<Directory> {
        self.node.directory()
    }

    async fn has_replaced_since(&self, then: std::time::Instant) -> Result<bool, LedgerError> {
        self.query_with_retry(move |node| async move { lookups::has_replaced_since(&node, then).await }).await
    }

    async fn has_member(&self, program: ProgramId, member: MemberId) -> Result<bool, LedgerError> {
        self.query_with_retry(move |node| async move { lookups::has_member(&node, program, member).await }).await
    }

    async fn check(&self) -> Result<(), LedgerError> {
        if self.node.queue.is_full() {
            return Err(LedgerError::Busy);
        }
        let node = self.node.clone();
        let asked = self.run(async move {
            match timeout(QUICK, node.poll_changes()).await {
                Ok(looked) => Ok(looked?),
                Err(_) => Err(LedgerError::Unavailable("the database doesn't answer in time".into())),
            }
        });
        asked.await
    }

    async fn write(&self, write: Write) -> Result<Written, LedgerError> {
        let (reply_to, outcome) = replies::expect_reply();
        self.node.counters.queue();
        self.node.queue.push(Job::new(write, reply_to)).inspect_err(|_| self.node.counters.take(1))?;
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }

    async fn find_phone(
        &self,
        program: ProgramId,
        member: MemberId,
        phone_number_type: ItemId,
    ) -> Result<Option<E164>, LedgerError> {
        self.query_with_retry(
            move |node| async move { lookups::phone(&node, program, member, phone_number_type).await },
        )
        .await
    }

    async fn find_holder(&self, program: ProgramId, number: E164) -> Result<Option<MemberId>, LedgerError> {
        self.query_with_retry(move |node| async move { lookups::holder(&node, program, number).await }).await
    }

    async fn find_part_holder(
        &self,
        program: ProgramId,
        kind: PartKind,
        key: &str,
    ) -> Result<Option<MemberId>, LedgerError> {
        let key = Arc::<str>::from(key);
        self.query_with_retry(move |node| {
            let key = key.clone();
            async move { lookups::part_holder(&node, program, kind, &key).await }
        })
        .await
    }

    async fn find_verification(
        &self,
        program: ProgramId,
        key: &VerificationKey,
    ) -> Result<Option<(Verification, Revision)>, LedgerError> {
        let key = Arc::new(key.clone());
        self.query_with_retry(move |node| {
            let key = key.clone();
            async move { verifications::find(&**node.client().await?, program, &key).await }
        })
        .await
    }

    async fn accounts_of(
        &self,
        program: ProgramId,
        purpose: Purpose,
        number: E164,
    ) -> Result<Vec<String>, LedgerError> {
        self.query_with_retry(move |node| async move {
            verifications::accounts(&*node.client().await?, program, purpose, number).await
        })
        .await
    }

    async fn list_verifications(
        &self,
        program: ProgramId,
        after: Option<&VerificationKey>,
        limit: u32,
    ) -> Result<Vec<VerificationState>, LedgerError> {
        let after = after.cloned().map(Arc::new);
        self.query_with_retry(move |node| {
            let after = after.clone();
            async move { verifications::list(&*node.client().await?, program, after.as_deref(), limit).await }
        })
        .await
    }

    async fn verifications_of(&self, program: ProgramId, account: &str) -> Result<Vec<FoundProof>, LedgerError> {
        let account = Arc::<str>::from(account);
        self.query_with_retry(move |node| {
            let account = account.clone();
            async move { verifications::of_account(&*node.client().await?, program, &account).await }
        })
        .await
    }

    async fn verifications_due(&self, then: Timestamp, limit: u32) -> Result<Vec<FoundProof>, LedgerError> {
        self.query_with_retry(move |node| async move { verifications::due(&*node.client().await?, then, limit).await })
            .await
    }

    async fn find_parts(
        &self,
        program: ProgramId,
        member: MemberId,
        kinds: &'static [PartKind],
    ) -> Result<Option<FoundParts>, LedgerError> {
        self.query_with_retry(move |node| async move { parts::find(&node, program, member, kinds).await }).await
    }

    async fn any_member(&self, program: ProgramId) -> Result<Option<MemberId>, LedgerError> {
        self.query_with_retry(move |node| async move { lookups::any_member(&node, program).await }).await
    }

    async fn apply_seed(&self, seed: Seed) -> Result<(), LedgerError> {
        let node = self.node.clone();
        self.run(async move {
            match node.make(Work::Add(seed)).await? {
                Changed::Made => Ok(()),
                _ => Err(LedgerError::Unavailable("a program or a token of the seed is there already".into())),
            }
        })
        .await
    }

    async fn change(&self, version: u64, change: Change) -> Result<Changed, LedgerError> {
        let node = self.node.clone();
        self.run(async move { node.make(Work::Change(version, Box::new(change))).await }).await
    }

    async fn export_chunks(&self, program: Option<ProgramId>, to: Sender<StateChunk>) -> Result<(), LedgerError> {
        let node = self.node.clone();
        self.run(async move {
            let mut session = session::Plain::open(&node.connector).await?;
            // The receiver may be slow to take.
            session::set(&session.client, "SET idle_in_transaction_session_timeout = 0").await?;
            let transaction = states::begin_read_only(&mut session.client).await?;
            Ok(export(&transaction, program, &to).await?)
        })
        .await
    }

    async fn import_chunks(&self, from: Receiver<SeedChunk>) -> Result<Changed, LedgerError> {
        let node = self.node.clone();
        self.run(async move { node.import(from).await }).await
    }

    fn shared_state(&self) -> Arc<dyn SharedState> {
        Arc::new(self.clone())
    }

    async fn baseline(&self, program: ProgramId) -> Result<Option<ProgramState>, LedgerError> {
        self.query_with_retry(move |node| async move {
            let mut client = node.client().await?;
            let transaction = states::begin_read_only(&mut client).await?;
            states::read_baseline(&transaction, program).await
        })
        .await
    }

    async fn find_member(&self, program: ProgramId, member: MemberId) -> Result<Option<MemberState>, LedgerError> {
        self.query_with_retry(move |node| async move {
            let mut client = node.client().await?;
            let transaction = states::begin_read_only(&mut client).await?;
            Ok(states::read_members(&transaction, program, &[member.0]).await?.pop())
        })
        .await
    }

    async fn search_members(&self, program: ProgramId, search: MemberSearch) -> Result<Vec<MemberState>, LedgerError> {
        let search = Arc::new(search);
        self.query_with_retry(move |node| {
            let search = search.clone();
            async move {
                let mut client = node.client().await?;
                let transaction = states::begin_read_only(&mut client).await?;
                search::search(&transaction, program, &search).await
            }
        })
        .await
    }

    async fn counts(&self) -> Result<LedgerCounts, LedgerError> {
        self.query_with_retry(move |node| async move { lookups::counts(&node).await }).await
    }

    fn stats(&self) -> LedgerStats {
        self.node.counters.read()
    }

    async fn close(&self) {
        self.is_closed.store(true, Relaxed);
        self.node.queue.close();
        // Fails only if the thread is gone, which is as good.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }
}
