//! The commands of `call` and their options, made from the contract: a command an operation, an option a field.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, Subcommand, value_parser};

use super::{Call, Way};
use crate::contract::{Field, Kind, Operation, Request, Served, Value, served};
use crate::soap::Version;

/// How the command line speaks of a field, whatever the operation.
struct Words {
    field: &'static str,
    option: &'static str,
    value_name: &'static str,
    help: &'static str,
    /// What is sent if nothing is said; `None` for an option that is required.
    default: Option<&'static str>,
}

const WORDS: [Words; 6] = [
    Words {
        field: "SecurityToken",
        option: "token",
        value_name: "TOKEN",
        help: "Security token",
        default: Some("TEST-TOKEN"),
    },
    Words { field: "MemberId", option: "member-id", value_name: "ID", help: "Internal member id", default: None },
    Words {
        field: "PhoneNumberTypeExternalReference",
        option: "type",
        value_name: "REFERENCE",
        help: "External reference of the phone number type",
        default: Some("HOME"),
    },
    Words {
        field: "PhoneNumber",
        option: "number",
        value_name: "NUMBER",
        help: "The number, with its country calling code",
        default: None,
    },
    Words {
        field: "MobileCarrierExternalReference",
        option: "carrier",
        value_name: "REFERENCE",
        help: "External reference of the mobile carrier",
        default: Some(""),
    },
    Words {
        field: "IsValid",
        option: "is-valid",
        value_name: "0|1",
        help: "0 for a number that isn't valid",
        default: Some("1"),
    },
];

/// What an operation does, what is printed, and an example.
fn about(served: Served) -> [&'static str; 3] {
    match served {
        Served::SaveAccountPhone => [
            "Save a member's number of one type",
            "Prints the return code with its text, and the number as it was saved. The status is 0 if it was, 1 if not.",
            "sync-asmx call save-account-phone --member-id 1001 --number '+1 519 555 0123'",
        ],
    }
}

fn words(field: &Field) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.field == field.name)
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
    let options = operation.request.fields.iter().filter_map(option);
    let command = Way::augment_args(Command::new(split(operation.name, '-')).args(options));
    // Behind the rest, which would describe itself.
    command.about(about).long_about(format!("{about}\n\n{details}\n\nExample: {example}"))
}

fn option(field: &'static Field) -> Option<Arg> {
    let words = words(field)?;
    let option = Arg::new(field.name).long(words.option).value_name(words.value_name).help(words.help);
    let option = match field.kind {
        Kind::Int => option.value_parser(value_parser!(i32)).allow_negative_numbers(true),
        _ => option,
    };
    Some(match words.default {
        Some(default) => option.default_value(default),
        None => option.required(true),
    })
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
        for operation in served() {
            let options: Vec<_> =
                operation.request.fields.iter().map(|field| words(field).map(|words| words.option)).collect();
            assert!(options.iter().all(Option::is_some), "{} {options:?}", operation.name);
        }
        Call::augment_subcommands(Command::new("call")).debug_assert();
    }

    #[test]
    fn the_words_of_a_name_are_split() {
        assert_eq!(split("SaveAccountPhone", '-'), "save-account-phone");
        assert_eq!(split("SavedPhoneNumber", '_'), "saved_phone_number");
    }
}
