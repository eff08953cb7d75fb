//! What `--help` says of the commands of `call`.

use crate::contract::{Field, Kind, Served};

const STATUS: &str = "Prints the return code with its text, and the answer. The status is 0 for code 0, otherwise 1.";

/// What an operation does, what is printed, and an example.
pub fn about(served: Served) -> [&'static str; 3] {
    match served {
        Served::AddToLoyaltyClub => [
            "Let a member join a loyalty club",
            STATUS,
            "sync-asmx call add-to-loyalty-club --member-id 1001 --club NEWS",
        ],
        Served::RemoveToLoyaltyClub => [
            "Let a member leave a loyalty club",
            STATUS,
            "sync-asmx call remove-to-loyalty-club --member-id 1001 --club GOLD",
        ],
        Served::MemberIsInLoyaltyClub => [
            "Tell whether a member is in a loyalty club",
            STATUS,
            "sync-asmx call member-is-in-loyalty-club --member-id 1001 --club GOLD",
        ],
        Served::FetchAccountCore => [
            "Show a member's names, birth date and gender",
            STATUS,
            "sync-asmx call fetch-account-core --member-id 1001",
        ],
        Served::SaveAccountCore => [
            "Save a member's names, birth date and gender",
            STATUS,
            "sync-asmx call save-account-core --member-id 1001 --first-name Ada --last-name King --birthdate 12-10-1815",
        ],
        Served::FetchAccountAddress => [
            "Show a member's address of one type",
            STATUS,
            "sync-asmx call fetch-account-address --member-id 1001 --type HOME",
        ],
        Served::SaveAccountAddress => [
            "Save a member's address of one type",
            "Prints the return code with its text, and the address as it was saved. The status is 0 if it was, 1 if not.",
            "sync-asmx call save-account-address --member-id 1001 --type HOME --line-1 '5 King St' --city Toronto --region on --postal-code m5h1a1 --country CAN",
        ],
        Served::FetchAccountIds => {
            ["Show a member's account ids", STATUS, "sync-asmx call fetch-account-ids --member-id 1002"]
        }
        Served::SaveAccountCustomFields => [
            "Save values of a member's custom fields",
            "Prints the return code with its text. The status is 0 for code 0, otherwise 1: 803 means that some were skipped.",
            "sync-asmx call save-account-custom-fields --member-id 1001 --pair SHIRT_SIZE=L --pair CHILDREN=2",
        ],
        Served::SaveAccountId => [
            "Save an account id of a member",
            STATUS,
            "sync-asmx call save-account-id --member-id 1001 --type CARD --id 590010",
        ],
        Served::DeleteAccountId => [
            "Remove an account id of a member",
            STATUS,
            "sync-asmx call delete-account-id --member-id 1001 --id 590001",
        ],
        Served::SaveAccountEmail => [
            "Save a member's e-mail address of one type",
            "Prints the return code with its text, and the address as it was saved. The status is 0 if it was, 1 if not.",
            "sync-asmx call save-account-email --member-id 1001 --type PRIMARY --address ada@example.org",
        ],
        Served::DeleteAccountEmailAddress => [
            "Remove a member's e-mail address of one type",
            STATUS,
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
pub fn words(field: &Field) -> (&'static str, String) {
    let words = split(field.name, ' ').replace("email", "e-mail");
    match (words.strip_suffix(" external reference"), field.kind, field.name) {
        (Some(item), ..) => ("REFERENCE", format!("External reference of the {item}")),
        (_, Kind::Int, name) if name.starts_with("Is") => ("0|1", format!("Whether it {words}")),
        (_, Kind::Int, _) => ("ID", sentence(&words)),
        (_, Kind::KeyValuePairs(_), _) => (
            "REFERENCE=VALUE",
            "External reference and value of a custom field; may be given more than once".to_owned(),
        ),
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

/// A name in lower case, its words and numbers apart.
pub fn split(name: &str, separator: char) -> String {
    let mut split = String::new();
    for character in name.chars() {
        if (character.is_ascii_uppercase() || character.is_ascii_digit()) && !split.is_empty() {
            split.push(separator);
        }
        split.push(character.to_ascii_lowercase());
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_name_are_split() {
        assert_eq!(split("SaveAccountPhone", '-'), "save-account-phone");
        assert_eq!(split("SavedPhoneNumber", '_'), "saved_phone_number");
        assert_eq!(split("SavedAddressLine1", '_'), "saved_address_line_1");
    }
}
