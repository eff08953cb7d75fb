//! Calls, as a client would make them: a real envelope goes to a server, and its answer is read.

mod answer;
mod options;

use clap::Args;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::output::Output;
use super::printable::printable;
use super::remote::Remote;
use crate::contract::{CODE, DEFAULT_NAMESPACE, Request, action};
use crate::domain::ReturnCode;
use crate::soap::{PATH, Version, write_request};
use answer::Answer;

/// A call of one operation.
#[derive(Debug)]
pub struct Call {
    request: Request<'static>,
    way: Way,
}

/// How a call goes to the server, and its answer to the caller.
#[derive(Debug, Args)]
struct Way {
    /// Version of SOAP
    #[arg(long, value_name = "VERSION", default_value = "1.1", value_parser = options::versions())]
    soap: Version,
    /// Target namespace of the service
    #[arg(long, env = "SYNC_ASMX_NAMESPACE", value_name = "URI", default_value = DEFAULT_NAMESPACE)]
    namespace: String,
    #[command(flatten)]
    remote: Remote,
    #[command(flatten)]
    output: Output,
}

impl Call {
    pub fn run(self) -> Result<(), Failure> {
        let Self { request, way } = self;
        let (operation, content_type) = (request.operation(), way.soap.content_type());
        let action = action(&way.namespace, operation.name);
        let headers = match way.soap {
            Version::Soap11 => vec![("content-type", content_type.to_owned()), ("soapaction", format!("\"{action}\""))],
            Version::Soap12 => vec![("content-type", format!("{content_type}; action=\"{action}\""))],
        };
        let envelope = write_request(way.soap, &way.namespace, &request);
        let envelope = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{envelope}");
        let (status, answer) = way.remote.post_soap(PATH, &headers, envelope)?;
        let read = Answer::read(&answer);
        let element = |namespace, name| read.as_ref()?.text(namespace, name);
        let Some(code) = element(&way.namespace, CODE.name).and_then(|code| code.parse::<u16>().ok()) else {
            let fault = element("", "faultstring").or_else(|| element(Version::Soap12.namespace(), "Text"));
            return Err(Failure::Refused(format!("HTTP {status}: {}", printable(fault.unwrap_or(&answer)))));
        };
        let text = ReturnCode::documented(code).unwrap_or_default();
        let mut value = Map::from_iter([("return_code".into(), code.into()), ("text".into(), text.into())]);
        let mut words = format!("{code} {text}");
        for field in &operation.response.fields[1..] {
            let answered = element(&way.namespace, field.name).unwrap_or_default();
            words = format!("{words} {}", printable(answered));
            value.insert(options::split(field.name, '_'), answered.into());
        }
        way.output.tell(&Value::Object(value), |_| words.trim_end().to_owned())?;
        match code {
            0 => Ok(()),
            _ => Err(Failure::Refused(format!("refused with return code {code}"))),
        }
    }
}
