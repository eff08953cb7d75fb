//! TLS to PostgreSQL, as libpq means it (PostgreSQL's documentation, 34.19), by rustls.

use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;

/// What a connection URI says about TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct TlsParameters {
    pub mode: SslMode,
    /// Whether the server has to prove that it is the host.
    pub is_verified: bool,
    /// Whom to trust: a file; or `system` for the roots of the platform, to which an operator adds the company's own. (The
    /// roots that are compiled in for the command line can't be added to.)
    pub roots: Option<PathBuf>,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

impl TlsParameters {
    /// Reads the files, of which libpq's own in `~/.postgresql` count where none is named. One that is named has to be
    /// there: libpq would go on without, unless the mode is one that verifies.
    ///
    /// # Errors
    /// The parameter, its file, and what is wrong.
    pub fn client_config(&self) -> Result<ClientConfig, String> {
        let folder = env::home_dir().map(|home| home.join(".postgresql"));
        let usual = |name: &str| folder.as_ref().map(|folder| folder.join(name)).filter(|file| file.is_file());
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(self.verifier(usual("root.crt"), provider)?));
        let certificate = self.certificate.clone().or_else(|| usual("postgresql.crt"));
        let Some(certificate) = certificate.filter(|_| self.mode != SslMode::Disable) else {
            return Ok(builder.with_no_client_auth());
        };
        let Some(key) = self.key.clone().or_else(|| usual("postgresql.key")) else {
            return Err(format!("sslkey: expected the key of {}", certificate.display()));
        };
        let (chain, private) = (read_certificates("sslcert", &certificate)?, read_key(&key)?);
        builder.with_client_auth_cert(chain, private).map_err(|error| wrong("sslkey", &key, error))
    }

    fn verifier(&self, usual: Option<PathBuf>, provider: Arc<CryptoProvider>) -> Result<Verifier, String> {
        let algorithms = provider.signature_verification_algorithms;
        if !self.is_verified {
            return Ok(Verifier { roots: None, known: Vec::new(), algorithms });
        }
        let Some(roots) = self.roots.clone().or(usual) else {
            let needed =
                "a file with the certificate of the server's CA, there or in ~/.postgresql/root.crt, or system";
            return Err(format!("sslrootcert: sslmode verify-full needs one: {needed}"));
        };
        let mut store = RootCertStore::empty();
        let known = if roots == Path::new("system") {
            // Some platforms have certificates among theirs that nobody can read.
            store.add_parsable_certificates(system_certificates()?);
            Vec::new()
        } else {
            let certificates = read_certificates("sslrootcert", &roots)?;
            for certificate in &certificates {
                store.add(certificate.clone()).map_err(|error| wrong("sslrootcert", &roots, error))?;
            }
            certificates
        };
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider).build();
        Ok(Verifier { roots: Some(verifier.map_err(|error| wrong("sslrootcert", &roots, error))?), known, algorithms })
    }
}

fn system_certificates() -> Result<Vec<CertificateDer<'static>>, String> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let reasons: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        return Err(format!("sslrootcert: the system has no root certificates {}", reasons.join(", "))
            .trim_end()
            .into());
    }
    Ok(found.certs)
}

fn read_certificates(parameter: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    match CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(certificates) if certificates.is_empty() => {
            Err(wrong(parameter, file, "no certificate in it; expected PEM"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(wrong(parameter, file, unreadable(&error))),
    }
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| match error {
        pem::Error::NoItemsFound => wrong("sslkey", file, "no private key in it; expected PEM without a passphrase"),
        error => wrong("sslkey", file, unreadable(&error)),
    })
}

fn unreadable(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => format!("can't be read: {error}"),
        error => format!("not PEM: {error}"),
    }
}

fn wrong(parameter: &str, file: &Path, reason: impl Display) -> String {
    format!("{parameter}: {}: {reason}", file.display())
}

/// Who the server has to be.
#[derive(Debug)]
struct Verifier {
    /// Without roots, anybody will do.
    roots: Option<Arc<WebPkiServerVerifier>>,
    /// The certificates that an operator's own roots were made from.
    known: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity).map_err(advise)?;
        let Some(roots) = &self.roots else { return Ok(ServerCertVerified::assertion()) };
        let verified = match roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // A self-signed certificate as `openssl req -x509` makes it calls itself a CA, which webpki doesn't take
            // for a server's. libpq does, where the file of the roots has it; and nothing is a better proof than to
            // know it already. webpki looks at the times first, so they are right if the complaint is another one.
            Err(error) if self.known.contains(end_entity) && !is_about_time(&error) => {
                verify_server_name(&certificate, server_name)
            }
            verified => verified.map(drop),
        };
        verified.map(|()| ServerCertVerified::assertion()).map_err(advise)
    }

    // Even where anybody will do, the server has to own the key of the certificate that it shows: SCRAM binds the
    // password's proof to that certificate (channel binding), which would prove nothing if it could be somebody else's.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn is_about_time(error: &Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};

    let Error::InvalidCertificate(error) = error else { return false };
    matches!(error, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. })
}

/// Says what to do about certificates as older versions of PostgreSQL's documentation and OpenSSL made them.
fn advise(error: Error) -> Error {
    let is_without_names = |error: &CertificateError| matches!(error, CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty());
    match &error {
        Error::InvalidCertificate(reason) if is_without_names(reason) => Error::General(
            "the server's certificate has no subjectAltName, and a common name doesn't count; make it anew with one".into(),
        ),
        Error::InvalidCertificate(_) if error.to_string().contains("UnsupportedCertVersion") => Error::General(
            "the server's certificate isn't X.509 version 3; make it anew with a subjectAltName, or use sslmode=disable".into(),
        ),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `openssl x509 -req` makes it before 3.2 when it is told no extensions.
    const VERSION_1: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBJzCBzQIUJ+Qo5ECkIrWEtRUgYHYGfI79eoswCgYIKoZIzj0EAwIwFTETMBEG
A1UEAwwKZGIuZXhhbXBsZTAgFw0yNjExMjcwODA2NTVaGA8yMTI2MTEwMzA4MDY1
NVowFTETMBEGA1UEAwwKZGIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABLACx5gTUvt0/hrLUV2plXvvd4KdX0mNceQ6k7IRovr1JAPVq+tIU/Z7zrLe
Kfzr9IH3JKZr/zuEV5oGGKg6DOgwCgYIKoZIzj0EAwIDSQAwRgIhAPpBlgdYFEBj
80Ovt2hcYd0XylTJFTjteNrFb7wcYuI8AiEA2qrkejWu3ij9yLiAdhDC/Vtgrr0q
U/mIg24JjwJQn/o=
-----END CERTIFICATE-----";

    #[test]
    fn a_certificate_of_version_1_is_refused_with_what_to_use_instead() {
        let certificate = CertificateDer::from_pem_slice(VERSION_1).expect("PEM");
        let verifier = Verifier {
            roots: None,
            known: Vec::new(),
            algorithms: ring::default_provider().signature_verification_algorithms,
        };
        let name = ServerName::try_from("db.example").expect("a name");
        let refused =
            verifier.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now()).expect_err("version 1");
        assert!(refused.to_string().contains("isn't X.509 version 3; make it anew"), "{refused}");
    }
}
