//! Faults: what the service says about a message that it can't serve.

use std::borrow::Cow;
use std::fmt::Display;

/// Whose fault it is, in words that are free of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultCode {
    /// The message is wrong: `Client` in SOAP 1.1, `Sender` in 1.2.
    Client,
    /// Serving it failed: `Server` in SOAP 1.1, `Receiver` in 1.2.
    Server,
    /// A header block insists on being understood.
    MustUnderstand,
    /// The envelope is of no known version.
    VersionMismatch,
}

/// A fault in ASP.NET's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: FaultCode,
    pub reason: Cow<'static, str>,
}

/// Every text that a client may see, in one place. They are ASP.NET's, letter for letter.
mod texts {
    pub const SOAP_ACTION_NOT_RECOGNIZED: &str = "Server did not recognize the value of HTTP Header SOAPAction: ";
    pub const ACTION_REQUIRED: &str =
        "Unable to handle request without a valid action parameter. Please supply a valid soap action.";
    pub const UNABLE_TO_READ: &str = "Server was unable to read request. ---> ";
    pub const UNABLE_TO_PROCESS: &str = "Server was unable to process request. ---> ";
    pub const ENVELOPE_MISSING: &str = "Request format is invalid: Missing required soap:Envelope element.";
    pub const BODY_MISSING: &str = "Request format is invalid: Missing required soap:Body element.";
    pub const NULL_REFERENCE: &str = "Object reference not set to an instance of an object.";
    pub const NEGATIVE_LENGTH: &str = "Length cannot be less than zero.\r\nParameter name: length";
    pub const TOO_LONG: &str = "There was an exception running the extensions specified in the config file. ---> Maximum request length exceeded.";
}

impl Fault {
    fn client(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code: FaultCode::Client, reason: reason.into() }
    }

    fn server(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code: FaultCode::Server, reason: reason.into() }
    }

    /// The message could not be read, because of `why`.
    pub fn unable_to_read(why: impl Display) -> Self {
        Self::client(format!("{}{why}", texts::UNABLE_TO_READ))
    }

    /// Something failed while serving, because of `why`.
    pub fn unable_to_process(why: impl Display) -> Self {
        Self::server(format!("{}{why}", texts::UNABLE_TO_PROCESS))
    }

    /// The `SOAPAction` names no operation.
    pub fn soap_action_not_recognized(action: &str) -> Self {
        Self::client(format!("{}{action}.", texts::SOAP_ACTION_NOT_RECOGNIZED))
    }

    /// The `SOAPAction` is a single quotation mark, over which ASP.NET stumbles.
    pub fn soap_action_is_one_quote() -> Self {
        Self::unable_to_process(texts::NEGATIVE_LENGTH)
    }

    /// Neither an action nor a Body element tells the operation.
    pub fn action_required() -> Self {
        Self::client(texts::ACTION_REQUIRED)
    }

    /// The `action` of SOAP 1.2 names no operation, and the Body element doesn't either.
    pub fn action_not_recognized(action: &str) -> Self {
        Self::client(format!("Unable to handle request. The action '{action}' was not recognized."))
    }

    /// The root isn't `Envelope`; met while reading.
    pub fn envelope_missing() -> Self {
        Self::unable_to_read(texts::ENVELOPE_MISSING)
    }

    /// The root isn't `Envelope`; met while looking for the operation.
    pub fn envelope_missing_while_routing() -> Self {
        Self::unable_to_process(texts::ENVELOPE_MISSING)
    }

    /// No `Body` where it belongs; met while reading.
    pub fn body_missing() -> Self {
        Self::unable_to_read(texts::BODY_MISSING)
    }

    /// No `Body` anywhere; met while looking for the operation.
    pub fn body_missing_while_routing() -> Self {
        Self::unable_to_process(texts::BODY_MISSING)
    }

    /// The envelope's namespace belongs to no version.
    pub fn version_mismatch(namespace: &str) -> Self {
        let reason = format!(
            "Possible SOAP version mismatch: Envelope namespace {namespace} was unexpected. Expecting http://schemas.xmlsoap.org/soap/envelope/."
        );
        Self { code: FaultCode::VersionMismatch, reason: reason.into() }
    }

    /// A header block with `mustUnderstand` isn't known.
    pub fn header_not_understood(local_name: &str) -> Self {
        let reason = format!("SOAP header {local_name} was not understood.");
        Self { code: FaultCode::MustUnderstand, reason: reason.into() }
    }

    /// The body is longer than the site allows.
    pub fn too_long() -> Self {
        Self::server(texts::TOO_LONG)
    }

    /// The body is longer than the site allows, and would have been needed to find the operation.
    pub fn too_long_while_routing() -> Self {
        Self::unable_to_process(texts::NULL_REFERENCE)
    }

    /// What it says, cut where a journal needs no more: it shows 1 KiB, and knows a token by its whole text.
    pub fn summary(&self) -> &str {
        &self.reason[..self.reason.floor_char_boundary(3 << 10)]
    }

    /// Whether the fault has a detail element; one about a header has none.
    pub fn has_detail(&self) -> bool {
        self.code != FaultCode::MustUnderstand
    }
}
