//! Opens the ledger: reaches the database, and brings its schema up to date.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_postgres::{Client, Error};

use super::connector::Connector;
use super::errors::{PgError, explain};
use super::names;
use super::session::Plain;
use crate::ledger::migrations::{self, Applied};

/// How long a database may take to be there: nodes and database are often started together.
const PATIENCE: Duration = Duration::from_secs(10);

/// The lock under which the schema is changed, so that nodes may start at once. Any number will do.
const LOCK: i64 = 0x7379_6e63_6173_6d78;

/// Prepares the database.
///
/// # Errors
/// The reason, in words a user can act on.
pub async fn prepare(connector: &Connector) -> Result<(), String> {
    let mut session = reach(connector).await?;
    let client = &mut session.client;
    check_encoding(client).await?;
    // Others may be at it for a while.
    client.batch_execute("SET lock_timeout = 0").await.map_err(|error| explain(&error))?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(|error| explain(&error))?;
    let migrated = migrate(client).await;
    // The lock ends with the session in any case.
    let _ = client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await;
    match migrated {
        Ok(true) => Ok(()),
        Ok(false) => {
            Err("it was written by a newer version of sync-asmx; use that version, or another database".into())
        }
        Err(error) => Err(format!("its schema can't be brought up to date: {}", explain(&error))),
    }
}

/// Waits for a database that isn't there yet.
async fn reach(connector: &Connector) -> Result<Plain, String> {
    let start = Instant::now();
    let mut is_told = false;
    loop {
        match Plain::open(connector).await {
            Ok(session) => return Ok(session),
            Err(PgError::Lost(_)) if start.elapsed() < PATIENCE => {
                if !is_told {
                    tracing::info!("waiting for the database");
                    is_told = true;
                }
                sleep(Duration::from_millis(200)).await;
            }
            Err(error) => return Err(error.reason().to_owned()),
        }
    }
}

async fn check_encoding(client: &Client) -> Result<(), String> {
    let row = client.query_one("SHOW server_encoding", &[]).await.map_err(|error| explain(&error))?;
    match row.get::<_, &str>(0) {
        "UTF8" => Ok(()),
        other => Err(format!("the database's encoding is {other}; make one with ENCODING 'UTF8'")),
    }
}

/// Brings the schema up to date, as one transaction. `false` if it is newer than the program.
async fn migrate(client: &mut Client) -> Result<bool, Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(migrations::MAKE_HISTORY).await?;
    let rows = transaction.query(migrations::READ_HISTORY, &[]).await?;
    let applied: Vec<Applied> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let Some(steps) = migrations::missing(migrations::POSTGRES, &applied) else { return Ok(false) };
    transaction.batch_execute(&steps).await?;
    if migrations::takes(migrations::NAME_KEYS, &applied) {
        names::fill_in(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(true)
}
