//! The commands of `call` and their options, made from the contract: a command an operation, an option a field.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, Subcommand, value_parser};

use super::words::{about, split, words};
use super::{Call, Way};
use crate::contract::{Field, Kind, OPERATIONS, Operation, Pair, Request, Value};
use crate::soap::Version;

/// What is sent if nothing is said. Other required fields have to be said, and those that aren't required are empty or 0.
const DEFAULTS: [(&str, &str); 5] = [
    ("SecurityToken", "TEST-TOKEN"),
    ("PhoneNumberTypeExternalReference", "HOME"),
    ("IsValid", "1"),
    ("IsInactive", "0"),
    ("IsInactiveForDevices", "0"),
];

/// The versions of SOAP by their numbers.
pub fn versions() -> impl TypedValueParser<Value = Version> {
    PossibleValuesParser::new(Version::ALL.map(Version::number)).map(|number| match number.as_str() {
        "1.2" => Version::Soap12,
        _ => Version::Soap11,
    })
}

impl Subcommand for Call {
    fn augment_subcommands(command: Command) -> Command {
        OPERATIONS
            .into_iter()
            .fold(command, |command, operation| command.subcommand(command_of(operation, about(operation.served))))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        OPERATIONS.into_iter().any(|operation| split(operation.name, '-') == name)
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
        Kind::KeyValuePairs(_) => return option.value_parser(parse_pair).action(ArgAction::Append),
        _ => option,
    };
    let default = DEFAULTS.iter().find(|(name, _)| *name == field.name).map(|(_, default)| *default);
    match default.or((!field.is_required && field.name != "MemberId").then_some("")) {
        Some(default) => option.default_value(default),
        None => option.required(true),
    }
}

fn parse_pair(text: &str) -> Result<Pair<'static>, &'static str> {
    let (reference, value) = text.split_once('=').ok_or("expected REFERENCE=VALUE, such as SHIRT_SIZE=L")?;
    Ok(Pair { reference: Some(reference.to_owned().into()), value: Some(value.to_owned().into()) })
}

fn request(operation: &'static Operation, given: &ArgMatches) -> Request<'static> {
    let mut request = Request::new(operation);
    for (index, field) in operation.request.fields.iter().enumerate() {
        let value = match field.kind {
            Kind::Int => given.get_one(field.name).map(|number| Value::Int(*number)),
            Kind::KeyValuePairs(_) => {
                let pairs = given.get_many::<Pair<'_>>(field.name).unwrap_or_default();
                Some(Value::Pairs(Some(pairs.cloned().map(Some).collect())))
            }
            _ => given.get_one::<String>(field.name).map(|text| Value::Text(text.clone().into())),
        };
        if let Some(value) = value {
            request.put(index, value);
        }
    }
    request
}

impl FromArgMatches for Call {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let command = matches.subcommand();
        let found = command.and_then(|(name, given)| {
            Some((OPERATIONS.into_iter().find(|operation| split(operation.name, '-') == name)?, given))
        });
        let (operation, given) = found.ok_or_else(|| Error::new(ErrorKind::InvalidSubcommand))?;
        Ok(Self { request: request(operation, given), way: Way::from_arg_matches(given)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{
        OPERATIONS, REMOVE_TO_LOYALTY_CLUB, SAVE_ACCOUNT_ADDRESS, SAVE_ACCOUNT_CUSTOM_FIELDS, SAVE_ACCOUNT_ID,
    };
    use crate::soap::write_request;

    #[test]
    fn every_field_has_an_option_of_its_own() {
        Call::augment_subcommands(Command::new("call")).debug_assert();
        for operation in OPERATIONS {
            command_of(operation, ["", "", ""]).debug_assert();
        }
    }

    #[test]
    fn options_become_the_elements_of_the_call() {
        for (operation, arguments, elements) in [
            (
                &REMOVE_TO_LOYALTY_CLUB,
                &["--club", "GOLD", "--member-id", "-1"][..],
                "<LoyaltyClubExternalReference>GOLD</LoyaltyClubExternalReference><MemberId>-1</MemberId>",
            ),
            (
                &SAVE_ACCOUNT_CUSTOM_FIELDS,
                &["--member-id", "1"],
                "<MemberId>1</MemberId><CustomFieldPairs></CustomFieldPairs>",
            ),
            (
                &SAVE_ACCOUNT_CUSTOM_FIELDS,
                &["--pair", "A=b=<", "--member-id", "1", "--custom-field-pairs", "B="],
                "<MemberId>1</MemberId><CustomFieldPairs><recCustomFieldKeyValuePair>\
                 <CustomFieldExternalReference>A</CustomFieldExternalReference><CustomFieldValue>b=&lt;</CustomFieldValue>\
                 </recCustomFieldKeyValuePair><recCustomFieldKeyValuePair>\
                 <CustomFieldExternalReference>B</CustomFieldExternalReference><CustomFieldValue/>\
                 </recCustomFieldKeyValuePair></CustomFieldPairs>",
            ),
            (
                &SAVE_ACCOUNT_ID,
                &["--member-id", "1", "--type", "CARD", "--id", "590001", "--is-inactive", "1"],
                "<MemberId>1</MemberId><AccountIdTypeExternalReference>CARD</AccountIdTypeExternalReference>\
                 <AccountId>590001</AccountId><IsInactive>1</IsInactive><IsInactiveForDevices>0</IsInactiveForDevices>",
            ),
            (
                &SAVE_ACCOUNT_ADDRESS,
                &[
                    "--member-id",
                    "1",
                    "--type",
                    "HOME",
                    "--line-1",
                    "1",
                    "--address-line-2",
                    "2",
                    "--city",
                    "C",
                    "--region",
                    "R",
                    "--postal-code",
                    "P",
                    "--country",
                    "L",
                    "--is-valid",
                    "0",
                ],
                "<MemberId>1</MemberId><AddressTypeExternalReference>HOME</AddressTypeExternalReference>\
                 <AddressLine1>1</AddressLine1><AddressLine2>2</AddressLine2><AddressLine3/><City>C</City><Region>R</Region>\
                 <PostalCode>P</PostalCode><Country>L</Country><IsValid>0</IsValid>",
            ),
        ] {
            let command = command_of(operation, ["", "", ""]).no_binary_name(true);
            let given = command.try_get_matches_from(arguments).expect("options");
            let envelope = write_request(Version::Soap11, "urn:mine", &request(operation, &given));
            let elements = format!("<SecurityToken>TEST-TOKEN</SecurityToken>{elements}</{}>", operation.parameter);
            assert!(envelope.contains(&elements), "{envelope}");
        }
        let command = command_of(&SAVE_ACCOUNT_CUSTOM_FIELDS, ["", "", ""]).no_binary_name(true);
        assert!(command.try_get_matches_from(["--member-id", "1", "--pair", "SHIRT_SIZE"]).is_err());
    }
}
