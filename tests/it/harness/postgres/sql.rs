//! SQL straight in a database.

use std::thread;

use tokio_postgres::{Error, NoTls, SimpleQueryMessage};

/// Rows of columns as text; NULL is an empty text.
pub type Rows = Vec<Vec<String>>;

/// Runs statements, and gives the rows of all of them. Fails the test if the database doesn't.
pub fn query(url: &str, sql: &str) -> Rows {
    try_query(url, sql).unwrap_or_else(|error| unreachable!("{error:?} of {sql}"))
}

/// As [`query`], for a database that may be gone.
pub fn try_query(url: &str, sql: &str) -> Result<Rows, Error> {
    // The test may be in the midst of a runtime of its own, which can't be left for this one.
    thread::scope(|scope| scope.spawn(|| block_on(run(url, sql))).join().expect("no panic"))
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

async fn run(url: &str, sql: &str) -> Result<Rows, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let connection = tokio::spawn(connection);
    let messages = client.simple_query(sql).await?;
    drop(client);
    // It says goodbye, so that the database doesn't count it any more.
    let _ = connection.await;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|column| text(row.get(column))).collect()),
        _ => None,
    });
    Ok(rows.collect())
}
