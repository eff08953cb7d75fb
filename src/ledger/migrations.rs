//! The steps by which the tables of both stores have become what they are.
//!
//! A ledger tells the steps that were taken in `refinery_schema_history`, as refinery, which took them once, left it: so every version
//! of the program reads it, and refuses a ledger that is newer.

use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use siphasher::sip::SipHasher13;

/// A step: its version, its name, and its SQL, which never changes once it is released.
pub type Migration = (i32, &'static str, &'static str);

/// What a ledger tells of a step that was taken: its version, its name and its checksum.
pub type Applied = (i32, String, String);

/// The steps of SQLite.
pub const SQLITE: &[Migration] = &[
    (1, "ledger", include_str!("migrations/sqlite/V1__ledger.sql")),
    (2, "changes", include_str!("migrations/sqlite/V2__changes.sql")),
    (3, "origin_in_parts", include_str!("migrations/sqlite/V3__origin_in_parts.sql")),
    (4, "companions", include_str!("migrations/sqlite/V4__companions.sql")),
    (5, "redo_log_state", include_str!("migrations/sqlite/V5__redo_log_state.sql")),
    (6, "bounded_proofs", include_str!("migrations/sqlite/V6__bounded_proofs.sql")),
    (7, "documents", include_str!("migrations/sqlite/V7__documents.sql")),
    (8, "parts", include_str!("migrations/sqlite/V8__parts.sql")),
    (9, "name_keys", include_str!("migrations/sqlite/V9__name_keys.sql")),
];

/// The steps of PostgreSQL.
pub const POSTGRES: &[Migration] = &[
    (1, "ledger", include_str!("migrations/postgres/V1__ledger.sql")),
    (2, "companions", include_str!("migrations/postgres/V2__companions.sql")),
    (3, "replacements_and_bounds", include_str!("migrations/postgres/V3__replacements_and_bounds.sql")),
    (4, "journal_codes", include_str!("migrations/postgres/V4__journal_codes.sql")),
    (5, "proof_slots", include_str!("migrations/postgres/V5__proof_slots.sql")),
    (6, "documents", include_str!("migrations/postgres/V6__documents.sql")),
    (7, "parts", include_str!("migrations/postgres/V7__parts.sql")),
    (8, "name_keys", include_str!("migrations/postgres/V8__name_keys.sql")),
    (9, "journal_filters", include_str!("migrations/postgres/V9__journal_filters.sql")),
];

/// The step with which members got keys of their names, which a store has to fill in.
pub const NAME_KEYS: &str = "name_keys";

/// Makes the table that tells which steps were taken.
pub const MAKE_HISTORY: &str = "CREATE TABLE IF NOT EXISTS refinery_schema_history(
    version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255))";

/// Reads the steps that were taken, as [`Applied`].
pub const READ_HISTORY: &str = "SELECT version, name, checksum FROM refinery_schema_history ORDER BY version";

/// The SQL that takes the steps that are missing, and tells of them. To be run in the transaction in which the history was read.
/// `None` if a newer version of the program, or another program, wrote the ledger.
pub fn missing(known: &[Migration], applied: &[Applied]) -> Option<String> {
    let is_known = |(taken, step): (&Applied, &Migration)| {
        (taken.0, taken.1.as_str(), taken.2.as_str()) == (step.0, step.1, checksum(step).as_str())
    };
    if applied.len() > known.len() || !applied.iter().zip(known).all(is_known) {
        return None;
    }
    let now = Timestamp::now();
    let steps = known[applied.len()..].iter().map(|step| {
        let ((version, name, sql), checksum) = (step, checksum(step));
        format!("{sql}INSERT INTO refinery_schema_history VALUES ({version}, '{name}', '{now}', '{checksum}');\n")
    });
    Some(steps.collect())
}

/// Says what takes a while, if a ledger has members.
pub fn tell_of_name_keys() {
    tracing::info!("the ledger gets keys of its members' names; that takes some seconds for each million of members");
}

/// Whether a step is taken now that wasn't before.
pub fn takes(step: &str, applied: &[Applied]) -> bool {
    !applied.iter().any(|(_, name, _)| name == step)
}

/// As refinery has it.
fn checksum((version, name, sql): &Migration) -> String {
    let mut hasher = SipHasher13::new();
    (name, version, sql).hash(&mut hasher);
    hasher.finish().to_string()
}
