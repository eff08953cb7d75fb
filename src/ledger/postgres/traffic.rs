//! What nodes share about signed calls: nonces, and calls counted.

use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Row};

use super::errors::PgError;
use crate::ledger::{RateLimitDecision, RateLimitRequest, WINDOW};

/// The time of the database in milliseconds, which all nodes share.
pub const NOW: &str = "WITH now AS MATERIALIZED (
        SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms)";

/// One statement, so one transaction: a nonce is there if and only if its call was counted, and says what the count was. Who
/// comes with a nonce that another one is just noting fails on its key, and finds it when it is tried again.
///
/// A call's time is that of its arrival. It may have waited for others who are counted with it ($5 milliseconds at most),
/// so their window may have begun after it; it belongs to that window all the same. An even earlier one means that the clock was
/// set back.
const ADMIT: &str = "
    , known AS MATERIALIZED (
        SELECT call, calls, window_began_at FROM nonce WHERE nonce = $1
    ), counted AS (
        INSERT INTO call_window AS open (counter, began_at, calls)
        SELECT $2, ms, 1 FROM now WHERE $2::bytea IS NOT NULL AND NOT EXISTS (SELECT 1 FROM known)
        ON CONFLICT (counter) DO UPDATE SET
            calls = CASE WHEN excluded.began_at - open.began_at BETWEEN -$5::bigint AND $4::bigint - 1
                THEN open.calls + 1 ELSE 1 END,
            began_at = CASE WHEN excluded.began_at - open.began_at BETWEEN -$5::bigint AND $4::bigint - 1
                THEN open.began_at ELSE excluded.began_at END
        RETURNING calls, began_at
    ), noted AS (
        INSERT INTO nonce (nonce, call, noted_at, calls, window_began_at)
        SELECT $1, $3, ms, coalesce(calls, 0), coalesce(began_at, ms) FROM now LEFT JOIN counted ON true
        WHERE NOT EXISTS (SELECT 1 FROM known)
        RETURNING call, calls, window_began_at
    ), told AS (
        SELECT * FROM known UNION ALL SELECT * FROM noted
    )
    SELECT call = $3, calls, window_began_at + $4::bigint - ms FROM told CROSS JOIN now";

/// Longer than anybody waits for a lock.
const LONGEST_WAIT: i64 = 10_000;

/// One in so many calls tidies up what is over.
const TIDY: u32 = 256;

/// What a name is kept under: it may be of any length, and hold what a text of the database can't.
pub fn digest(name: &str) -> Vec<u8> {
    Sha256::digest(name).to_vec()
}

/// Notes a nonce, and counts a call if it is a new one. `call` is another one for each call: with it, the same call may ask again
/// after its connection was lost, and is told the same.
///
/// # Errors
/// [`PgError`].
pub async fn admit(
    client: &deadpool_postgres::Client,
    admission: &RateLimitRequest,
    call: i64,
) -> Result<RateLimitDecision, PgError> {
    let (nonce, counter) = (digest(&admission.nonce), admission.counter.as_deref().map(digest));
    let statement = client.prepare_cached(&format!("{NOW}{ADMIT}")).await?;
    let row = client.query_one(&statement, &[&nonce, &counter, &call, &milliseconds(WINDOW), &LONGEST_WAIT]).await?;
    if rand::random_ratio(1, TIDY) {
        tidy(client, admission.nonce_life).await;
    }
    Ok(admitted(&row))
}

fn admitted(row: &Row) -> RateLimitDecision {
    let is_new = row.get(0);
    let left = Duration::from_millis(row.get::<_, i64>(2).max(0).unsigned_abs());
    match row.get::<_, i32>(1).unsigned_abs() {
        calls if is_new && calls > 0 => RateLimitDecision { is_new, calls, window_left: left.min(WINDOW) },
        _ => RateLimitDecision { is_new, calls: 0, window_left: Duration::ZERO },
    }
}

fn milliseconds(duration: Duration) -> i64 {
    duration.as_millis().try_into().unwrap_or(i64::MAX)
}

/// Forgets nonces whose time is over, and windows that ended long ago. The call has its answer, whatever becomes of this.
async fn tidy(client: &Client, nonce_life: Duration) {
    for (table, time, age) in
        [("nonce", "noted_at", milliseconds(nonce_life)), ("call_window", "began_at", 2 * LONGEST_WAIT)]
    {
        let sql = format!("{NOW} DELETE FROM {table} USING now WHERE {time} < ms - $1::bigint");
        if let Err(error) = client.execute(&sql, &[&age]).await {
            tracing::debug!(table, reason = PgError::from(error).reason(), "what is over stays for now");
        }
    }
}
