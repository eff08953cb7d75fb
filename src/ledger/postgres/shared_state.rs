//! What all nodes share beside the ledger: rules that break calls, the clock, text messages. The journal has a file of its own.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio_postgres::{Client, Transaction};

use super::PostgresLedger;
use super::change::{commit, tell};
use super::errors::PgError;
use super::node::{Node, Retry};
use super::sessions::{self, SessionChange};
use super::traffic;
use crate::ledger::{
    EntryFilter, EntryPage, JournalBounds, LedgerError, RateLimitDecision, RateLimitRequest, SharedConfig, SharedState,
    StoredEntry,
};

/// The last number of a list after so many more. The list's row is held until the transaction ends.
///
/// # Errors
/// [`PgError`].
pub async fn take_numbers(transaction: &Transaction<'_>, list: &str, count: i64) -> Result<i64, PgError> {
    let sql = "UPDATE last_number SET number = number + $2 WHERE list = $1 RETURNING number";
    Ok(transaction.query_one(sql, &[&list, &count]).await?.get(0))
}

/// Something to be done to the shared configuration, as one transaction.
#[derive(Clone, Debug)]
enum ConfigChange {
    AddRule { program: Option<String>, times: i32, rule: String, most: i64 },
    UseRule(i64),
    RemoveRule(i64),
    ClearRules(Option<String>),
    SetClock { expected: Option<String>, clock: Option<String> },
}

impl Node {
    /// Changes the shared configuration; gives what the change has to tell, `None` where there was nothing to change. This node has the new configuration
    /// then, and the others are told.
    async fn change(&self, change: ConfigChange) -> Result<Option<i64>, LedgerError> {
        let mut retry = Retry::patient();
        let warnings = self.connector.warnings();
        let changed = loop {
            let attempt = match self.client().await {
                Ok(mut client) => attempt(&mut client, &change, self.supports_notify()).await,
                Err(error) => Err(error),
            };
            match attempt {
                Ok(changed) => break changed,
                Err(error) => retry.again(error).await?,
            }
        };
        self.read_config().await?;
        self.confirm(warnings)?;
        Ok(changed)
    }
}

async fn attempt(client: &mut Client, change: &ConfigChange, supports_notify: bool) -> Result<Option<i64>, PgError> {
    let transaction = client.transaction().await?;
    // Held first by all, so that nobody waits for somebody who waits.
    transaction.execute("UPDATE board SET version = version + 1", &[]).await?;
    let changed = apply(&transaction, change).await?;
    if changed.is_none() {
        return Ok(None);
    }
    if supports_notify {
        tell(&transaction).await?;
    }
    commit(transaction).await?;
    Ok(changed)
}

async fn apply(transaction: &Transaction<'_>, change: &ConfigChange) -> Result<Option<i64>, PgError> {
    match change {
        ConfigChange::AddRule { program, times, rule, most } => {
            if transaction.query_one("SELECT count(*) FROM fault_rule", &[]).await?.get::<_, i64>(0) >= *most {
                return Ok(None);
            }
            let id = take_numbers(transaction, "fault_rule", 1).await?;
            let sql = "INSERT INTO fault_rule (rule_id, program, times, used, rule) VALUES ($1, $2, $3, 0, $4)";
            transaction.execute(sql, &[&id, program, times, rule]).await?;
            Ok(Some(id))
        }
        ConfigChange::UseRule(id) => {
            let sql = "UPDATE fault_rule SET used = used + 1 WHERE rule_id = $1 AND used < times RETURNING used, times";
            let Some(row) = transaction.query_opt(sql, &[id]).await? else { return Ok(None) };
            let (used, times): (i32, i32) = (row.get(0), row.get(1));
            if used >= times {
                transaction.execute("DELETE FROM fault_rule WHERE rule_id = $1", &[id]).await?;
            }
            Ok(Some(used.into()))
        }
        ConfigChange::RemoveRule(id) => {
            let removed = transaction.execute("DELETE FROM fault_rule WHERE rule_id = $1", &[id]).await?;
            Ok((removed > 0).then_some(0))
        }
        ConfigChange::ClearRules(program) => {
            let sql = "DELETE FROM fault_rule WHERE $1::text IS NULL OR program = $1";
            transaction.execute(sql, &[program]).await?;
            Ok(Some(0))
        }
        ConfigChange::SetClock { expected, clock } => {
            let sql = "UPDATE board SET clock = $2 WHERE clock IS NOT DISTINCT FROM $1";
            Ok((transaction.execute(sql, &[expected, clock]).await? > 0).then_some(0))
        }
    }
}

#[async_trait]
impl SharedState for PostgresLedger {
    fn config(&self) -> watch::Receiver<Arc<SharedConfig>> {
        self.node.config.subscribe()
    }

    async fn add_rule(
        &self,
        program: Option<&str>,
        times: u32,
        rule: String,
        most: usize,
    ) -> Result<Option<u64>, LedgerError> {
        let (times, most) = (times.try_into().unwrap_or(i32::MAX), most.try_into().unwrap_or(i64::MAX));
        let id = self.change(ConfigChange::AddRule { program: program.map(str::to_owned), times, rule, most }).await?;
        Ok(id.map(i64::unsigned_abs))
    }

    async fn use_rule(&self, id: u64) -> Result<Option<u32>, LedgerError> {
        let used = self.change(ConfigChange::UseRule(id.cast_signed())).await?;
        Ok(used.and_then(|used| used.try_into().ok()))
    }

    async fn remove_rule(&self, id: u64) -> Result<bool, LedgerError> {
        Ok(self.change(ConfigChange::RemoveRule(id.cast_signed())).await?.is_some())
    }

    async fn clear_rules(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.change(ConfigChange::ClearRules(program.map(str::to_owned))).await.map(drop)
    }

    async fn set_clock(&self, expected: Option<&str>, clock: Option<String>) -> Result<bool, LedgerError> {
        let change = ConfigChange::SetClock { expected: expected.map(str::to_owned), clock };
        Ok(self.change(change).await?.is_some())
    }

    fn bound_journal(&self, bounds: JournalBounds) {
        self.node.journal.bound(bounds);
    }

    fn record(&self, entry: Box<dyn FnOnce() -> StoredEntry + Send>) {
        self.node.journal.record(entry);
    }

    async fn find_entries(&self, filter: &EntryFilter) -> Result<EntryPage, LedgerError> {
        let filter = Arc::new(filter.clone());
        self.query_with_retry(move |node| {
            let filter = filter.clone();
            async move { node.find_entries(&filter).await }
        })
        .await
    }

    async fn find_entry(&self, id: u64) -> Result<Option<StoredEntry>, LedgerError> {
        self.query_with_retry(move |node| async move { node.find_entry(id).await }).await
    }

    async fn clear_entries(&self, program: Option<&str>) -> Result<(), LedgerError> {
        let program = program.map(Arc::<str>::from);
        self.query_with_retry(move |node| {
            let program = program.clone();
            async move { node.clear_entries(program.as_deref()).await }
        })
        .await
    }

    async fn add_message(&self, to: &str, message: String, most: usize) -> Result<(), LedgerError> {
        let (to, message) = (Arc::<str>::from(to), Arc::<str>::from(message));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.query_with_retry(move |node| {
            let (to, message) = (to.clone(), message.clone());
            async move { add_message(&mut *node.client().await?, &to, &message, most).await }
        })
        .await
    }

    async fn find_messages(&self, to: Option<&str>) -> Result<Vec<String>, LedgerError> {
        if to.is_some_and(|to| to.contains('\0')) {
            return Ok(Vec::new());
        }
        let to = to.map(Arc::<str>::from);
        self.query_with_retry(move |node| {
            let to = to.clone();
            async move {
                let sql = "SELECT message FROM message WHERE $1::text IS NULL OR recipient = $1 ORDER BY message_id";
                let rows = node.client().await?.query(sql, &[&to.as_deref()]).await?;
                Ok(rows.iter().map(|row| row.get(0)).collect())
            }
        })
        .await
    }

    async fn clear_messages(&self) -> Result<(), LedgerError> {
        self.query_with_retry(move |node| async move {
            node.client().await?.execute("DELETE FROM message", &[]).await?;
            Ok(())
        })
        .await
    }

    async fn find_session(&self, name: &str) -> Result<Option<String>, LedgerError> {
        let name = Arc::<str>::from(name);
        self.query_with_retry(move |node| {
            let name = name.clone();
            async move { sessions::find(&*node.client().await?, &name).await }
        })
        .await
    }

    async fn set_session(
        &self,
        name: &str,
        expected: Option<&str>,
        session: Option<String>,
        most: usize,
    ) -> Result<bool, LedgerError> {
        let change = SessionChange {
            name: name.to_owned(),
            expected: expected.map(str::to_owned),
            session,
            most: most.try_into().unwrap_or(i64::MAX),
            call: rand::random(),
        };
        let node = self.node.clone();
        self.run(async move { node.compare_and_set(&change).await }).await
    }

    async fn clear_sessions(&self) -> Result<(), LedgerError> {
        self.query_with_retry(move |node| async move { sessions::clear(&*node.client().await?).await }).await
    }

    async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError> {
        let (admission, call) = (Arc::new(admission), rand::random());
        self.query_with_retry(move |node| {
            let admission = admission.clone();
            async move { traffic::admit(&node.client().await?, &admission, call).await }
        })
        .await
    }

    async fn clear_traffic(&self) -> Result<(), LedgerError> {
        self.query_with_retry(move |node| async move { traffic::clear(&*node.client().await?).await }).await
    }
}

async fn add_message(client: &mut Client, to: &str, message: &str, most: i64) -> Result<(), PgError> {
    let transaction = client.transaction().await?;
    let id = take_numbers(&transaction, "message", 1).await?;
    let sql = "INSERT INTO message (message_id, recipient, message) VALUES ($1, $2, $3)";
    transaction.execute(sql, &[&id, &to, &message]).await?;
    transaction.execute("DELETE FROM message WHERE message_id <= $1", &[&(id - most)]).await?;
    commit(transaction).await
}

impl PostgresLedger {
    async fn change(&self, change: ConfigChange) -> Result<Option<i64>, LedgerError> {
        let node = self.node.clone();
        self.run(async move { node.change(change).await }).await
    }
}
