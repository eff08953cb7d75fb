use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::*;
use crate::domain::ReturnCode;

/// The documented facts, copied from the vendor's pages.
const FACTS: &str = include_str!("../../fixtures/contract/sync-operations.json");

#[test]
fn every_row_says_what_is_documented() {
    let facts: Json = serde_json::from_str(FACTS).expect("JSON");
    let documented: Vec<_> = list(&facts["operations"]).iter().map(of_facts).collect();
    let rows: Vec<_> = OPERATIONS.into_iter().map(of_row).collect();
    assert_eq!(rows, documented);
}

/// What both say, in the words of the facts.
#[derive(Debug, PartialEq)]
struct Documented {
    name: String,
    other_names: Vec<String>,
    page: String,
    parameter: String,
    request: (String, Vec<(String, String, bool)>),
    response: (String, Vec<(String, String, bool)>),
    codes: BTreeSet<u64>,
}

fn of_row(row: &Operation) -> Documented {
    let record = |record: &RecordType| {
        let field = |field: &Field| (field.name.to_owned(), documented_kind(field.kind), field.is_required);
        (record.name.to_owned(), record.fields.iter().map(field).collect())
    };
    Documented {
        name: row.name.to_owned(),
        other_names: row.aliases.iter().map(|&name| name.to_owned()).collect(),
        page: row.documentation(),
        parameter: row.parameter.to_owned(),
        request: record(&row.request),
        response: record(&row.response),
        codes: row.codes.iter().chain(&Operation::COMMON_CODES).copied().map(u64::from).collect(),
    }
}

fn of_facts(facts: &Json) -> Documented {
    // Where the page and its file disagree on the name, both are names.
    let (file_name, page_name) = (text(&facts["name"]), facts["documented_method_name"].as_str());
    Documented {
        name: page_name.map_or_else(|| file_name.clone(), str::to_owned),
        other_names: page_name.map(|_| file_name.clone()).into_iter().collect(),
        page: text(&facts["page"]),
        parameter: text(&facts["request_parameter"]),
        request: (text(&facts["request_type"]), list(&facts["request_fields"]).iter().map(field).collect()),
        response: (text(&facts["response_type"]), list(&facts["response_fields"]).iter().map(field).collect()),
        codes: list(&facts["return_codes"]).iter().filter_map(Json::as_u64).collect(),
    }
}

fn field(facts: &Json) -> (String, String, bool) {
    let kind = text(&facts["type"]);
    // Two spellings of the same type.
    let kind = if kind == "Integer" { "Integer - 32bit".to_owned() } else { kind };
    (text(&facts["name"]), kind, facts["required"].as_bool().unwrap_or_default())
}

fn documented_kind(kind: Kind) -> String {
    let words = match kind {
        Kind::Text => "String",
        Kind::Int => "Integer - 32bit",
        Kind::KeyValuePairs(_) => "key/value pairs",
        Kind::DataSet(data_set) => data_set.name,
    };
    words.to_owned()
}

fn text(value: &Json) -> String {
    value.as_str().expect("a text").to_owned()
}

fn list(value: &Json) -> &[Json] {
    value.as_array().expect("a list")
}

#[test]
fn every_documented_code_of_what_is_served_can_be_answered() {
    for row in OPERATIONS {
        for code in row.codes.iter().chain(&Operation::COMMON_CODES) {
            assert!(ReturnCode::ALL.iter().any(|known| known.number() == *code), "{} {code}", row.name);
        }
    }
}

#[test]
fn every_name_is_the_name_of_one_operation() {
    let names: Vec<_> = OPERATIONS.iter().flat_map(|row| row.names()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn every_request_has_a_token_and_a_member_and_every_answer_begins_with_a_code() {
    for row in OPERATIONS {
        let (token, member) = (row.request.text("SecurityToken"), row.request.int("MemberId"));
        let request = Request::new(row).with_text(token, "T").with_int(member, 1);
        assert_eq!((request.security_token(), request.member_id()), (Some("T"), Some(1)), "{}", row.name);
        assert_eq!(row.response.fields.first().map(|field| field.name), Some("ReturnCode"), "{}", row.name);
    }
}

#[test]
fn a_required_text_may_be_neither_missing_nor_blank() {
    let row = &SAVE_ACCOUNT_PHONE.request;
    let (reference, number) = (row.text("PhoneNumberTypeExternalReference"), row.text("PhoneNumber"));
    for (sent, is_lacking) in [
        (&[][..], true),
        (&[(reference, "HOME")], true),
        (&[(reference, "HOME"), (number, "")], true),
        (&[(reference, "HOME"), (number, " \u{2003}\n")], true),
        (&[(reference, "HOME"), (number, "1")], false),
    ] {
        let mut request = Request::new(&SAVE_ACCOUNT_PHONE);
        for (field, text) in sent {
            request = request.with_text(*field, text);
        }
        assert_eq!(request.lacks_required_text(), is_lacking, "{request:?}");
        assert!(request.has_missing_element());
    }
}

#[test]
fn the_parameter_may_have_the_name_that_it_would_have_under_an_alias() {
    for (operation, name, expected) in [
        (&SAVE_ACCOUNT_PHONE, "preqSaveAccountPhone", true),
        (&SAVE_ACCOUNT_PHONE, "preq", false),
        (&SAVE_ACCOUNT_PHONE, "SaveAccountPhone", false),
        (&REMOVE_TO_LOYALTY_CLUB, "preqSyncRemoveToLoyaltyClub", true),
        (&REMOVE_TO_LOYALTY_CLUB, "preqSyncRemoveFromLoyaltyClub", true),
        (&REMOVE_TO_LOYALTY_CLUB, "preqRemoveFromLoyaltyClub", false),
        (&REMOVE_TO_LOYALTY_CLUB, "RemoveFromLoyaltyClub", false),
        (&REMOVE_TO_LOYALTY_CLUB, "preqSyncRemoveFromLoyaltyClubs", false),
    ] {
        assert_eq!(operation.is_parameter(name), expected, "{name}");
    }
}

#[test]
fn an_array_that_is_missing_or_nil_has_no_items() {
    const PAIRS: PairsField = SAVE_ACCOUNT_CUSTOM_FIELDS.request.pairs("CustomFieldPairs");
    let item = Some(Pair { reference: Some("A".into()), value: None });
    for (value, items) in [
        (None, &[][..]),
        (Some(Value::Pairs(None)), &[]),
        (Some(Value::Pairs(Some(vec![]))), &[]),
        (Some(Value::Pairs(Some(vec![None, item.clone()]))), &[None, item.clone()]),
    ] {
        let (token, member) = (
            SAVE_ACCOUNT_CUSTOM_FIELDS.request.text("SecurityToken"),
            const { SAVE_ACCOUNT_CUSTOM_FIELDS.request.int("MemberId") },
        );
        let mut request = Request::new(&SAVE_ACCOUNT_CUSTOM_FIELDS).with_text(token, "T").with_int(member, 1);
        // Only the strict setting asks; nil is there.
        let is_missing = value.is_none();
        if let Some(value) = value {
            request.put(2, value);
        }
        let request = request.into_owned();
        assert_eq!((request.pairs(PAIRS), request.has_missing_element()), (items, is_missing), "{request:?}");
    }
}
