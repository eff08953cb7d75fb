//! A database of a test's own.

use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Rows, query, told};

/// An empty database in the cluster that all tests share. It is dropped with this, whoever is still connected.
pub struct Database {
    /// The URL of the cluster, up to the name of the database.
    cluster: String,
    name: String,
}

/// A fresh one; none where no cluster is shared.
pub fn database() -> Option<Database> {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let url = told("SYNC_ASMX_TEST_POSTGRES")?;
    let (cluster, _) = url.rsplit_once('/').expect("a URL that ends with a database");
    // Test binaries share the cluster as well.
    let name = format!("test_{}_{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    query(&url, &format!("CREATE DATABASE {name}"));
    Some(Database { cluster: cluster.to_owned(), name })
}

impl Database {
    pub fn url(&self) -> String {
        format!("{}/{}", self.cluster, self.name)
    }

    /// The same for clients who come by another port, such as a proxy's.
    pub fn url_by(&self, port: u16) -> String {
        let (host, _) = self.cluster.rsplit_once(':').expect("a URL with a port");
        format!("{host}:{port}/{}", self.name)
    }

    pub fn port(&self) -> u16 {
        let (_, port) = self.cluster.rsplit_once(':').expect("a URL with a port");
        port.parse().expect("a port")
    }

    /// Runs SQL straight in it.
    pub fn query(&self, sql: &str) -> Rows {
        query(&self.url(), sql)
    }

    /// What all who connect from now on find, unless they ask for something else.
    #[must_use]
    pub fn with_default(self, setting: &str, value: &str) -> Self {
        self.query(&format!("ALTER DATABASE {} SET {setting} = '{value}'", self.name));
        self
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        query(&format!("{}/postgres", self.cluster), &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
