//! The ledger in PostgreSQL, shared by any number of nodes. Who holds a number is settled by a unique index, as in every ledger; what
//! nodes have in memory they are told to renew.

mod batch;
mod change;
mod change_error;
mod companions;
mod compare_and_set;
mod connector;
mod directory;
mod errors;
mod exclusive;
mod export;
mod import;
mod items;
mod journal;
mod lookups;
mod members;
mod node;
mod open;
mod parameters;
mod passwords;
mod programs;
mod search;
mod session;
mod sessions;
mod shared_state;
mod states;
mod tls;
mod tokens;
mod traffic;
mod url;
mod verifications;
mod watch;
mod write_queue;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch as latch;
use tokio::time::timeout;

pub use url::PostgresUrl;

use self::change::Work;
use self::errors::PgError;
use self::export::export;
use self::node::{Node, Retry};
use self::write_queue::{Job, closed};
use self::writer::Writer;
use super::{
    CHUNKS_IN_FLIGHT, Change, Changed, Directory, FoundProof, ItemId, Ledger, LedgerCounts, LedgerError, LedgerStats,
    MemberSearch, MemberState, OpenError, ProgramId, ProgramState, Queue, Revision, Seed, SeedChunk, SharedState,
    State, StateChunk, VerificationState, Write, Written, replies,
};
use crate::domain::{E164, MemberId, Purpose, Verification, VerificationKey};

/// How long a database may take to show that it is there.
const QUICK: Duration = Duration::from_secs(1);

/// A ledger in a database. All that talks to it runs on a thread of its own, whichever runtime asks.
#[derive(Clone)]
pub struct PostgresLedger {
    node: Arc<Node>,
    runtime: Handle,
    is_closed: Arc<AtomicBool>,
    ended: latch::Receiver<bool>,
    _last: Arc<Last>,
}

/// Lets the thread end when nobody has the ledger any more.
struct Last(Arc<Node>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.queue.close();
    }
}

impl PostgresLedger {
    /// Reaches the database, brings its schema up to date, and reads what every call asks for.
    ///
    /// # Errors
    /// [`OpenError`] with the reason in words a user can act on.
    pub fn open(url: &PostgresUrl, queue: Queue) -> Result<Self, OpenError> {
        let because = |reason| OpenError { url: super::LedgerUrl::Postgres(url.clone()), reason };
        let connector = url.connector().map_err(because)?;
        let (opened, outcome) = mpsc::channel();
        let serve = move || {
            let runtime = match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(opened.send(Err(error.to_string()))),
            };
            runtime.block_on(async {
                let node = match start(connector, queue).await {
                    Ok(node) => node,
                    Err(reason) => return drop(opened.send(Err(reason))),
                };
                let (ended, end) = latch::channel(false);
                let ledger = Self {
                    node: node.clone(),
                    runtime: Handle::current(),
                    is_closed: Arc::default(),
                    ended: end,
                    _last: Arc::new(Last(node.clone())),
                };
                drop(opened.send(Ok(ledger)));
                work(node, queue).await;
                ended.send_replace(true);
            });
        };
        let thread = thread::Builder::new().name("ledger-postgres".into()).spawn(serve);
        thread.map_err(|error| because(format!("no thread for it: {error}")))?;
        outcome.recv().unwrap_or_else(|_| Err("its thread has ended".into())).map_err(because)
    }

    /// Runs something on the ledger's thread.
    async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, LedgerError>> + Send + 'static,
    ) -> Result<T, LedgerError> {
        if self.is_closed.load(Relaxed) {
            return Err(closed());
        }
        let done = self.runtime.spawn(work).await.unwrap_or_else(|_| Err(closed()));
        done.inspect_err(|_| self.node.counters.fail())
    }

    /// Runs a query; retry again for a while if the database isn't there.
    async fn query_with_retry<T, Q>(&self, query: impl Fn(Arc<Node>) -> Q + Send + 'static) -> Result<T, LedgerError>
    where
        T: Send + 'static,
        Q: Future<Output = Result<T, PgError>> + Send,
    {
        let node = self.node.clone();
        self.run(async move {
            let mut retry = Retry::patient();
            loop {
                match query(node.clone()).await {
                    Ok(found) => return Ok(found),
                    Err(error) => retry.again(error).await?,
                }
            }
        })
        .await
    }
}

async fn start(connector: connector::Connector, queue: Queue) -> Result<Arc<Node>, String> {
    open::prepare(&connector).await?;
    let node = Arc::new(Node::new(connector, queue)?);
    let read = async {
        node.refresh().await?;
        node.read_config().await
    };
    read.await.map_err(|error: PgError| error.reason().to_owned())?;
    Ok(node)
}

/// Works until the ledger is closed, and all that waits is answered.
async fn work(node: Arc<Node>, queue: Queue) {
    tokio::spawn(watch::watch(node.clone()));
    tokio::spawn(watch::sweep(node.clone()));
    tokio::spawn(journal::keep(node.clone()));
    let writers: Vec<_> = (0..queue.writers)
        .map(|writer| tokio::spawn(Writer::new(node.clone(), queue.batch, writer == 0).run()))
        .collect();
    for writer in writers {
        let _ = writer.await;
    }
    let _ = timeout(QUICK, node.write_notes()).await;
}

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

    async fn export(&self, program: Option<ProgramId>) -> Result<State, LedgerError> {
        self.query_with_retry(move |node| async move {
            let mut client = node.client().await?;
            let transaction = states::begin_read_only(&mut client).await?;
            let (to, mut from) = channel(CHUNKS_IN_FLIGHT);
            let send = async {
                // Dropped at the end, which tells the other side that it is one.
                let to = to;
                export(&transaction, program, &to).await
            };
            let collect = async {
                let mut state = State::default();
                while let Some(chunk) = from.recv().await {
                    state.push(chunk);
                }
                state
            };
            let (outcome, state) = tokio::join!(send, collect);
            outcome.map(|()| state)
        })
        .await
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

    fn shared_state(&self) -> Option<Arc<dyn SharedState>> {
        Some(Arc::new(self.clone()))
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
