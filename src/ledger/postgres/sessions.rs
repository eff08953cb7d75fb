//! Sessions of callers, which all nodes share.

use tokio_postgres::Client;

use super::compare_and_set::CompareAndSet;
use super::errors::PgError;
use super::traffic::{NOW, digest};
use crate::ledger::MOST_SESSIONS;

/// One in so many new sessions forgets the oldest ones.
const TIDY: u32 = 64;

const INSERT: &str = "
    INSERT INTO session (name, session, set_by, set_at) SELECT $1, $2, $3, ms FROM now ON CONFLICT DO NOTHING";

const UPDATE: &str = "
    UPDATE session SET session = $2, set_by = $3, set_at = ms FROM now WHERE name = $1 AND session = $4";

/// The session of that name.
///
/// # Errors
/// [`PgError`].
pub async fn find(client: &Client, name: &str) -> Result<Option<String>, PgError> {
    let row = client.query_opt("SELECT session FROM session WHERE name = $1", &[&digest(name)]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// A session to be made, replaced or removed.
pub struct SessionChange {
    pub name: String,
    pub expected: Option<String>,
    pub session: Option<String>,
    /// Another one for each change: by it, a change that nobody heard of is known again.
    pub call: i64,
}

/// A statement that is still on its way when its connection is lost may be done later than those that came after it. For
/// a session that is no harm: whoever has begun something goes on only from what it finds.
impl CompareAndSet for SessionChange {
    async fn attempt(&self, client: &mut Client, is_uncertain: bool) -> Result<bool, PgError> {
        let name = digest(&self.name);
        let changed = match (&self.expected, &self.session) {
            (None, None) => return Ok(find(client, &self.name).await?.is_none()),
            (None, Some(session)) => client.execute(&format!("{NOW}{INSERT}"), &[&name, session, &self.call]).await?,
            (Some(expected), Some(session)) => {
                client.execute(&format!("{NOW}{UPDATE}"), &[&name, session, &self.call, expected]).await?
            }
            (Some(expected), None) => {
                client.execute("DELETE FROM session WHERE name = $1 AND session = $2", &[&name, expected]).await?
            }
        };
        if changed > 0 {
            self.tidy(client).await;
            return Ok(true);
        }
        Ok(is_uncertain && self.was_made(client).await?)
    }
}

impl SessionChange {
    async fn was_made(&self, client: &Client) -> Result<bool, PgError> {
        let row = client.query_opt("SELECT set_by FROM session WHERE name = $1", &[&digest(&self.name)]).await?;
        Ok(row.map(|row| row.get(0)) == self.session.as_ref().map(|_| self.call))
    }

    /// Now and then, forgets those that were set the longest time ago. The change is made, whatever becomes of this.
    async fn tidy(&self, client: &Client) {
        if self.expected.is_some() || !rand::random_ratio(1, TIDY) {
            return;
        }
        let sql = "DELETE FROM session WHERE name IN (SELECT name FROM session ORDER BY set_at DESC OFFSET $1)";
        let most = i64::try_from(MOST_SESSIONS).unwrap_or(i64::MAX);
        if let Err(error) = client.execute(sql, &[&most]).await {
            tracing::debug!(reason = PgError::from(error).reason(), "old sessions stay for now");
        }
    }
}
