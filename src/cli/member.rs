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
    /// Show a member with all its parts
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
    /// Replace a member that is there already, its names and all its parts included
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
                            "there is a member {} already; --replace replaces it, with all its parts",
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

/// A member, and a line for each of its parts: what it is, which one, and what it says.
fn format_member(member: &Value) -> String {
    let id = &member["member_id"];
    let mut lines = vec![format!("{id}\t{} {}", text(member, "first_name"), text(member, "last_name"))];
    for field in ["middle_name", "suffix", "nick_name", "birthdate", "gender"] {
        if member[field].is_string() {
            lines.push(format!("{}\t{}", field.replace('_', " "), text(member, field)));
        }
    }
    for flag in ["is_employee", "is_suspended", "is_locked"] {
        if member[flag] == true {
            lines.push(flag.replace("is_", ""));
        }
    }
    for phone in list(member, "phones") {
        let carrier = phone["carrier"].as_str().map_or_else(|| "-".to_owned(), printable);
        let (kind, number) = (text(phone, "type"), text(phone, "number"));
        lines.push(format!("phone\t{kind}\t{number}\t{carrier}\t{}", validity(phone)));
    }
    for email in list(member, "emails") {
        lines.push(format!("e-mail\t{}\t{}\t{}", text(email, "type"), text(email, "address"), validity(email)));
    }
    for address in list(member, "addresses") {
        lines.push(format!("address\t{}\t{}\t{}", text(address, "type"), format_address(address), validity(address)));
    }
    for id in list(member, "account_ids") {
        let state = match (id["is_inactive"] == true, id["is_inactive_for_devices"] == true) {
            (true, _) => "inactive",
            (false, true) => "inactive for devices",
            (false, false) => "active",
        };
        lines.push(format!("account id\t{}\t{}\t{state}", text(id, "type"), text(id, "id")));
    }
    let clubs = list(member, "loyalty_clubs").iter().filter_map(Value::as_str);
    lines.extend(clubs.map(|club| format!("club\t{}", printable(club))));
    for (field, value) in member["custom_fields"].as_object().into_iter().flatten() {
        lines.push(format!("custom field\t{}\t{}", printable(field), format_value(value)));
    }
    lines.join("\n")
}

fn list<'v>(member: &'v Value, field: &str) -> &'v [Value] {
    member[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn validity(part: &Value) -> &'static str {
    if part["is_valid"] == false { "not valid" } else { "valid" }
}

/// An address on one line, with abbreviations behind the names.
fn format_address(address: &Value) -> String {
    let with_abbreviation = |name: &str, abbreviation: &str| match address[abbreviation].as_str() {
        Some(short) => format!("{} ({})", text(address, name), printable(short)),
        None => text(address, name),
    };
    let mut parts: Vec<_> = ["line_1", "line_2", "line_3", "city"].map(|field| text(address, field)).into();
    parts.push(with_abbreviation("region", "region_abbreviation"));
    parts.push(text(address, "postal_code"));
    parts.push(with_abbreviation("country", "country_abbreviation"));
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

/// A value of a custom field: texts of a list as a caller says them.
fn format_value(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text),
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).map(printable).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_of_a_member_are_shown() {
        let member = json!({
            "member_id": 7, "first_name": "Ada", "last_name": "Lovelace", "middle_name": "King", "suffix": "Jr", "nick_name": "\u{1b}Countess",
            "birthdate": "1815-12-10", "gender": "female", "is_employee": true, "is_locked": true,
            "phones": [{"type": "HOME", "number": "+15195550101", "carrier": null, "is_valid": true}],
            "emails": [{"type": "PRIMARY", "address": "ada@example.com", "is_valid": false}],
            "addresses": [{"type": "HOME", "line_1": "1 Main St", "line_2": null, "line_3": "c/o Babbage", "city": "Kitchener",
                "region": "Ontario", "region_abbreviation": "ON", "postal_code": "N2H 4A2", "country": "Canada",
                "country_abbreviation": null, "is_valid": true}],
            "account_ids": [{"type": "CARD", "id": "590001", "is_inactive": false, "is_inactive_for_devices": false},
                {"type": "CARD", "id": "590022", "is_inactive": true, "is_inactive_for_devices": true},
                {"type": "MOBILE", "id": "7", "is_inactive": false, "is_inactive_for_devices": true}],
            "loyalty_clubs": ["GOLD"],
            "custom_fields": {"BUDGET": "120.50", "CHILDREN": 2, "NEWSLETTER": false, "TOPICS": ["WINE", "COFFEE"]}
        });
        let expected = [
            "7\tAda Lovelace",
            "middle name\tKing",
            "suffix\tJr",
            "nick name\t\\u{1b}Countess",
            "birthdate\t1815-12-10",
            "gender\tfemale",
            "employee",
            "locked",
            "phone\tHOME\t+15195550101\t-\tvalid",
            "e-mail\tPRIMARY\tada@example.com\tnot valid",
            "address\tHOME\t1 Main St, c/o Babbage, Kitchener, Ontario (ON), N2H 4A2, Canada\tvalid",
            "account id\tCARD\t590001\tactive",
            "account id\tCARD\t590022\tinactive",
            "account id\tMOBILE\t7\tinactive for devices",
            "club\tGOLD",
            "custom field\tBUDGET\t120.50",
            "custom field\tCHILDREN\t2",
            "custom field\tNEWSLETTER\tfalse",
            "custom field\tTOPICS\tWINE;COFFEE",
        ];
        assert_eq!(format_member(&member).split('\n').collect::<Vec<_>>(), expected);
        assert_eq!(format_member(&json!({"member_id": 8})), "8\t ");
    }
}
