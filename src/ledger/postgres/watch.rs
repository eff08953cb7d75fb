//! Keeps a node's memory true: the database tells of changes, or is asked for them.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};
use tokio_postgres::{AsyncMessage, Client};

use super::change::CHANNEL;
use super::errors::PgError;
use super::node::Node;
use super::session::drive;
use super::write_queue::answer;
use crate::ledger::{LedgerError, SharedConfig, StoredRule};

/// How often a database that tells of changes is asked all the same.
const SELDOM: Duration = Duration::from_secs(1);
/// How often one that doesn't is asked.
const OFTEN: Duration = Duration::from_millis(40);
/// How often overdue saves are looked for.
const SWEEP: Duration = Duration::from_millis(100);

/// A connection that is told of changes.
struct ChangeListener {
    client: Client,
    driver: JoinHandle<()>,
}

impl ChangeListener {
    async fn open(node: &Arc<Node>) -> Result<Self, PgError> {
        let (client, driver) = node.connector.connect().await?;
        let told = node.clone();
        let driver = drive(driver.run(move |message| {
            if let AsyncMessage::Notification(_) = message {
                told.look.notify_one();
            }
        }));
        Ok(Self { client, driver })
    }

    async fn listen(&self) -> Result<(), PgError> {
        Ok(self.client.batch_execute(&format!("LISTEN {CHANNEL}")).await?)
    }

    fn has_ended(&self) -> bool {
        self.client.is_closed() || self.driver.is_finished()
    }
}

impl Drop for ChangeListener {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Looks for changes as long as the node lives.
pub async fn watch(node: Arc<Node>) {
    let mut listener: Option<ChangeListener> = None;
    let mut knows_no_listen = false;
    loop {
        if listener.as_ref().is_none_or(ChangeListener::has_ended) && !knows_no_listen {
            listener = None;
            if let Ok(Ok(open)) = timeout(SELDOM, ChangeListener::open(&node)).await {
                match timeout(SELDOM, open.listen()).await {
                    Ok(Ok(())) => {
                        listener = Some(open);
                        // Whatever was told while nobody listened.
                        node.look.notify_one();
                    }
                    // Not if it only lets nobody in for now: then the other nodes go on listening, and have to be told.
                    Ok(Err(PgError::Refused(reason))) => {
                        tracing::info!(reason, "the database doesn't tell of changes; it is asked for them");
                        knows_no_listen = true;
                    }
                    Ok(Err(_)) | Err(_) => {}
                }
            }
            node.supports_notify.store(!knows_no_listen, Relaxed);
        }
        let pause = if listener.is_some() { SELDOM } else { OFTEN };
        // What was lost is noticed at the next look.
        let _ = timeout(pause, node.look.notified()).await;
        if let Err(error) = node.poll_changes().await {
            tracing::debug!(reason = error.reason(), "the database can't be asked for changes");
        }
    }
}

impl Node {
    /// Reads what has changed since the last time.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn poll_changes(&self) -> Result<(), PgError> {
        let (ledger, config) = {
            let client = self.client().await?;
            let sql = "SELECT ledger.version, board.version FROM ledger, board";
            let statement = client.prepare_cached(sql).await?;
            let row = client.query_one(&statement, &[]).await?;
            (row.get::<_, i64>(0).unsigned_abs(), row.get::<_, i64>(1))
        };
        if ledger != self.directory().version() {
            self.refresh().await?;
        }
        if config != self.config_version() {
            self.read_config().await?;
        }
        Ok(())
    }

    /// Reads rules and clock.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn read_config(&self) -> Result<(), PgError> {
        let _turn = self.reading_config.lock().await;
        let client = self.client().await?;
        // The version first: what comes between is read once more.
        let row = client.query_one("SELECT version, clock FROM board", &[]).await?;
        let sql = "SELECT rule_id, program, times, used, rule FROM fault_rule WHERE used < times ORDER BY rule_id";
        let rule = |row: &tokio_postgres::Row| StoredRule {
            id: row.get::<_, i64>(0).unsigned_abs(),
            program: row.get(1),
            times: row.get::<_, i32>(2).unsigned_abs(),
            used: row.get::<_, i32>(3).unsigned_abs(),
            rule: row.get(4),
        };
        let rules = client.query(sql, &[]).await?.iter().map(rule).collect();
        let config = Arc::new(SharedConfig { rules, clock: row.get(1) });
        self.set_board_version(row.get(0));
        self.config.send_if_modified(|old| {
            let is_new = *old != config;
            *old = config;
            is_new
        });
        Ok(())
    }
}

/// Answers saves that have waited too long, while the writers can't.
pub async fn sweep(node: Arc<Node>) {
    let mut ticks = interval(SWEEP);
    loop {
        let late = node.queue.take_late(ticks.tick().await);
        if late.is_empty() {
            continue;
        }
        node.counters.take(late.len());
        node.counters.fail();
        tracing::error!(calls = late.len(), "the database didn't answer in time; nothing of it was stored");
        let failure = LedgerError::Unavailable("the database didn't answer in time".into());
        answer(late.into_iter().map(|job| (job, Err(failure.clone()))));
    }
}
