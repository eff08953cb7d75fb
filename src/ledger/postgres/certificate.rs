//! What older certificates of PostgreSQL servers need. As PostgreSQL's documentation tells to make them (19.9.5), they
//! have no subjectAltName, and with OpenSSL before 3.2 those that a CA signs are X.509 version 1. webpki reads neither;
//! libpq takes both.

use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer};
use x509_cert::Certificate;
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::SubjectAltName;

/// The key, of a certificate of any version.
pub fn public_key(certificate: &CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'static>> {
    let certificate = Certificate::from_der(certificate).ok()?;
    Some(certificate.tbs_certificate.subject_public_key_info.to_der().ok()?.into())
}

/// Whether the certificate has no subjectAltName, and its common name is the server's (PostgreSQL's documentation,
/// 34.19.1).
pub fn has_common_name(certificate: &CertificateDer<'_>, server: &ServerName<'_>) -> bool {
    let Ok(certificate) = Certificate::from_der(certificate) else { return false };
    let certificate = certificate.tbs_certificate;
    if !matches!(certificate.get::<SubjectAltName>(), Ok(None)) {
        return false;
    }
    let mut names = certificate.subject.0.iter().flat_map(|names| names.0.iter());
    let name = names.rfind(|name| name.oid == COMMON_NAME).and_then(|name| str::from_utf8(name.value.value()).ok());
    name.is_some_and(|name| fits(name, server))
}

/// `*.` stands for one label.
fn fits(name: &str, server: &ServerName<'_>) -> bool {
    let asked = server.to_str();
    if name.eq_ignore_ascii_case(&asked) {
        return true;
    }
    let (Some(parent), ServerName::DnsName(_)) = (name.strip_prefix("*."), server) else { return false };
    asked.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_name_fits_as_with_libpq() {
        let rows = [
            ("db.example", "db.example", true),
            ("DB.example", "db.EXAMPLE", true),
            ("*.example", "db.example", true),
            ("*.example", "a.db.example", false),
            ("*.example", "example", false),
            ("*", "db", false),
            ("db*.example", "db1.example", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("*.0.2.1", "192.0.2.1", false),
            ("", "db", false),
        ];
        for (name, server, expected) in rows {
            let asked = ServerName::try_from(server).expect(server);
            assert_eq!(fits(name, &asked), expected, "{name} {server}");
        }
    }
}
