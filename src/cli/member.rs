//! Members of a server's program.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::{Output, text};
use super::printable::printable;
use super::remote::Remote;
use crate::percent::encode;

/// What to do with members.
#[derive(Debug, Subcommand)]
pub enum Member {
    /// Add a member
    ///
    /// One that is there already stays as it is, and the status is 1.
    ///
    /// Example: sync-asmx member add 1004 --first-name Edsger --phone HOME=+15195550104
    #[command(verbatim_doc_comment)]
    Add(Add),
    /// Show a member with its numbers
    ///
    /// Example: sync-asmx member show 1002 --json
    #[command(verbatim_doc_comment)]
    Show(Show),
}

/// Which member.
#[derive(Debug, Args)]
struct Who {
    /// Internal member id
    #[arg(allow_negative_numbers = true)]
    member_id: i32,
    /// Program to which the member belongs
    #[arg(long, value_name = "NAME", default_value = "demo")]
    program: String,
    #[command(flatten)]
    remote: Remote,
}

impl Who {
    fn path(&self) -> String {
        format!("/_emulator/programs/{}/members/{}", encode(&self.program), self.member_id)
    }
}

#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    who: Who,
    #[arg(long, value_name = "NAME", default_value = "")]
    first_name: String,
    #[arg(long, value_name = "NAME", default_value = "")]
    last_name: String,
    /// A number of a type, by external reference; may be given more than once
    #[arg(long, value_name = "TYPE=NUMBER", value_parser = parse_phone)]
    phone: Vec<(String, String)>,
    /// Replace a member that is there already, its names and all its numbers included
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    output: Output,
}

fn parse_phone(text: &str) -> Result<(String, String), &'static str> {
    let (reference, number) = text.split_once('=').ok_or("expected TYPE=NUMBER, such as HOME=+15195550123")?;
    Ok((reference.to_owned(), number.to_owned()))
}

impl Member {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(Add { who, first_name, last_name, phone, replace, output }) => {
                let phones: Vec<_> =
                    phone.iter().map(|(reference, number)| json!({ "type": reference, "number": number })).collect();
                let member = json!({ "first_name": first_name, "last_name": last_name, "phones": phones });
                let added =
                    who.remote.put(&who.path(), member.to_string(), replace).map_err(|failure| match failure {
                        Failure::AlreadyThere(_) => Failure::AlreadyThere(format!(
                            "there is a member {} already; --replace replaces it, with all its numbers",
                            who.member_id
                        )),
                        other => other,
                    })?;
                output.tell(&added, format_member)
            }
            Self::Show(Show { who, output }) => output.tell(&who.remote.get(&who.path())?, format_member),
        }
    }
}

/// A member, and a line for each number.
fn format_member(member: &Value) -> String {
    let mut lines =
        vec![format!("{}\t{} {}", member["member_id"], text(member, "first_name"), text(member, "last_name"))];
    for phone in member["phones"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let carrier = phone["carrier"].as_str().map_or_else(|| "-".to_owned(), printable);
        let is_valid = if phone["is_valid"] == false { "not valid" } else { "valid" };
        lines.push(format!("{}\t{}\t{carrier}\t{is_valid}", text(phone, "type"), text(phone, "number")));
    }
    lines.join("\n")
}
