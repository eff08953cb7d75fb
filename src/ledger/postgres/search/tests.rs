use std::env;

use tokio_postgres::{Client, NoTls};

use super::*;
use crate::ledger::migrations;

/// Members enough that reading all of them is the slower way.
const MANY: &str = "
    INSERT INTO member SELECT 1, id, 'Ada', 'Lovelace', 'name ' || id, 'name ' || id FROM generate_series(1, 20000) AS id;
    INSERT INTO phone SELECT 1, id, 1, NULL, 15190000000 + id, 0, false, true, NULL FROM generate_series(1, 20000) AS id;
    INSERT INTO part SELECT 1, id, kind, 'slot', '', '', 'key ' || id, 0, false, 1
        FROM generate_series(1, 20000) AS id, (VALUES ('email'), ('account_id')) AS kinds (kind);
    ANALYZE";

/// A schema of the test's own in the cluster of the tests (`tests/postgres/run`); gone with the connection.
async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the cluster");
    tokio::spawn(connection);
    let tables = migrations::missing(migrations::POSTGRES, &[])
        .expect("a schema")
        .replace("CREATE TABLE", "CREATE TEMPORARY TABLE");
    let history = migrations::MAKE_HISTORY.replace("CREATE TABLE", "CREATE TEMPORARY TABLE");
    client.batch_execute(&format!("{history}; {tables} {MANY}")).await.expect("members");
    client
}

#[tokio::test]
async fn every_search_goes_along_an_index() {
    let Ok(url) = env::var("SYNC_ASMX_TEST_POSTGRES") else { return };
    let mut client = connect(&url).await;
    let transaction = client.transaction().await.expect("a transaction");
    let (name, key) = (("name 123".to_owned(), "name 124".to_owned()), ("key 123".to_owned(), "key 124".to_owned()));
    let (ids, numbers) = ((123_i64, 129_i64), (15_190_000_123_i64, 15_190_000_129_i64));
    let none: &[&(dyn ToSql + Sync)] = &[];
    for (sql, range, index) in [
        (ALL, none, "member_pkey"),
        (BY_ID, &[&ids.0, &ids.1], "member_pkey"),
        (BY_FIRST_NAME, &[&name.0, &name.1], "member_first_name"),
        (BY_LAST_NAME, &[&name.0, &name.1], "member_last_name"),
        (BY_NUMBER, &[&numbers.0, &numbers.1], "phone_number"),
        (BY_EMAIL, &[&key.0, &key.1], "part_key"),
        (BY_ACCOUNT_ID, &[&key.0, &key.1], "part_key"),
    ] {
        let common: [&(dyn ToSql + Sync); 3] = [&1_i64, &BEFORE_ALL, &50_i64];
        let parameters = [&common, range].concat();
        let found = transaction.query(sql, &parameters).await.expect(sql);
        assert!(!found.is_empty(), "{sql}");
        let plan = transaction.query(&format!("EXPLAIN {sql}"), &parameters).await.expect(sql);
        let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains(&format!(" {index} ")) || plan.contains(&format!(" {index}\n")), "{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
        // The whole range is looked for in the index, and nothing is sorted out later but the members before.
        let conditions: Vec<_> = plan.lines().filter(|line| line.contains("Filter:")).collect();
        assert!(conditions.iter().all(|filter| filter.contains("member_id > ")), "{plan}");
    }
}
