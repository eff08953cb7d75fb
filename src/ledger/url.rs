//! Where a ledger lives.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

use super::PostgresUrl;

/// Where the ledger lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerUrl {
    /// `sqlite:PATH`
    Sqlite(PathBuf),
    /// `memory:` – gone with the process.
    Memory,
    /// `postgres://…` – shared by any number of nodes.
    Postgres(PostgresUrl),
}

impl LedgerUrl {
    /// `sqlite`, `memory` or `postgres`, without the place.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Memory => "memory",
            Self::Postgres(_) => "postgres",
        }
    }
}

impl FromStr for LedgerUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", path)) => parse_path(path).map(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => text.parse().map(Self::Postgres),
            _ => Err(EXPECTED.into()),
        }
    }
}

const EXPECTED: &str = "expected sqlite:PATH, memory: or postgres://USER@HOST/DATABASE";

/// Refuses names that SQLite, or a reader, takes for something else than the path of a file.
fn parse_path(path: &str) -> Result<PathBuf, String> {
    if path.trim().is_empty() {
        return Err(EXPECTED.into());
    }
    if path.starts_with(':') {
        return Err("a ledger that is gone with the process is memory: (without sqlite), and no file's name begins with a colon".into());
    }
    if path.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) {
        return Err("sqlite: takes the path of a file, not a file: URL; leave file: out".into());
    }
    if path.contains('?') {
        return Err(
            "sqlite: takes the path of a file, which has no parameters; leave out the ? and what follows".into()
        );
    }
    Ok(path.into())
}

impl fmt::Display for LedgerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Memory => f.write_str("memory:"),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

/// A ledger that can't be opened, and what to do about it.
#[derive(Debug, Error)]
#[error("can't open the ledger {url}: {reason}")]
pub struct OpenError {
    pub url: LedgerUrl,
    pub reason: String,
}
