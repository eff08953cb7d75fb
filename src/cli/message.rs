//! The text messages that a server would have sent.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::failure::Failure;
use super::output::{Output, text};
use super::printable::printable;
use super::remote::Remote;
use crate::percent::encode;

/// What to read.
#[derive(Debug, Subcommand)]
pub enum Message {
    /// List the messages, newest last
    ///
    /// Example: sync-asmx message list --to +15195550123
    #[command(verbatim_doc_comment)]
    List(List),
    /// Tell the code that was sent to a number last, for scripts that type it in again
    ///
    /// Example: sync-asmx message code +15195550123
    #[command(verbatim_doc_comment)]
    Code(Code),
}

#[derive(Debug, Args)]
pub struct List {
    /// Only the messages to this number, in E.164
    #[arg(long, value_name = "NUMBER")]
    to: Option<String>,
    #[command(flatten)]
    remote: Remote,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
pub struct Code {
    /// The number, in E.164
    number: String,
    #[command(flatten)]
    remote: Remote,
    #[command(flatten)]
    output: Output,
}

impl Message {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(List { to, remote, output }) => {
                let messages = find(&remote, to.as_deref())?;
                output.tell(&messages, |messages| all(messages).iter().map(line).collect::<Vec<_>>().join("\n"))
            }
            Self::Code(Code { number, remote, output }) => {
                let messages = find(&remote, Some(&number))?;
                let newest = all(&messages).iter().rev().find(|message| message["code"].is_string());
                let missing = || Failure::Refused(format!("no code was sent to {number}"));
                output.tell(newest.ok_or_else(missing)?, |message| text(message, "code"))
            }
        }
    }
}

fn find(remote: &Remote, to: Option<&str>) -> Result<Value, Failure> {
    let query = to.map(|to| format!("?to={}", encode(to))).unwrap_or_default();
    remote.get(&format!("/_emulator/messages{query}"))
}

fn all(messages: &Value) -> &[Value] {
    messages["messages"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A message on one line.
fn line(message: &Value) -> String {
    let said = message["text"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let code = message["code"].as_str().map_or_else(|| "-".to_owned(), printable);
    [text(message, "at"), text(message, "to"), text(message, "channel"), code, printable(&said)].join("\t")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_told_on_one_line() {
        let message =
            json!({"at": "2026-01-01T00:00:00Z", "to": "+1", "channel": "sms", "text": "a\n b", "code": "42"});
        assert_eq!(line(&message), "2026-01-01T00:00:00Z\t+1\tsms\t42\ta b");
        let message = json!({"at": "x", "to": "+1", "channel": "voice", "text": "a", "code": null});
        assert_eq!(line(&message), "x\t+1\tvoice\t-\ta");
    }
}
