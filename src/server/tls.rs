//! TLS in front of HTTP: the operator's certificate, or one that is made here.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::identity::{Identity, TlsError, failed};
use super::self_signed;
use super::transport::Transport;
use crate::settings::Settings;

/// How TLS is spoken.
pub struct Tls {
    pub acceptor: TlsAcceptor,
    /// The certificate that clients are to trust, as PEM, where it was made here.
    pub ca_file: Option<PathBuf>,
}

impl Tls {
    /// What the settings ask for, if they ask for TLS.
    ///
    /// # Errors
    /// [`TlsError`] if a file can't be used.
    pub fn open(settings: &Settings) -> Result<Option<Self>, TlsError> {
        if settings.tls_self_signed {
            let made = self_signed::open(settings)?;
            let acceptor = acceptor(made.identity).map_err(|error| failed(self_signed::FLAG, &made.ca_file, error))?;
            return Ok(Some(Self { acceptor, ca_file: Some(made.ca_file) }));
        }
        let (Some(certificate), Some(key)) = (&settings.tls_cert, &settings.tls_key) else {
            return Ok(None);
        };
        let identity = Identity { certificates: read_certificates(certificate)?, key: read_key(key)? };
        let acceptor = acceptor(identity).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                let certificate = certificate.display();
                failed(KEY, key, format!("not the key of the first certificate in --tls-cert {certificate}"))
            }
            rustls::Error::General(reason) => failed(KEY, key, format!("can't be used: {reason}")),
            error => failed(CERTIFICATE, certificate, format!("can't be used: {error}")),
        })?;
        Ok(Some(Self { acceptor, ca_file: None }))
    }
}

const CERTIFICATE: &str = "--tls-cert";
const KEY: &str = "--tls-key";

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match certificates {
        Ok(certificates) if certificates.is_empty() => {
            Err(failed(CERTIFICATE, file, "no certificate in it; expected PEM, the server's own first"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(failed(CERTIFICATE, file, unreadable(&error))),
    }
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| match error {
        pem::Error::NoItemsFound => failed(KEY, file, "no private key in it; expected PEM without a passphrase"),
        error => failed(KEY, file, unreadable(&error)),
    })
}

fn unreadable(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => format!("can't be read: {error}"),
        error => format!("not PEM: {error}"),
    }
}

/// TLS 1.2 and 1.3, and HTTP/1.1 only.
fn acceptor(identity: Identity) -> Result<TlsAcceptor, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(identity.certificates, identity.key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config).into())
}

/// Agrees with a client on how to speak. A client that doesn't go on, or speaks something else such as HTTP, is left; so
/// are all once the service is to stop, as nothing was asked yet.
///
/// # Errors
/// What the client did wrong; it is nobody's business but the client's.
pub async fn accept(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    timeouts: Duration,
    stop: impl Future<Output = ()>,
) -> io::Result<Transport> {
    // The last part of the handshake and the first answer are short, and must not wait for each other.
    stream.set_nodelay(true)?;
    tokio::select! {
        tls = acceptor.accept(stream.into()) => Ok(Transport::Tls(Box::new(tls?))),
        () = tokio::time::sleep(timeouts) => Err(io::ErrorKind::TimedOut.into()),
        () = stop => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}
