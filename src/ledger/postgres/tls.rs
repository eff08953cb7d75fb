//! TLS to PostgreSQL, as libpq means it (PostgreSQL's documentation, 34.19), by rustls.

use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::certificate::{has_common_name, public_key};

/// How much TLS a session needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    /// Only if the server refuses a session without.
    Allow,
    /// If the server can.
    Prefer,
    Require,
    /// The server's certificate comes from a root that is known.
    VerifyCa,
    /// … and is for the host's name.
    VerifyFull,
}

impl SslMode {
    pub const WORDS: [(&str, Self); 6] = [
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];
}

/// Which certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// Those of the platform, to which an operator adds the company's own. (The roots that are compiled in for the
    /// command line can't be added to.)
    System,
    File(PathBuf),
}

/// What a connection URI says about TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct TlsFiles {
    pub mode: SslMode,
    pub roots: Option<Roots>,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

impl TlsFiles {
    /// Reads the files, of which libpq's own in `~/.postgresql` count where none is named. One that is named has to be
    /// there: libpq would go on without, unless the mode is one that verifies.
    ///
    /// # Errors
    /// The parameter, its file, and what is wrong.
    pub fn client_config(&self) -> Result<ClientConfig, String> {
        self.client_config_at(env::home_dir().map(|home| home.join(".postgresql")).as_deref())
    }

    fn client_config_at(&self, folder: Option<&Path>) -> Result<ClientConfig, String> {
        let usual = |name: &str| folder.map(|folder| folder.join(name)).filter(|file| file.is_file());
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(self.verifier(usual("root.crt"), provider)?));
        let Some(certificate) =
            self.certificate.clone().or_else(|| usual("postgresql.crt")).filter(|_| self.speaks_tls())
        else {
            return Ok(builder.with_no_client_auth());
        };
        let Some(key) = self.key.clone().or_else(|| usual("postgresql.key")) else {
            return Err(format!("sslkey: expected the key of {}", certificate.display()));
        };
        let (chain, private) = (read_certificates("sslcert", &certificate)?, read_key(&key)?);
        builder.with_client_auth_cert(chain, private).map_err(|error| wrong("sslkey", &key, error))
    }

    fn speaks_tls(&self) -> bool {
        self.mode != SslMode::Disable
    }

    /// Whatever the mode, a certificate is verified where there are roots to verify it with. That makes `require` with
    /// roots the same as `verify-ca`, as documented; libpq does so for `prefer` and `allow`, too.
    fn verifier(&self, usual: Option<PathBuf>, provider: Arc<CryptoProvider>) -> Result<Verifier, String> {
        let checks_name = self.mode == SslMode::VerifyFull;
        let roots = self.roots.clone().or(usual.map(Roots::File)).filter(|_| self.speaks_tls());
        let certificates = match &roots {
            Some(Roots::System) => system_certificates()?,
            Some(Roots::File(file)) => read_certificates("sslrootcert", file)?,
            None if matches!(self.mode, SslMode::VerifyCa | SslMode::VerifyFull) => {
                return Err(
                    "sslrootcert: sslmode verify-ca and verify-full need one: a file with the certificate of the \
                            server's CA, there or in ~/.postgresql/root.crt, or system"
                        .into(),
                );
            }
            None => {
                let known = Vec::new();
                return Ok(Verifier { roots: None, known, checks_name, takes_common_name: false, provider });
            }
        };
        let mut store = RootCertStore::empty();
        match &roots {
            Some(Roots::File(file)) => {
                for certificate in &certificates {
                    store.add(certificate.clone()).map_err(|error| wrong("sslrootcert", file, error))?;
                }
            }
            // Some platforms have certificates among theirs that nobody can read.
            _ => _ = store.add_parsable_certificates(certificates.iter().cloned()),
        }
        let takes_common_name = matches!(roots, Some(Roots::File(_)));
        Ok(Verifier { roots: Some(store), known: certificates, checks_name, takes_common_name, provider })
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
    roots: Option<RootCertStore>,
    /// The certificates that the roots were made from.
    known: Vec<CertificateDer<'static>>,
    checks_name: bool,
    /// Whether the common name will do in a certificate without a subjectAltName. Not with the roots that everybody
    /// trusts: those limit by name what a company's own CA may sign, and common names escape that.
    takes_common_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(roots) = &self.roots else { return Ok(ServerCertVerified::assertion()) };
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&certificate, roots, intermediates, now, algorithms) {
            // A self-signed certificate as `openssl req -x509` makes it calls itself a CA, which webpki doesn't take
            // for a server's. libpq does, where the file of the roots has it; and nothing is a better proof than to
            // know it already. webpki looks at the times first, so they are right if the complaint is another one.
            Err(error) if !self.known.iter().any(|known| known == end_entity) || is_about_time(&error) => {
                return Err(error);
            }
            _ => {}
        }
        let is_named = || self.takes_common_name && has_common_name(end_entity, server_name);
        if self.checks_name && !is_named() {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    // Even where anybody will do, the server has to own the key of the certificate that it shows: SCRAM binds the
    // password's proof to that certificate (channel binding), which would prove nothing if it could be somebody else's.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        match (ParsedCertificate::try_from(certificate), public_key(certificate)) {
            // What webpki can't read may still have a key. It gets here only where anybody will do.
            (Err(_), Some(key)) => verify_tls13_signature_with_raw_key(message, &key, signature, algorithms),
            _ => verify_tls13_signature(message, certificate, signature, algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn is_about_time(error: &Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};

    let Error::InvalidCertificate(error) = error else { return false };
    matches!(error, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. })
}
