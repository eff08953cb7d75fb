//! TLS between a node and its database.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use sync_asmx::ledger::{self, Ledger, LedgerUrl};
use tempfile::TempDir;

use crate::harness::postgres::Cluster;

/// A CA, and what it has signed for `localhost` and for the user `postgres`: certificate and key.
struct Signed {
    ca: String,
    server: (String, String),
    client: (String, String),
}

fn signed() -> Signed {
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "a CA of the test's own");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().expect("a key");
    let root = ca.self_signed(&ca_key).expect("a certificate");
    let issuer = Issuer::new(ca, ca_key);
    let sign = |name: &str| {
        let key = KeyPair::generate().expect("a key");
        let mut own = CertificateParams::new([name.to_owned()]).expect("a name");
        own.distinguished_name.push(DnType::CommonName, name);
        let certificate = own.signed_by(&key, &issuer).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    };
    Signed { ca: root.pem(), server: sign("localhost"), client: sign("postgres") }
}

/// A cluster that lets nobody in without TLS, and the files of its CA, of a client and of another CA.
fn cluster(method: &str) -> Option<(Cluster, TempDir)> {
    let signed_for_it = signed();
    let settings = "ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\nssl_ca_file = 'ca.crt'";
    let hba = format!("hostssl all all 127.0.0.1/32 {method}\n");
    let files = [
        ("ca.crt", signed_for_it.ca.as_str()),
        ("server.crt", signed_for_it.server.0.as_str()),
        ("server.key", signed_for_it.server.1.as_str()),
        ("pg_hba.conf", hba.as_str()),
    ];
    let cluster = Cluster::with_files(settings, &files)?;
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = signed_for_it.client;
    let files =
        [("ca.pem", signed_for_it.ca), ("other.pem", signed().ca), ("client.crt", certificate), ("client.key", key)];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    Some((cluster, folder))
}

fn open(cluster: &Cluster, host: &str, parameters: &str) -> Result<Arc<dyn Ledger>, String> {
    let url = format!("postgres://postgres@{host}:{}/postgres?{parameters}", cluster.port());
    let url: LedgerUrl = url.parse()?;
    ledger::open(&url).map_err(|error| error.to_string())
}

fn root(folder: &Path, name: &str) -> String {
    format!("sslrootcert={}", folder.join(name).display())
}

#[tokio::test]
async fn a_database_is_reached_by_tls_and_its_name_is_checked() {
    let Some((cluster, folder)) = cluster("trust") else { return };
    let verify = format!("sslmode=verify-full&{}", root(folder.path(), "ca.pem"));
    for (host, parameters) in [
        ("localhost", verify.as_str()),
        ("localhost", "sslmode=require"),
        ("127.0.0.1", "sslmode=require"),
        ("localhost", ""),
    ] {
        let ledger =
            open(&cluster, host, parameters).unwrap_or_else(|error| unreachable!("{host}, {parameters}: {error}"));
        ledger.counts().await.expect("a ledger");
        ledger.close().await;
    }
}

#[tokio::test]
async fn a_database_with_another_name_or_another_ca_is_not_trusted() {
    let Some((cluster, folder)) = cluster("trust") else { return };
    let (own, other) = (root(folder.path(), "ca.pem"), root(folder.path(), "other.pem"));
    for (host, parameters, reason) in [
        ("127.0.0.1", format!("sslmode=verify-full&{own}"), "certificate"),
        ("localhost", format!("sslmode=verify-full&{other}"), "certificate"),
        ("localhost", format!("sslmode=verify-full&{}", root(folder.path(), "missing.pem")), "missing.pem"),
        // What the system trusts doesn't include the test's own CA.
        ("localhost", "sslmode=verify-full".to_owned(), "certificate"),
        ("localhost", "sslmode=disable".to_owned(), "pg_hba.conf"),
    ] {
        let Err(error) = open(&cluster, host, &parameters) else { unreachable!("{host}, {parameters}") };
        assert!(error.contains(reason), "{host}, {parameters}: {error}");
    }
}

#[tokio::test]
async fn a_client_shows_its_certificate_to_a_database_that_asks_for_one() {
    let Some((cluster, folder)) = cluster("cert") else { return };
    let at = |name: &str| folder.path().join(name).display().to_string();
    let own = format!("sslmode=require&sslcert={}&sslkey={}", at("client.crt"), at("client.key"));
    let ledger = open(&cluster, "localhost", &own).unwrap_or_else(|error| unreachable!("{error}"));
    ledger.counts().await.expect("a ledger");
    ledger.close().await;
    let Err(error) = open(&cluster, "localhost", "sslmode=require") else { unreachable!("it was let in without") };
    assert!(error.contains("certificate"), "{error}");
}
