//! Where a PostgreSQL database is, and how to reach it.

use std::fmt;
use std::str::FromStr;

/// A connection string as libpq reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    text: String,
}

impl PostgresUrl {
    pub(crate) fn config(&self) -> tokio_postgres::Config {
        self.text.parse().expect("checked")
    }
}
impl FromStr for PostgresUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<tokio_postgres::Config>().map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned() })
    }
}

/// Without its password.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://…")
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
