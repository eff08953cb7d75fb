//! TLS between a node and its database.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use sync_asmx::ledger::{self, Ledger, LedgerUrl};
use tempfile::TempDir;

use crate::harness::postgres::Cluster;

/// A CA, and what it has signed for `localhost`: certificate and key.
struct Signed {
    ca: String,
    certificate: String,
    key: String,
}

fn signed() -> Signed {
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "a CA of the test's own");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().expect("a key");
    let root = ca.self_signed(&ca_key).expect("a certificate");
    let key = KeyPair::generate().expect("a key");
    let own = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let certificate = own.signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate");
    Signed { ca: root.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
}

/// A cluster that lets nobody in without TLS, and the files of its CA and of another one.
fn cluster() -> Option<(Cluster, TempDir)> {
    let signed_for_it = signed();
    let settings = "ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'";
    let files = [
        ("server.crt", signed_for_it.certificate.as_str()),
        ("server.key", signed_for_it.key.as_str()),
        ("pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n"),
    ];
    let cluster = Cluster::with_files(settings, &files)?;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("ca.pem"), signed_for_it.ca).expect("a file");
    fs::write(folder.path().join("other.pem"), signed().ca).expect("a file");
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
    let Some((cluster, folder)) = cluster() else { return };
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
    let Some((cluster, folder)) = cluster() else { return };
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
