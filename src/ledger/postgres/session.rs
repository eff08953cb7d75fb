//! A session of the database that saves, and how sessions are set up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Error};

use super::batch::{Decision, Kind, Statements};
use super::connector::Connector;
use super::errors::PgError;
use super::write_queue::Job;
use crate::ledger::ProgramId;

/// What all sessions are told. An engine that doesn't know one of them goes without.
const SETTINGS: [&str; 3] = [
    // Who waits longer than this for a lock has no caller left.
    "SET lock_timeout = '5s'",
    // Locks of a node that is gone, and whose connection isn't.
    "SET idle_in_transaction_session_timeout = '20s'",
    "SET client_min_messages = warning",
];

/// The statements of a writer touch a few rows by their keys, whatever the planner believes of a table that has just grown.
const SETTINGS_OF_WRITERS: [&str; 2] = ["SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off"];

/// A session of a writer. It is cut off when this is dropped.
pub struct Session {
    pub client: Client,
    statements: Option<Statements>,
    /// Set once the server has warned of something, such as of a commit that its standby may not have.
    is_warned: Arc<AtomicBool>,
    driver: JoinHandle<()>,
}

impl Session {
    /// # Errors
    /// [`PgError`].
    pub async fn open(connector: &Connector) -> Result<Self, PgError> {
        let (client, driver) = connector.connect().await?;
        let is_warned = Arc::new(AtomicBool::new(false));
        let warned = is_warned.clone();
        let driver = drive(driver.run(move |message| {
            if let AsyncMessage::Notice(notice) = message {
                tracing::warn!(code = notice.code().code(), message = notice.message(), "the database warns");
                warned.store(true, Relaxed);
            }
        }));
        // Held from here on, so that the driver ends with it.
        let mut session = Self { client, statements: None, is_warned, driver };
        settle(&session.client).await?;
        set_all(&session.client, &SETTINGS_OF_WRITERS).await?;
        session.statements = Some(Statements::prepare(&session.client).await?);
        session.was_warned();
        Ok(session)
    }

    /// Runs a batch; see [`Statements::run`].
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn run(
        &self,
        program: ProgramId,
        epoch: i64,
        kind: Kind,
        jobs: &[Job],
    ) -> Result<Option<Vec<Decision>>, PgError> {
        match &self.statements {
            Some(statements) => statements.run(&self.client, program, epoch, kind, jobs).await,
            None => Err(not_set_up()),
        }
    }

    /// The session, for a transaction, and what was prepared when it was opened.
    ///
    /// # Errors
    /// [`PgError::Lost`] if it isn't yet.
    pub fn parts(&mut self) -> Result<(&mut Client, &Statements), PgError> {
        match &self.statements {
            Some(statements) => Ok((&mut self.client, statements)),
            None => Err(not_set_up()),
        }
    }

    /// Whether the server has warned since this was last asked.
    pub fn was_warned(&self) -> bool {
        self.is_warned.swap(false, Relaxed)
    }

    pub fn is_gone(&self) -> bool {
        self.client.is_closed() || self.driver.is_finished()
    }
}

fn not_set_up() -> PgError {
    PgError::Lost("the session isn't set up".into())
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// A session for what takes longer than a connection of the pool may be kept. It is cut off when this is dropped.
pub struct Plain {
    pub client: Client,
    driver: JoinHandle<()>,
}

impl Plain {
    /// # Errors
    /// [`PgError`].
    pub async fn open(connector: &Connector) -> Result<Self, PgError> {
        let (client, driver) = connector.connect().await?;
        let session = Self { client, driver: connector.watch(driver) };
        settle(&session.client).await?;
        Ok(session)
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Runs a driver in the background. Why a session ended is told by whatever was asked of it.
pub fn drive(driver: impl Future<Output = Result<(), Error>> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(async move { drop(driver.await) })
}

/// Sets up a new session of any kind. What is answered as done has to be on disk, here and on a synchronous standby.
///
/// # Errors
/// [`PgError`].
pub async fn settle(client: &Client) -> Result<(), PgError> {
    set_all(client, &SETTINGS).await?;
    let durability: String = match client.query_one("SELECT current_setting('synchronous_commit')", &[]).await {
        Ok(row) => row.get(0),
        Err(error) if error.as_db_error().is_some() => return Ok(()), // an engine that knows no other way
        Err(error) => return Err(error.into()),
    };
    match durability.as_str() {
        "off" | "local" | "remote_write" => set(client, "SET synchronous_commit = on").await,
        _ => Ok(()),
    }
}

/// Sets all in one go; one by one, if the engine doesn't have one of them.
async fn set_all(client: &Client, settings: &[&str]) -> Result<(), PgError> {
    match client.batch_execute(&settings.join("; ")).await {
        Ok(()) => Ok(()),
        Err(error) if error.as_db_error().is_none() => Err(error.into()),
        Err(_) => {
            for setting in settings {
                set(client, setting).await?;
            }
            Ok(())
        }
    }
}

/// Sets something where the engine has it.
pub async fn set(client: &Client, setting: &str) -> Result<(), PgError> {
    match client.batch_execute(setting).await {
        Err(error) if error.as_db_error().is_none() => Err(error.into()),
        _ => Ok(()),
    }
}
