//! Calls, as a client would make them: a real envelope goes to a server, and its answer is read.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::printable::printable;
use super::remote::Remote;
use super::{Failure, Output};
use crate::domain::ReturnCode;
use crate::soap::xml::{Node, XmlReader};
use crate::soap::{DEFAULT_NAMESPACE, PATH, action, escape};

/// Which operation.
#[derive(Debug, Subcommand)]
pub enum Call {
    /// Save a member's number of one type
    ///
    /// Prints the return code with its text, and the number as it was saved. The status is 0 if it was, 1 if not.
    ///
    /// Example: sync-asmx call save-account-phone --member-id 1001 --number '+1 519 555 0123'
    #[command(verbatim_doc_comment)]
    SaveAccountPhone(SaveAccountPhone),
}

#[derive(Debug, Args)]
pub struct SaveAccountPhone {
    /// Security token
    #[arg(long, value_name = "TOKEN", default_value = "TEST-TOKEN")]
    token: String,
    /// Internal member id
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    member_id: i32,
    /// External reference of the phone number type
    #[arg(long, value_name = "REFERENCE", default_value = "HOME")]
    r#type: String,
    /// The number, with its country calling code
    #[arg(long, value_name = "NUMBER")]
    number: String,
    /// External reference of the mobile carrier
    #[arg(long, value_name = "REFERENCE", default_value = "")]
    carrier: String,
    /// 0 for a number that isn't valid
    #[arg(long, value_name = "0|1", default_value_t = 1)]
    is_valid: i32,
    /// Version of SOAP
    #[arg(long, value_name = "VERSION", default_value = "1.1")]
    soap: Soap,
    /// Target namespace of the service
    #[arg(long, env = "SYNC_ASMX_NAMESPACE", value_name = "URI", default_value = DEFAULT_NAMESPACE)]
    namespace: String,
    #[command(flatten)]
    remote: Remote,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Soap {
    #[value(name = "1.1")]
    V11,
    #[value(name = "1.2")]
    V12,
}

impl Call {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::SaveAccountPhone(call) => call.run(),
        }
    }
}

impl SaveAccountPhone {
    fn run(self) -> Result<(), Failure> {
        let action = action(&self.namespace, "SaveAccountPhone");
        let headers = match self.soap {
            Soap::V11 => {
                vec![("content-type", "text/xml; charset=utf-8".to_owned()), ("soapaction", format!("\"{action}\""))]
            }
            Soap::V12 => {
                vec![("content-type", format!("application/soap+xml; charset=utf-8; action=\"{action}\""))]
            }
        };
        let (status, answer) = self.remote.post_soap(PATH, &headers, self.envelope())?;
        let Some(code) = element(&answer, "ReturnCode").and_then(|code| code.parse::<u16>().ok()) else {
            let fault = element(&answer, "faultstring").or_else(|| element(&answer, "Text")).unwrap_or(answer);
            return Err(Failure::Refused(format!("HTTP {status}: {}", printable(&fault))));
        };
        let text = ReturnCode::documented(code).unwrap_or_default();
        let saved = element(&answer, "SavedPhoneNumber").unwrap_or_default();
        let value = json!({ "return_code": code, "text": text, "saved_phone_number": saved });
        self.output.tell(&value, |_| format!("{code} {text} {}", printable(&saved)).trim_end().to_owned())?;
        match code {
            0 => Ok(()),
            _ => Err(Failure::Refused(format!("refused with return code {code}"))),
        }
    }

    fn envelope(&self) -> String {
        let soap = match self.soap {
            Soap::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Soap::V12 => "http://www.w3.org/2003/05/soap-envelope",
        };
        let fields = [
            ("SecurityToken", &self.token),
            ("MemberId", &self.member_id.to_string()),
            ("PhoneNumberTypeExternalReference", &self.r#type),
            ("PhoneNumber", &self.number),
            ("MobileCarrierExternalReference", &self.carrier),
            ("IsValid", &self.is_valid.to_string()),
        ];
        let fields = fields.map(|(name, value)| format!("<{name}>{}</{name}>", escape(value))).concat();
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{soap}\"><soap:Body>\
             <SaveAccountPhone xmlns=\"{}\"><preqSaveAccountPhone>{fields}</preqSaveAccountPhone></SaveAccountPhone>\
             </soap:Body></soap:Envelope>",
            escape(&self.namespace)
        )
    }
}

/// The text of the first element of that local name.
fn element(xml: &str, local_name: &str) -> Option<String> {
    let mut reader = XmlReader::new(xml);
    loop {
        match reader.read().ok()? {
            Node::End => return None,
            Node::Element if reader.local_name() == local_name => {
                return match reader.read().ok()? {
                    Node::Text => Some(reader.value().into_owned()),
                    _ => Some(String::new()),
                };
            }
            _ => {}
        }
    }
}
