//! Calls, as a client library would send them.

use std::fmt::Write;
use std::net::SocketAddr;

use sync_asmx::contract::{
    DEFAULT_NAMESPACE, DELETE_ACCOUNT_EMAIL_ADDRESS, Operation, SAVE_ACCOUNT_EMAIL, SAVE_ACCOUNT_PHONE,
};

/// The field whose content is made of elements.
const PAIRS: &str = "CustomFieldPairs";

/// A call that can be bent. It starts as one that succeeds on the default seed.
#[derive(Clone, Debug)]
pub struct Envelope {
    operation: &'static Operation,
    is_soap12: bool,
    namespace: String,
    fields: Vec<(String, String)>,
}

impl Envelope {
    /// Member 1001 saves a number of type HOME.
    pub fn save_account_phone() -> Self {
        Self::of(&SAVE_ACCOUNT_PHONE, ["TEST-TOKEN", "1001", "HOME", "+1 (519) 555-0123", "ROGERS", "1"])
    }

    /// Member 1001 saves an address of type PRIMARY.
    pub fn save_account_email() -> Self {
        Self::of(&SAVE_ACCOUNT_EMAIL, ["TEST-TOKEN", "1001", "PRIMARY", "Ada@Example.org", "1"])
    }

    /// Member 1001 removes its address of type PRIMARY.
    pub fn delete_account_email_address() -> Self {
        Self::of(&DELETE_ACCOUNT_EMAIL_ADDRESS, ["TEST-TOKEN", "1001", "PRIMARY"])
    }

    /// A call with these values, in documented order. Pairs of custom fields are put with [`with_pairs`](Self::with_pairs).
    pub fn of<const N: usize>(operation: &'static Operation, values: [&str; N]) -> Self {
        let fields = operation.request.fields;
        assert_eq!(fields.len(), N, "{}", operation.name);
        let fields =
            fields.iter().zip(values).map(|(field, value)| (field.name.to_owned(), value.to_owned())).collect();
        Self { operation, is_soap12: false, namespace: DEFAULT_NAMESPACE.to_owned(), fields }
    }

    /// Gives a field another value.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "so that calls read well")]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        for (known, old) in &mut self.fields {
            if known == name {
                *old = value.to_string();
            }
        }
        self
    }

    /// What a field that is there says.
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).expect(name)
    }

    /// Gives custom fields these values, by external reference.
    #[must_use]
    pub fn with_pairs(self, pairs: &[(&str, &str)]) -> Self {
        let pair = |(reference, value): &(&str, &str)| {
            format!(
                "<recCustomFieldKeyValuePair><CustomFieldExternalReference>{}</CustomFieldExternalReference>\
                 <CustomFieldValue>{}</CustomFieldValue></recCustomFieldKeyValuePair>",
                escape(reference),
                escape(value)
            )
        };
        self.with(PAIRS, pairs.iter().map(pair).collect::<String>())
    }

    /// Leaves a field's element out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    #[must_use]
    pub fn soap12(mut self) -> Self {
        self.is_soap12 = true;
        self
    }

    #[must_use]
    pub fn in_namespace(mut self, namespace: &str) -> Self {
        namespace.clone_into(&mut self.namespace);
        self
    }

    /// The envelope itself.
    pub fn xml(&self) -> String {
        let soap = if self.is_soap12 {
            "http://www.w3.org/2003/05/soap-envelope"
        } else {
            "http://schemas.xmlsoap.org/soap/envelope/"
        };
        let namespace = escape(&self.namespace);
        let mut fields = String::new();
        for (name, value) in &self.fields {
            let content = if name == PAIRS { value.clone() } else { escape(value) };
            let _ = write!(fields, "<{name}>{content}</{name}>");
        }
        let Operation { name, parameter, .. } = self.operation;
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{soap}\"><soap:Body>\
             <{name} xmlns=\"{namespace}\"><{parameter}>{fields}</{parameter}></{name}></soap:Body></soap:Envelope>"
        )
    }

    /// The whole request.
    pub fn request(&self, address: SocketAddr) -> Vec<u8> {
        let separator = if self.namespace.ends_with('/') { "" } else { "/" };
        let action = format!("{}{separator}{}", self.namespace, self.operation.name);
        let media_type = if self.is_soap12 {
            format!("Content-Type: application/soap+xml; charset=utf-8; action=\"{action}\"")
        } else {
            format!("Content-Type: text/xml; charset=utf-8\r\nSOAPAction: \"{action}\"")
        };
        let body = self.xml();
        format!(
            "POST /Services/Sync.asmx HTTP/1.1\r\nHost: {address}\r\n{media_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// Any text as XML content that is read back as it was.
pub fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\r', "&#13;")
}
