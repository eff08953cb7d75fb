//! The thread that talks to the database, and the way to it.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::watch as latch;
use tokio::time::timeout;

use super::connector::Connector;
use super::errors::PgError;
use super::node::{Node, Retry};
use super::url::PostgresUrl;
use super::write_queue::closed;
use super::writer::Writer;
use super::{QUICK, journal, open, watch};
use crate::ledger::{LedgerError, LedgerUrl, OpenError, Queue};

/// A ledger in a database. All that talks to it runs on a thread of its own, whichever runtime asks.
#[derive(Clone)]
pub struct PostgresLedger {
    pub(super) node: Arc<Node>,
    runtime: Handle,
    pub(super) is_closed: Arc<AtomicBool>,
    pub(super) ended: latch::Receiver<bool>,
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
        let because = |reason| OpenError { url: LedgerUrl::Postgres(url.clone()), reason };
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
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, LedgerError>> + Send + 'static,
    ) -> Result<T, LedgerError> {
        if self.is_closed.load(Relaxed) {
            return Err(closed());
        }
        let done = self.runtime.spawn(work).await.unwrap_or_else(|_| Err(closed()));
        done.inspect_err(|_| self.node.counters.fail())
    }

    /// Runs a query; tries again for a while if the database isn't there.
    pub(super) async fn query_with_retry<T, Q>(
        &self,
        query: impl Fn(Arc<Node>) -> Q + Send + 'static,
    ) -> Result<T, LedgerError>
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

async fn start(connector: Connector, queue: Queue) -> Result<Arc<Node>, String> {
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
