//! What a server shows to clients that speak TLS, and why it may have nothing to show.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

/// Why there is no TLS: the flag, its file, and what is wrong.
#[derive(Debug, Error)]
#[error("{flag}: {file}: {reason}", file = file.display())]
pub struct TlsError {
    pub flag: &'static str,
    pub file: PathBuf,
    pub reason: String,
}

/// What a server shows, and what it proves it with.
pub struct Identity {
    /// The server's own certificate, and then those between it and a known one.
    pub certificates: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// A complaint about one of the flags.
pub fn failed(flag: &'static str, file: &Path, reason: impl Display) -> TlsError {
    TlsError { flag, file: file.to_owned(), reason: reason.to_string() }
}
