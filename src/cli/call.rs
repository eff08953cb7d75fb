//! Calls, as a client would make them: a real envelope goes to a server, and its answer is read.

mod answer;
mod options;
mod words;

use clap::Args;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::output::{Output, text};
use super::printable::printable;
use super::remote::Remote;
use crate::contract::{CODE, DEFAULT_NAMESPACE, DataSet, Field, Kind, Operation, Request, action};
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
        for field in &operation.response.fields[1..] {
            let answered = match field.data_set() {
                Some(data_set) => rows(data_set, &read.as_ref().map(|read| read.rows(data_set)).unwrap_or_default()),
                None => json(field, element(&way.namespace, field.name).or(Some(""))),
            };
            value.insert(words::split(field.name, '_'), answered);
        }
        way.output.tell(&Value::Object(value), |value| in_words(operation, value))?;
        match code {
            0 => Ok(()),
            _ => Err(Failure::Refused(format!("refused with return code {code}"))),
        }
    }
}

/// A text or a number of an answer; `None` is null.
fn json(field: &Field, text: Option<&str>) -> Value {
    match (field.kind, text) {
        (Kind::Int, Some(text)) => text.parse::<i32>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

fn rows(data_set: &DataSet, rows: &[Vec<Option<&str>>]) -> Value {
    let column = |(field, text): (&Field, _)| (words::split(field.name, '_'), json(field, text));
    let row = |row: &Vec<_>| data_set.table.fields.iter().zip(row.iter().copied()).map(column).collect::<Map<_, _>>();
    rows.iter().map(row).collect()
}

/// The code with its text, and what else is answered: on the same line if that is one value, on lines of their own if they are more.
fn in_words(operation: &Operation, answer: &Value) -> String {
    let mut lines = vec![format!("{} {}", answer["return_code"], text(answer, "text"))];
    let fields = &operation.response.fields[1..];
    for field in fields {
        match (&answer[words::split(field.name, '_')], fields.len()) {
            (Value::Array(rows), _) => lines.extend(rows.iter().map(row_in_words)),
            (value, 1) => lines[0].extend([" ", &value_in_words(value)]),
            (value, _) => lines.push(format!("{}\t{}", words::split(field.name, ' '), value_in_words(value))),
        }
    }
    lines.join("\n").trim_end().to_owned()
}

fn row_in_words(row: &Value) -> String {
    let columns = row.as_object().into_iter().flat_map(Map::values);
    columns.map(value_in_words).collect::<Vec<_>>().join("\t")
}

fn value_in_words(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => printable(text),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::{FETCH_ACCOUNT_CORE, FETCH_ACCOUNT_IDS, MEMBER_IS_IN_LOYALTY_CLUB, SAVE_ACCOUNT_PHONE};

    #[test]
    fn one_value_stands_behind_the_code_and_more_on_lines_of_their_own() {
        for (operation, values, words) in [
            (&SAVE_ACCOUNT_PHONE, json!({ "saved_phone_number": "" }), "0 Ok"),
            (&SAVE_ACCOUNT_PHONE, json!({ "saved_phone_number": "+1" }), "0 Ok +1"),
            (&MEMBER_IS_IN_LOYALTY_CLUB, json!({ "member_is_in_loyalty_club": 1 }), "0 Ok 1"),
            (&FETCH_ACCOUNT_IDS, json!({ "account_ids": [] }), "0 Ok"),
            (
                &FETCH_ACCOUNT_IDS,
                json!({ "account_ids": [{ "a": "1", "b": 0 }, { "a": "2\n", "b": null }] }),
                "0 Ok\n1\t0\n2\\n\t-",
            ),
        ] {
            let mut answer = json!({ "return_code": 0, "text": "Ok" });
            answer.as_object_mut().expect("an object").extend(values.as_object().expect("an object").clone());
            assert_eq!(in_words(operation, &answer), words);
        }
        let core = json!({ "return_code": 0, "text": "Ok", "first_name": "Ada", "middle_name": "", "is_employee": 1 });
        assert!(in_words(&FETCH_ACCOUNT_CORE, &core).starts_with("0 Ok\nfirst name\tAda\nmiddle name\t\n"));
    }
}
