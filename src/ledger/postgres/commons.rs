//! What all nodes share beside the ledger: rules that break calls, the clock, text messages. The journal has a file of its own.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio_postgres::{Client, Transaction};

use super::PostgresLedger;
use super::change::{commit, tell};
use super::errors::Trouble;
use super::node::{Node, Tries};
use super::sessions::{self, SessionChange};
use super::traffic;
use crate::ledger::{
    Admission, Admitted, Board, Commons, EntryFilter, EntryPage, JournalBounds, LedgerError, StoredEntry,
};

/// The last number of a list after so many more. The list's row is held until the transaction ends.
///
/// # Errors
/// [`Trouble`].
pub async fn take_numbers(transaction: &Transaction<'_>, list: &str, count: i64) -> Result<i64, Trouble> {
    let sql = "UPDATE last_number SET number = number + $2 WHERE list = $1 RETURNING number";
    Ok(transaction.query_one(sql, &[&list, &count]).await?.get(0))
}

/// Something to be done to the board, as one transaction.
#[derive(Clone, Debug)]
enum Pin {
    AddRule { program: Option<String>, times: i32, rule: String, most: i64 },
    UseRule(i64),
    RemoveRule(i64),
    ClearRules(Option<String>),
    SetClock { expected: Option<String>, clock: Option<String> },
}

impl Node {
    /// Changes the board; gives what the change has to tell, `None` where there was nothing to change. This node has the new board
    /// then, and the others are told.
    async fn pin(&self, pin: Pin) -> Result<Option<i64>, LedgerError> {
        let mut tries = Tries::patient();
        let warnings = self.connector.warnings();
        let pinned = loop {
            let attempt = match self.client().await {
                Ok(mut client) => attempt(&mut client, &pin, self.tells()).await,
                Err(trouble) => Err(trouble),
            };
            match attempt {
                Ok(pinned) => break pinned,
                Err(trouble) => tries.again(trouble).await?,
            }
        };
        self.read_board().await?;
        self.confirm(warnings)?;
        Ok(pinned)
    }
}

async fn attempt(client: &mut Client, pin: &Pin, tells: bool) -> Result<Option<i64>, Trouble> {
    let transaction = client.transaction().await?;
    // Held first by all, so that nobody waits for somebody who waits.
    transaction.execute("UPDATE board SET version = version + 1", &[]).await?;
    let pinned = apply(&transaction, pin).await?;
    if pinned.is_none() {
        return Ok(None);
    }
    if tells {
        tell(&transaction).await?;
    }
    commit(transaction).await?;
    Ok(pinned)
}

async fn apply(transaction: &Transaction<'_>, pin: &Pin) -> Result<Option<i64>, Trouble> {
    match pin {
        Pin::AddRule { program, times, rule, most } => {
            if transaction.query_one("SELECT count(*) FROM fault_rule", &[]).await?.get::<_, i64>(0) >= *most {
                return Ok(None);
            }
            let id = take_numbers(transaction, "fault_rule", 1).await?;
            let sql = "INSERT INTO fault_rule (rule_id, program, times, used, rule) VALUES ($1, $2, $3, 0, $4)";
            transaction.execute(sql, &[&id, program, times, rule]).await?;
            Ok(Some(id))
        }
        Pin::UseRule(id) => {
            let sql = "UPDATE fault_rule SET used = used + 1 WHERE rule_id = $1 AND used < times RETURNING used, times";
            let Some(row) = transaction.query_opt(sql, &[id]).await? else { return Ok(None) };
            let (used, times): (i32, i32) = (row.get(0), row.get(1));
            if used >= times {
                transaction.execute("DELETE FROM fault_rule WHERE rule_id = $1", &[id]).await?;
            }
            Ok(Some(used.into()))
        }
        Pin::RemoveRule(id) => {
            let removed = transaction.execute("DELETE FROM fault_rule WHERE rule_id = $1", &[id]).await?;
            Ok((removed > 0).then_some(0))
        }
        Pin::ClearRules(program) => {
            let sql = "DELETE FROM fault_rule WHERE $1::text IS NULL OR program = $1";
            transaction.execute(sql, &[program]).await?;
            Ok(Some(0))
        }
        Pin::SetClock { expected, clock } => {
            let sql = "UPDATE board SET clock = $2 WHERE clock IS NOT DISTINCT FROM $1";
            Ok((transaction.execute(sql, &[expected, clock]).await? > 0).then_some(0))
        }
    }
}

#[async_trait]
impl Commons for PostgresLedger {
    fn board(&self) -> watch::Receiver<Arc<Board>> {
        self.node.board.subscribe()
    }

    async fn add_rule(
        &self,
        program: Option<&str>,
        times: u32,
        rule: String,
        most: usize,
    ) -> Result<Option<u64>, LedgerError> {
        let (times, most) = (times.try_into().unwrap_or(i32::MAX), most.try_into().unwrap_or(i64::MAX));
        let id = self.pin(Pin::AddRule { program: program.map(str::to_owned), times, rule, most }).await?;
        Ok(id.map(i64::unsigned_abs))
    }

    async fn use_rule(&self, id: u64) -> Result<Option<u32>, LedgerError> {
        let used = self.pin(Pin::UseRule(id.cast_signed())).await?;
        Ok(used.and_then(|used| used.try_into().ok()))
    }

    async fn remove_rule(&self, id: u64) -> Result<bool, LedgerError> {
        Ok(self.pin(Pin::RemoveRule(id.cast_signed())).await?.is_some())
    }

    async fn clear_rules(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.pin(Pin::ClearRules(program.map(str::to_owned))).await.map(drop)
    }

    async fn set_clock(&self, expected: Option<&str>, clock: Option<String>) -> Result<bool, LedgerError> {
        let pin = Pin::SetClock { expected: expected.map(str::to_owned), clock };
        Ok(self.pin(pin).await?.is_some())
    }

    fn bound_journal(&self, bounds: JournalBounds) {
        self.node.journal.bound(bounds);
    }

    fn note(&self, entry: Box<dyn FnOnce() -> StoredEntry + Send>) {
        self.node.journal.note(entry);
    }

    async fn find_entries(&self, filter: &EntryFilter) -> Result<EntryPage, LedgerError> {
        let filter = Arc::new(filter.clone());
        self.look(move |node| {
            let filter = filter.clone();
            async move { node.find_entries(&filter).await }
        })
        .await
    }

    async fn find_entry(&self, id: u64) -> Result<Option<StoredEntry>, LedgerError> {
        self.look(move |node| async move { node.find_entry(id).await }).await
    }

    async fn clear_entries(&self, program: Option<&str>) -> Result<(), LedgerError> {
        let program = program.map(Arc::<str>::from);
        self.look(move |node| {
            let program = program.clone();
            async move { node.clear_entries(program.as_deref()).await }
        })
        .await
    }

    async fn add_message(&self, to: &str, message: String, most: usize) -> Result<(), LedgerError> {
        let (to, message) = (Arc::<str>::from(to), Arc::<str>::from(message));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.look(move |node| {
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
        self.look(move |node| {
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
        self.look(move |node| async move {
            node.client().await?.execute("DELETE FROM message", &[]).await?;
            Ok(())
        })
        .await
    }

    async fn find_session(&self, name: &str) -> Result<Option<String>, LedgerError> {
        let name = Arc::<str>::from(name);
        self.look(move |node| {
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
        self.run(async move { node.swap(&change).await }).await
    }

    async fn clear_sessions(&self) -> Result<(), LedgerError> {
        self.look(move |node| async move { sessions::clear(&*node.client().await?).await }).await
    }

    async fn admit(&self, admission: Admission) -> Result<Admitted, LedgerError> {
        let (admission, call) = (Arc::new(admission), rand::random());
        self.look(move |node| {
            let admission = admission.clone();
            async move { traffic::admit(&node.client().await?, &admission, call).await }
        })
        .await
    }

    async fn clear_traffic(&self) -> Result<(), LedgerError> {
        self.look(move |node| async move { traffic::clear(&*node.client().await?).await }).await
    }
}

async fn add_message(client: &mut Client, to: &str, message: &str, most: i64) -> Result<(), Trouble> {
    let transaction = client.transaction().await?;
    let id = take_numbers(&transaction, "message", 1).await?;
    let sql = "INSERT INTO message (message_id, recipient, message) VALUES ($1, $2, $3)";
    transaction.execute(sql, &[&id, &to, &message]).await?;
    transaction.execute("DELETE FROM message WHERE message_id <= $1", &[&(id - most)]).await?;
    commit(transaction).await
}

impl PostgresLedger {
    async fn pin(&self, pin: Pin) -> Result<Option<i64>, LedgerError> {
        let node = self.node.clone();
        self.run(async move { node.pin(pin).await }).await
    }
}
