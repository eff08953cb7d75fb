//! What nodes share about callers of the companions: sessions, nonces, and calls counted.

use tokio_postgres::{Client, Row};

use super::errors::Trouble;
use crate::ledger::{Admission, Admitted, WINDOW};

/// The time of the database in milliseconds, which all nodes share.
const NOW: &str = "WITH now AS MATERIALIZED (
        SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms)";

const ADMIT: &str = "
    , noted AS (
        INSERT INTO nonce AS known (nonce, call, noted_at) SELECT $1, $4, ms FROM now
        ON CONFLICT (nonce) DO UPDATE SET noted_at = excluded.noted_at WHERE known.call = excluded.call
        RETURNING noted_at AS ms
    ), counted AS (
        INSERT INTO call_window AS open (counter, began_at, calls) SELECT $2, ms, 1 FROM noted WHERE $2::text IS NOT NULL
        ON CONFLICT (counter) DO UPDATE SET
            calls = CASE WHEN excluded.began_at - open.began_at BETWEEN 0 AND $3 - 1 THEN open.calls + 1 ELSE 1 END,
            began_at = CASE WHEN excluded.began_at - open.began_at BETWEEN 0 AND $3 - 1
                THEN open.began_at ELSE excluded.began_at END
        RETURNING calls, began_at
    )
    SELECT EXISTS (SELECT 1 FROM noted), coalesce((SELECT calls FROM counted), 0),
        coalesce((SELECT began_at + $3 - ms FROM counted, now), 0)";

/// One in so many calls tidies up what is over.
const TIDY: u32 = 256;

/// Notes a nonce, and counts a call if it is a new one. `call` is another one for each call: with it, the same call may ask again
/// after its connection was lost.
///
/// # Errors
/// [`Trouble`].
pub async fn admit(client: &Client, admission: &Admission, call: i64) -> Result<Admitted, Trouble> {
    let window = i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX);
    let statement = format!("{NOW}{ADMIT}");
    let row = client.query_one(&statement, &[&admission.nonce, &admission.counter, &window, &call]).await?;
    if rand::random_ratio(1, TIDY) {
        let life = i64::try_from(admission.nonce_life.as_millis()).unwrap_or(i64::MAX);
        let sql = format!("{NOW} DELETE FROM nonce USING now WHERE noted_at < ms - $1");
        client.execute(&sql, &[&life]).await?;
    }
    Ok(admitted(&row))
}

fn admitted(row: &Row) -> Admitted {
    Admitted {
        is_new: row.get(0),
        calls: row.get::<_, i32>(1).unsigned_abs(),
        window_left: std::time::Duration::from_millis(row.get::<_, i64>(2).unsigned_abs()),
    }
}

/// Forgets all nonces and counts.
///
/// # Errors
/// [`Trouble`].
pub async fn clear(client: &Client) -> Result<(), Trouble> {
    Ok(client.batch_execute("DELETE FROM nonce; DELETE FROM call_window").await?)
}

/// The session of that name.
///
/// # Errors
/// [`Trouble`].
pub async fn find_session(client: &Client, name: &str) -> Result<Option<String>, Trouble> {
    let row = client.query_opt("SELECT session FROM session WHERE name = $1", &[&name]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Replaces a session if it still is the one expected; says whether it did.
///
/// # Errors
/// [`Trouble`].
pub async fn set_session(
    client: &Client,
    name: &str,
    expected: Option<&str>,
    session: Option<&str>,
    most: i64,
) -> Result<bool, Trouble> {
    let changed = match (expected, session) {
        (None, None) => return Ok(find_session(client, name).await?.is_none()),
        (None, Some(session)) => {
            let sql = "DELETE FROM session WHERE name IN (SELECT name FROM session ORDER BY set_at DESC OFFSET $1)";
            client.execute(sql, &[&(most - 1)]).await?;
            let sql = format!(
                "{NOW} INSERT INTO session (name, session, set_at) SELECT $1, $2, ms FROM now ON CONFLICT DO NOTHING"
            );
            client.execute(&sql, &[&name, &session]).await?
        }
        (Some(expected), Some(session)) => {
            let sql =
                format!("{NOW} UPDATE session SET session = $3, set_at = ms FROM now WHERE name = $1 AND session = $2");
            client.execute(&sql, &[&name, &expected, &session]).await?
        }
        (Some(expected), None) => {
            client.execute("DELETE FROM session WHERE name = $1 AND session = $2", &[&name, &expected]).await?
        }
    };
    Ok(changed > 0)
}

/// Forgets all sessions.
///
/// # Errors
/// [`Trouble`].
pub async fn clear_sessions(client: &Client) -> Result<(), Trouble> {
    Ok(client.execute("DELETE FROM session", &[]).await.map(drop)?)
}
