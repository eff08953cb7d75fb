//! A certificate for local use, made once and kept, so that clients trust it once.
//!
//! It is signed by a CA of its own, whose key is thrown away at once: whoever reads the files can pose as this server, but
//! can't make certificates that the clients trust. The price is that a new certificate has a new CA.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;

use super::identity::{Identity, TlsError, failed};
use crate::ledger::LedgerUrl;
use crate::settings::Settings;

pub const FLAG: &str = "--tls-self-signed";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Clients' clocks may be slow.
const BEGINS_AGO: Duration = DAY;
/// macOS takes no server certificate that is valid for longer than 398 days in all.
const ENDS_IN: Duration = Duration::from_secs(396 * 24 * 60 * 60);
/// A certificate that ends earlier is made anew.
const LEAST_LEFT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What was made, now or earlier.
pub struct SelfSigned {
    pub identity: Identity,
    /// What clients are to trust.
    pub ca_file: PathBuf,
}

/// The kept certificate if it will do, else a new one.
///
/// # Errors
/// [`TlsError`] if it can't be kept.
pub fn open(settings: &Settings) -> Result<SelfSigned, TlsError> {
    let folder = folder(settings.ledger());
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let names = names(settings);
    open_in(&folder, &names).map_err(|error| failed(FLAG, &folder, format!("can't keep a certificate here: {error}")))
}

fn open_in(folder: &Path, names: &BTreeSet<String>) -> io::Result<SelfSigned> {
    fs::create_dir_all(folder)?;
    // Servers that start at once must not make one each.
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let (ca_file, server_file) = (folder.join("ca.pem"), folder.join("server.pem"));
    if let Some(identity) = read(&ca_file, &server_file, names) {
        return Ok(SelfSigned { identity, ca_file });
    }
    let (ca, server) = make(names, ENDS_IN).map_err(io::Error::other)?;
    write(&server_file, &server, 0o600)?;
    write(&ca_file, &ca, 0o644)?;
    let identity = read(&ca_file, &server_file, names);
    Ok(SelfSigned { identity: identity.ok_or_else(|| io::Error::other("what was made can't be used"))?, ca_file })
}

/// Beside the ledger, or where the ledger would be.
fn folder(ledger: &LedgerUrl) -> PathBuf {
    match ledger {
        LedgerUrl::Sqlite(path) => path.parent().unwrap_or(Path::new("")).join("tls"),
        LedgerUrl::Memory | LedgerUrl::Postgres(_) => Path::new("data").join("tls"),
    }
}

/// All names and addresses by which clients may come.
fn names(settings: &Settings) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let listens_at = settings.listen.ip();
    if !listens_at.is_unspecified() {
        names.insert(listens_at.to_string());
    }
    let public_host = settings.public_url.as_deref().and_then(host_of);
    for host in host_name().into_iter().chain(public_host) {
        // What no client could ask for has no place in a certificate.
        if ServerName::try_from(host.as_str()).is_ok() {
            names.insert(host);
        }
    }
    names
}

/// The host in `https://HOST:PORT`.
fn host_of(url: &str) -> Option<String> {
    let (_, authority) = url.split_once("://")?;
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None => authority.split(':').next()?,
    };
    Some(host.to_ascii_lowercase())
}

fn host_name() -> Option<String> {
    let name = gethostname::gethostname().into_string().ok()?;
    Some(name.to_ascii_lowercase())
}

/// What is kept, if a client that trusts the CA takes it for each of the names, now and for a while.
fn read(ca_file: &Path, server_file: &Path, names: &BTreeSet<String>) -> Option<Identity> {
    let ca = CertificateDer::from_pem_file(ca_file).ok()?;
    let certificate = CertificateDer::from_pem_file(server_file).ok()?;
    let key = PrivateKeyDer::from_pem_file(server_file).ok()?;
    CertifiedKey::from_der(vec![certificate.clone()], key.clone_key(), &ring::default_provider()).ok()?;
    let mut roots = RootCertStore::empty();
    roots.add(ca).ok()?;
    let client = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider()));
    let client = client.build().ok()?;
    let now = UnixTime::now();
    let later = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + LEAST_LEFT);
    for name in names {
        let name = ServerName::try_from(name.as_str()).ok()?;
        for time in [now, later] {
            client.verify_server_cert(&certificate, &[], &name, &[], time).ok()?;
        }
    }
    Some(Identity { certificates: vec![certificate], key })
}

/// A CA, and the server's key and certificate, both as PEM.
fn make(names: &BTreeSet<String>, ends_in: Duration) -> Result<(String, String), rcgen::Error> {
    let now = SystemTime::now();
    let (begin, end) = ((now - BEGINS_AGO).into(), (now + ends_in).into());

    let mut ca = CertificateParams::default();
    (ca.not_before, ca.not_after) = (begin, end);
    // So that it can be told from those of other machines and times, in a list of trusted ones.
    let made_at = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
    let host = host_name().unwrap_or_default();
    ca.distinguished_name = distinguished_name(format!("sync-asmx {host} {made_at}"));
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;

    let mut server = CertificateParams::new(names.iter().cloned().collect::<Vec<_>>())?;
    (server.not_before, server.not_after) = (begin, end);
    server.distinguished_name = distinguished_name("sync-asmx".to_owned());
    server.is_ca = IsCa::ExplicitNoCa;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let server = server.signed_by(&key, &ca)?;
    Ok((ca.pem(), format!("{}{}", key.serialize_pem(), server.pem())))
}

/// A common name has at most 64 characters.
fn distinguished_name(mut common_name: String) -> DistinguishedName {
    common_name.truncate(common_name.floor_char_boundary(64));
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// Writes a file whole or not at all, and never with more rights than told.
fn write(file: &Path, text: &str, mode: u32) -> io::Result<()> {
    let draft = file.with_extension("new");
    // A rest of an earlier attempt could have other rights.
    let _ = fs::remove_file(&draft);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut new = options.open(&draft)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    fs::rename(draft, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> BTreeSet<String> {
        ["localhost".to_owned(), "::1".to_owned()].into()
    }

    /// Whether a certificate that was made for `names` and ends in so many days is still taken for `localhost` and `::1`.
    fn will_do(made_for: &BTreeSet<String>, days: u32) -> bool {
        let folder = tempfile::tempdir().expect("a folder");
        let (ca_file, server_file) = (folder.path().join("ca.pem"), folder.path().join("server.pem"));
        let (ca, server) = make(made_for, DAY * days).expect("a certificate");
        write(&ca_file, &ca, 0o644).expect("a file");
        write(&server_file, &server, 0o600).expect("a file");
        read(&ca_file, &server_file, &names()).is_some()
    }

    #[test]
    fn a_certificate_is_kept_until_a_name_is_missing_or_its_end_is_near() {
        assert!(will_do(&names(), 31));
        assert!(!will_do(&names(), 29));
        let mut more = names();
        more.insert("example.com".to_owned());
        assert!(will_do(&more, 31));
        assert!(!will_do(&["localhost".to_owned()].into(), 31));
    }

    #[test]
    fn what_is_kept_is_used_again_and_what_is_broken_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = open_in(folder.path(), &names()).expect("a certificate");
        let second = open_in(folder.path(), &names()).expect("a certificate");
        assert_eq!(first.identity.certificates, second.identity.certificates);
        fs::write(&first.ca_file, "rubbish").expect("a file");
        let third = open_in(folder.path(), &names()).expect("a certificate");
        assert_ne!(first.identity.certificates, third.identity.certificates);
    }

    #[test]
    fn the_host_of_a_url_has_no_port() {
        for (url, host) in [
            ("https://Example.com", "example.com"),
            ("https://example.com:8443", "example.com"),
            ("https://[2001:db8::1]:8443", "2001:db8::1"),
            ("https://[::1]", "::1"),
        ] {
            assert_eq!(host_of(url).as_deref(), Some(host));
        }
    }
}
