//! The journal of all nodes: each notes its calls in memory, and writes what has come together a little later, away from the calls.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use super::change::commit;
use super::errors::PgError;
use super::node::{Node, Retry};
use super::shared_state::take_numbers;
use crate::ledger::{EntryFilter, FoundEntries, FoundEntry, JournalBounds, RecordedCall};

/// How long entries wait for others, if the database is quick.
const LINGER: Duration = Duration::from_millis(20);
/// How long they wait at most, if it isn't.
const LONGEST: Duration = Duration::from_millis(500);
/// How much longer than a write the pause behind it is: a tenth of the time, at most, is spent writing.
const PAUSE: u32 = 9;

/// After so many entries those that are too old are removed.
const AGE_EVERY: i64 = 1000;

/// A program that was replaced has another number, and the calls of the older one are no longer noted: its reset may have cleared
/// the journal before.
const ADD: &str = "
    INSERT INTO journal (entry_id, noted_at, program, operation, member_id, return_code, code, entry, api, http_status, fault,
                         rule_id)
    SELECT $1 + place, $2, program, operation, member_id, return_code, code, entry, api, http_status, fault, rule_id
    FROM unnest($3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::int[],
                $12::text[], $13::bigint[])
        WITH ORDINALITY AS new (program, operation, member_id, return_code, code, entry, program_id, api, http_status, fault,
                                rule_id, place)
    WHERE program_id IS NULL OR EXISTS (SELECT 1 FROM program AS known WHERE known.program_id = new.program_id)";

const FITTING: &str = "
    FROM journal
    WHERE ($1::text IS NULL OR program = $1) AND ($2::text IS NULL OR operation = $2)
        AND ($3::int IS NULL OR member_id = $3) AND ($4::int IS NULL OR return_code = $4)
        AND ($5::text IS NULL OR code = $5) AND entry_id > $6 AND noted_at > $7
        AND ($8::text IS NULL OR api = $8) AND ($9::int IS NULL OR http_status = $9)
        AND ($10::text IS NULL OR position(lower($10) IN lower(fault)) > 0) AND ($11::bigint IS NULL OR rule_id = $11)";

/// The first entry that is kept, and the last one that there ever was.
const BOUNDS: &str = "
    SELECT dropped, number, (SELECT min(entry_id) FROM journal) FROM last_number WHERE list = 'journal'";

type Note = Arc<dyn RecordedCall>;

/// What this node has noted, and not yet written.
#[derive(Default)]
pub struct Journal {
    notes: Mutex<Notes>,
    come: Notify,
    /// One writes at a time, so that whoever waits for it knows that all is written.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Notes {
    waiting: VecDeque<Note>,
    dropped: u64,
    bounds: JournalBounds,
}

impl Journal {
    pub fn bound(&self, bounds: JournalBounds) {
        self.lock().bounds = bounds;
    }

    /// Takes a note. What would have to go at once isn't even written.
    pub fn record(&self, note: Note) {
        let dropped = {
            let mut notes = self.lock();
            notes.waiting.push_back(note);
            let is_too_much = notes.waiting.len() > notes.bounds.entries as usize;
            let dropped = is_too_much.then(|| notes.waiting.pop_front()).flatten();
            notes.dropped += u64::from(is_too_much);
            if notes.waiting.len() == 1 {
                self.come.notify_one();
            }
            dropped
        };
        // Given back to the memory when nobody waits any more.
        drop(dropped);
    }

    fn take(&self) -> (VecDeque<Note>, u64, JournalBounds) {
        let mut notes = self.lock();
        (std::mem::take(&mut notes.waiting), std::mem::take(&mut notes.dropped), notes.bounds)
    }

    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what is noted, as long as the node lives.
pub async fn keep(node: Arc<Node>) {
    loop {
        node.journal.come.notified().await;
        sleep(LINGER).await;
        let begun = Instant::now();
        if let Err(error) = node.write_notes().await {
            tracing::warn!(reason = error.reason(), "the journal could not be written; some calls are missing in it");
        }
        sleep((begun.elapsed() * PAUSE).min(LONGEST)).await;
    }
}

impl Node {
    /// Writes what this node has noted so far. What can't be written is lost: calls don't wait for it.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn write_notes(&self) -> Result<(), PgError> {
        let _turn = self.journal.writing.lock().await;
        let (notes, dropped, bounds) = self.journal.take();
        if notes.is_empty() && dropped == 0 {
            return Ok(());
        }
        // Each masks its message: on this thread, saves would wait for it.
        let write_out = |note: Note| (note.json(), note);
        let written = tokio::task::spawn_blocking(move || notes.into_iter().map(write_out).collect::<Vec<_>>()).await;
        let entries = written.map_err(|_| PgError::Lost("the entries could not be written".into()))?;
        let mut retry = Retry::until(Instant::now() + LONGEST);
        loop {
            let mut client = self.client().await?;
            match write(&mut client, &entries, dropped, bounds).await {
                Ok(()) => return Ok(()),
                Err(error) => retry.again(error).await?,
            }
        }
    }

    /// The entries that fit. Other nodes have written what they noted before, unless they are under load.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn find_entries(&self, filter: &EntryFilter) -> Result<FoundEntries, PgError> {
        let texts = [&filter.program, &filter.operation, &filter.code, &filter.api, &filter.fault];
        if texts.into_iter().flatten().any(|text| text.contains('\0')) {
            return Ok(FoundEntries::default());
        }
        self.settle_journal().await?;
        let client = self.client().await?;
        let EntryFilter { program, operation, member_id, code, api, fault, .. } = filter;
        let (return_code, status) = (filter.return_code.map(i32::from), filter.http_status.map(i32::from));
        let (after, rule) = (filter.after.map_or(-1, u64::cast_signed), filter.rule.map(u64::cast_signed));
        let oldest = self.oldest();
        let mut parameters: Vec<&(dyn ToSql + Sync)> =
            vec![program, operation, member_id, &return_code, code, &after, &oldest, api, &status, fault, &rule];
        let total: i64 = client.query_one(&format!("SELECT count(*) {FITTING}"), &parameters).await?.get(0);
        // With `after`, the oldest; without, the newest.
        let order = if filter.after.is_some() { "ASC" } else { "DESC" };
        let sql = format!("SELECT entry_id, entry {FITTING} AND entry_id < $12 ORDER BY entry_id {order} LIMIT $13");
        let before = filter.before.map_or(i64::MAX, |before| before.min(i64::MAX.unsigned_abs()).cast_signed());
        let limit = i64::try_from(filter.limit()).unwrap_or(i64::MAX);
        parameters.extend([&before as &(dyn ToSql + Sync), &limit]);
        let mut entries: Vec<_> = client.query(&sql, &parameters).await?.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.id);
        let bounds = client.query_one(BOUNDS, &[]).await?;
        let (dropped, last, first): (i64, i64, Option<i64>) = (bounds.get(0), bounds.get(1), bounds.get(2));
        // What was dropped is older than what is kept. Others may have cleared it as well: then it seems dropped, too.
        let after = after.max(0);
        let is_behind = first.map_or(last > after, |first| first > after.saturating_add(1));
        let is_incomplete = dropped > 0 && (filter.after.is_none() || is_behind);
        Ok(FoundEntries { entries, total: total.unsigned_abs(), dropped: dropped.unsigned_abs(), is_incomplete })
    }

    /// One entry.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn find_entry(&self, id: u64) -> Result<Option<FoundEntry>, PgError> {
        let client = self.client().await?;
        let sql = "SELECT entry_id, entry FROM journal WHERE entry_id = $1";
        Ok(client.query_opt(sql, &[&id.cast_signed()]).await?.as_ref().map(entry))
    }

    /// Forgets entries.
    ///
    /// # Errors
    /// [`PgError`].
    pub async fn clear_entries(&self, program: Option<&str>) -> Result<(), PgError> {
        self.settle_journal().await?;
        let mut client = self.client().await?;
        let client: &mut Client = &mut client;
        let transaction = client.transaction().await?;
        take_numbers(&transaction, "journal", 0).await?;
        let sql = "DELETE FROM journal WHERE $1::text IS NULL OR program = $1";
        transaction.execute(sql, &[&program]).await?;
        if program.is_none() {
            transaction.execute("UPDATE last_number SET dropped = 0 WHERE list = 'journal'", &[]).await?;
        }
        commit(transaction).await
    }

    /// Writes what is noted here, and gives the other nodes the time in which they do the same.
    async fn settle_journal(&self) -> Result<(), PgError> {
        self.write_notes().await?;
        sleep(LINGER * 3).await;
        Ok(())
    }

    fn oldest(&self) -> i64 {
        oldest(self.journal.lock().bounds)
    }
}

async fn write(
    client: &mut Client,
    entries: &[(String, Note)],
    dropped: u64,
    bounds: JournalBounds,
) -> Result<(), PgError> {
    let transaction = client.transaction().await?;
    // Nobody is answered because of this.
    transaction.batch_execute("SET LOCAL synchronous_commit = off").await?;
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let last = take_numbers(&transaction, "journal", count).await?;
    let (texts, keys): (Vec<_>, Vec<_>) = entries.iter().map(|(json, note)| (json.as_str(), note.key())).unzip();
    let programs: Vec<_> = keys.iter().map(|key| key.program).collect();
    let operations: Vec<_> = keys.iter().map(|key| key.operation).collect();
    let members: Vec<_> = keys.iter().map(|key| key.member_id).collect();
    let return_codes: Vec<_> = keys.iter().map(|key| key.return_code.map(i32::from)).collect();
    let codes: Vec<_> = keys.iter().map(|key| key.code).collect();
    let program_ids: Vec<_> = keys.iter().map(|key| key.program_id.map(|id| id.0)).collect();
    let apis: Vec<_> = keys.iter().map(|key| key.api).collect();
    let statuses: Vec<_> = keys.iter().map(|key| key.http_status.map(i32::from)).collect();
    let faults: Vec<_> = keys.iter().map(|key| key.fault.map(without_nul)).collect();
    let rules: Vec<_> = keys.iter().map(|key| key.rule.map(u64::cast_signed)).collect();
    let now = jiff::Timestamp::now().as_millisecond();
    let (first, last_before) = (last - count, last - i64::from(bounds.entries));
    let added: [&(dyn ToSql + Sync); 13] = [
        &first,
        &now,
        &programs,
        &operations,
        &members,
        &return_codes,
        &codes,
        &texts,
        &program_ids,
        &apis,
        &statuses,
        &faults,
        &rules,
    ];
    transaction.execute(ADD, &added).await?;
    let sql = "DELETE FROM journal WHERE entry_id <= $1";
    let mut gone = transaction.execute(sql, &[&last_before]).await? + dropped;
    // Looks at all of them, so not every time; nobody is shown what is too old.
    if last / AGE_EVERY > (last - count) / AGE_EVERY {
        gone += transaction.execute("DELETE FROM journal WHERE noted_at <= $1", &[&oldest(bounds)]).await?;
    }
    let sql = "UPDATE last_number SET dropped = dropped + $1 WHERE list = 'journal'";
    transaction.execute(sql, &[&gone.cast_signed()]).await?;
    commit(transaction).await
}

/// PostgreSQL has no texts with U+0000.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// When entries that are too old now were noted.
fn oldest(bounds: JournalBounds) -> i64 {
    let age = i64::try_from(bounds.age.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::now().as_millisecond().saturating_sub(age)
}

fn entry(row: &Row) -> FoundEntry {
    let json: String = row.get(1);
    FoundEntry { id: row.get::<_, i64>(0).unsigned_abs(), json: Box::new(move || json) }
}
