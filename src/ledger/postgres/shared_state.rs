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
use crate::domain::TextMessage;
use crate::ledger::shared_state::digits;
use crate::ledger::{
    ConfigChange, EntryFilter, FoundEntries, FoundEntry, JournalBounds, LedgerError, MOST_MESSAGES, MOST_RULES,
    RateLimitDecision, RateLimitRequest, RecordedCall, SharedConfig, SharedState,
};

/// The last number of a list after so many more. The list's row is held until the transaction ends.
///
/// # Errors
/// [`PgError`].
pub async fn take_numbers(transaction: &Transaction<'_>, list: &str, count: i64) -> Result<i64, PgError> {
    let sql = "UPDATE last_number SET number = number + $2 WHERE list = $1 RETURNING number";
    Ok(transaction.query_one(sql, &[&list, &count]).await?.get(0))
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
        ConfigChange::AddRule { program, times, rule } => {
            let count = transaction.query_one("SELECT count(*) FROM fault_rule", &[]).await?.get::<_, i64>(0);
            if usize::try_from(count).is_ok_and(|count| count >= MOST_RULES) {
                return Ok(None);
            }
            let id = take_numbers(transaction, "fault_rule", 1).await?;
            let sql = "INSERT INTO fault_rule (rule_id, program, times, used, rule) VALUES ($1, $2, $3, 0, $4)";
            transaction.execute(sql, &[&id, program, &i32::try_from(*times).unwrap_or(i32::MAX), rule]).await?;
            Ok(Some(id))
        }
        ConfigChange::UseRule(id) => {
            let sql = "UPDATE fault_rule SET used = used + 1 WHERE rule_id = $1 AND used < times RETURNING used, times";
            let Some(row) = transaction.query_opt(sql, &[&id.cast_signed()]).await? else { return Ok(None) };
            let (used, times): (i32, i32) = (row.get(0), row.get(1));
            if used >= times {
                transaction.execute("DELETE FROM fault_rule WHERE rule_id = $1", &[&id.cast_signed()]).await?;
            }
            Ok(Some(used.into()))
        }
        ConfigChange::RemoveRule(id) => {
            let removed =
                transaction.execute("DELETE FROM fault_rule WHERE rule_id = $1", &[&id.cast_signed()]).await?;
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

    async fn change_config(&self, change: ConfigChange) -> Result<Option<u64>, LedgerError> {
        let node = self.node.clone();
        Ok(self.run(async move { node.change(change).await }).await?.map(i64::unsigned_abs))
    }

    fn bound_journal(&self, bounds: JournalBounds) {
        self.node.journal.bound(bounds);
    }

    fn record(&self, call: Arc<dyn RecordedCall>, is_current: &dyn Fn() -> bool) -> bool {
        let is_current = is_current();
        if is_current {
            self.node.journal.record(call);
        }
        is_current
    }

    async fn find_entries(&self, filter: &EntryFilter) -> Result<FoundEntries, LedgerError> {
        let filter = Arc::new(filter.clone());
        self.query_with_retry(move |node| {
            let filter = filter.clone();
            async move { node.find_entries(&filter).await }
        })
        .await
    }

    async fn find_entry(&self, id: u64) -> Result<Option<FoundEntry>, LedgerError> {
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

    async fn send_message(&self, message: TextMessage) -> Result<(), LedgerError> {
        let to = Arc::<str>::from(digits(&message.to));
        // Texts and nothing else: writing them doesn't fail.
        let message = Arc::<str>::from(serde_json::to_string(&message).unwrap_or_default());
        self.query_with_retry(move |node| {
            let (to, message) = (to.clone(), message.clone());
            async move { add_message(&mut *node.client().await?, &to, &message).await }
        })
        .await
    }

    async fn find_messages(&self, to: Option<&str>) -> Result<Vec<TextMessage>, LedgerError> {
        if to.is_some_and(|to| to.contains('\0')) {
            return Ok(Vec::new());
        }
        let to = to.map(digits).map(Arc::<str>::from);
        self.query_with_retry(move |node| {
            let to = to.clone();
            async move {
                let sql = "SELECT message FROM message WHERE $1::text IS NULL OR recipient = $1 ORDER BY message_id";
                let rows = node.client().await?.query(sql, &[&to.as_deref()]).await?;
                Ok(rows.iter().filter_map(|row| read_message(row.get(0))).collect())
            }
        })
        .await
    }

    async fn clear_messages(&self) -> Result<(), LedgerError> {
        self.execute("DELETE FROM message").await
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
    ) -> Result<bool, LedgerError> {
        let expected = expected.map(str::to_owned);
        let change = SessionChange { name: name.to_owned(), expected, session, call: rand::random() };
        let node = self.node.clone();
        self.run(async move { node.compare_and_set(&change).await }).await
    }

    async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError> {
        let (admission, call) = (Arc::new(admission), rand::random());
        self.query_with_retry(move |node| {
            let admission = admission.clone();
            async move { traffic::admit(&node.client().await?, &admission, call).await }
        })
        .await
    }

    async fn clear_callers(&self) -> Result<(), LedgerError> {
        self.execute("DELETE FROM session; DELETE FROM nonce; DELETE FROM call_window").await
    }
}

impl PostgresLedger {
    async fn execute(&self, sql: &'static str) -> Result<(), LedgerError> {
        self.query_with_retry(move |node| async move { Ok(node.client().await?.batch_execute(sql).await?) }).await
    }
}

async fn add_message(client: &mut Client, to: &str, message: &str) -> Result<(), PgError> {
    let transaction = client.transaction().await?;
    let id = take_numbers(&transaction, "message", 1).await?;
    let sql = "INSERT INTO message (message_id, recipient, message) VALUES ($1, $2, $3)";
    transaction.execute(sql, &[&id, &to, &message]).await?;
    let most = i64::try_from(MOST_MESSAGES).unwrap_or(i64::MAX);
    transaction.execute("DELETE FROM message WHERE message_id <= $1", &[&(id - most)]).await?;
    commit(transaction).await
}

fn read_message(json: &str) -> Option<TextMessage> {
    let warn = |error: &serde_json::Error| tracing::warn!(%error, "a message of another node can't be read");
    serde_json::from_str(json).inspect_err(warn).ok()
}
