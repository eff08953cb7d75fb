//! The commands of `call` and their options, made from the contract: a command an operation, an option a field.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, Subcommand, value_parser};

use super::{Call, Way};
use crate::contract::{Field, Kind, Operation, Request, Served, Value, served};
use crate::soap::Version;

/// What is sent if nothing is said. Other required fields have to be said, and those that aren't required are empty or 0.
const DEFAULTS: [(&str, &str); 3] =
    [("SecurityToken", "TEST-TOKEN"), ("PhoneNumberTypeExternalReference", "HOME"), ("IsValid", "1")];

/// What an operation does, what is printed, and an example.
fn about(served: Served) -> [&'static str; 3] {
    match served {
        Served::SaveAccountEmail => [
            "Save a member's e-mail address of one type",
            "Prints the return code with its text, and the address as it was saved. The status is 0 if it was, 1 if not.",
            "sync-asmx call save-account-email --member-id 1001 --type PRIMARY --address ada@example.org",
        ],
        Served::DeleteAccountEmailAddress => [
            "Remove a member's e-mail address of one type",
            "Prints the return code with its text. The status is 0 for code 0, otherwise 1.",
            "sync-asmx call delete-account-email-address --member-id 1001 --type PRIMARY",
        ],
        Served::SaveAccountPhone => [
            "Save a member's number of one type",
            "Prints the return code with its text, and the number as it was saved. The status is 0 if it was, 1 if not.",
            "sync-asmx call save-account-phone --member-id 1001 --number '+1 519 555 0123'",
        ],
    }
}

/// What is printed as the value of an option, and what it is.
fn words(field: &Field) -> (&'static str, String) {
    let words = split(field.name, ' ').replace("email", "e-mail");
    match (words.strip_suffix(" external reference"), field.kind, field.name) {
        (Some(item), ..) => ("REFERENCE", format!("External reference of the {item}")),
        (_, Kind::Int, name) if name.starts_with("Is") => ("0|1", format!("Whether it {words}")),
        (_, Kind::Int, _) => ("ID", sentence(&words)),
        _ => ("TEXT", sentence(&words)),
    }
}

fn sentence(words: &str) -> String {
    let mut sentence = words.to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

/// A name in lower case, its words apart.
pub fn split(name: &str, separator: char) -> String {
    let mut split = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !split.is_empty() {
            split.push(separator);
        }
        split.push(character.to_ascii_lowercase());
    }
    split
}

/// The versions of SOAP by their numbers.
pub fn versions() -> impl TypedValueParser<Value = Version> {
    PossibleValuesParser::new(Version::ALL.map(Version::number)).map(|number| match number.as_str() {
        "1.2" => Version::Soap12,
        _ => Version::Soap11,
    })
}

impl Subcommand for Call {
    fn augment_subcommands(command: Command) -> Command {
        served().fold(command, |command, operation| match operation.served {
            Some(served) => command.subcommand(command_of(operation, about(served))),
            None => command,
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        served().any(|operation| split(operation.name, '-') == name)
    }
}

fn command_of(operation: &'static Operation, [about, details, example]: [&'static str; 3]) -> Command {
    let options = operation.request.fields.iter().map(option);
    let command = Way::augment_args(Command::new(split(operation.name, '-')).args(options));
    // Behind the rest, which would describe itself.
    command.about(about).long_about(format!("{about}\n\n{details}\n\nExample: {example}"))
}

fn option(field: &'static Field) -> Arg {
    let (value_name, help) = words(field);
    let long = split(field.name.trim_end_matches("ExternalReference"), '-');
    let option = Arg::new(field.name).value_name(value_name).help(help);
    let option = match field.option {
        Some(short) => option.long(short).visible_alias(long),
        None => option.long(long),
    };
    let option = match field.kind {
        Kind::Int => option.value_parser(value_parser!(i32)).allow_negative_numbers(true),
        _ => option,
    };
    let default = DEFAULTS.iter().find(|(name, _)| *name == field.name).map(|(_, default)| *default);
    match default.or((!field.is_required && field.name != "MemberId").then_some("")) {
        Some(default) => option.default_value(default),
        None => option.required(true),
    }
}

impl FromArgMatches for Call {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let command = matches.subcommand();
        let found = command
            .and_then(|(name, given)| Some((served().find(|operation| split(operation.name, '-') == name)?, given)));
        let (operation, given) = found.ok_or_else(|| Error::new(ErrorKind::InvalidSubcommand))?;
        let mut request = Request::new(operation);
        for (index, field) in operation.request.fields.iter().enumerate() {
            let value = match field.kind {
                Kind::Int => given.get_one(field.name).map(|number| Value::Int(*number)),
                _ => given.get_one::<String>(field.name).map(|text| Value::Text(text.clone().into())),
            };
            if let Some(value) = value {
                request.put(index, value);
            }
        }
        Ok(Self { request, way: Way::from_arg_matches(given)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_what_is_served_has_an_option_of_its_own() {
        Call::augment_subcommands(Command::new("call")).debug_assert();
    }

    #[test]
    fn the_words_of_a_name_are_split() {
        assert_eq!(split("SaveAccountPhone", '-'), "save-account-phone");
        assert_eq!(split("SavedPhoneNumber", '_'), "saved_phone_number");
    }
}
