//! Counts what a ledger holds.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::paths::beside;
use crate::ledger::ProgramCounts;

const COUNT: &str = "
    SELECT name, (SELECT count(*) FROM member WHERE member.program_id = program.program_id),
                 (SELECT count(*) FROM phone WHERE phone.program_id = program.program_id)
    FROM program ORDER BY name";

/// Members and numbers of each program.
pub fn count(connection: &Connection) -> rusqlite::Result<Vec<ProgramCounts>> {
    let mut statement = connection.prepare_cached(COUNT)?;
    let programs = statement.query_map([], |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(ProgramCounts { name: row.get(0)?, members: count(1)?, phones: count(2)? })
    })?;
    programs.collect()
}

/// What the ledger takes, in bytes: its files, or its pages in memory.
pub fn size(connection: &Connection, path: Option<&Path>) -> rusqlite::Result<u64> {
    let Some(path) = path else {
        let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        return connection.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs));
    };
    let length = |suffix| fs::metadata(beside(path, suffix)).map_or(0, |file| file.len());
    Ok(["", "-wal", "-redo", "-redo-wal"].into_iter().map(length).sum())
}
