//! All that differs between SOAP 1.1 and SOAP 1.2 (ASP.NET).

use super::fault::FaultCode;

/// The version of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Soap11,
    Soap12,
}

impl Version {
    pub const ALL: [Self; 2] = [Self::Soap11, Self::Soap12];

    /// The namespace of `Envelope`, `Header`, `Body` and `Fault`.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Soap11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::Soap12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// The version whose envelopes live in `namespace`.
    pub fn of_namespace(namespace: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.namespace() == namespace)
    }

    /// The media type of the envelopes.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Soap11 => "text/xml",
            Self::Soap12 => "application/soap+xml",
        }
    }

    /// The `Content-Type` of every answer in this version.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Soap11 => "text/xml; charset=utf-8",
            Self::Soap12 => "application/soap+xml; charset=utf-8",
        }
    }

    /// What people call it.
    pub fn number(self) -> &'static str {
        match self {
            Self::Soap11 => "1.1",
            Self::Soap12 => "1.2",
        }
    }

    /// The prefix of the envelope's namespace in samples; in answers it is always `soap`.
    pub fn sample_prefix(self) -> &'static str {
        match self {
            Self::Soap11 => "soap",
            Self::Soap12 => "soap12",
        }
    }

    /// Whether calls carry a `SOAPAction`.
    pub fn has_soap_action(self) -> bool {
        self == Self::Soap11
    }

    /// What the version calls a fault code.
    pub fn fault_code(self, code: FaultCode) -> &'static str {
        match (code, self) {
            (FaultCode::Client, Self::Soap11) => "Client",
            (FaultCode::Client, Self::Soap12) => "Sender",
            (FaultCode::Server, Self::Soap11) => "Server",
            (FaultCode::Server, Self::Soap12) => "Receiver",
            (FaultCode::MustUnderstand, _) => "MustUnderstand",
            (FaultCode::VersionMismatch, _) => "VersionMismatch",
        }
    }
}
