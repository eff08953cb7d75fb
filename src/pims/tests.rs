//! Whatever comes, there is an answer.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::api::{Component, SdkApi, operation};
use super::method::Method;
use super::parameters::NumberReading;
use super::request::Request;
use super::{initialize, operations};
use crate::domain::phone_number::Region;
use crate::domain::program::PhoneCheck;
use crate::steps::hostile::{assert_linear, names};

/// JSON of any kind, with words that mean something here among others.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("modifyPhoneNumber".to_owned()),
        Just("phoneNumberCertification".to_owned()),
        Just("strong".to_owned()),
        Just("0612345678".to_owned()),
        "\\PC{0,12}",
        "[+0-9 ();=a-z.-]{0,20}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("type".to_owned()),
        Just("action".to_owned()),
        Just("actionType".to_owned()),
        Just("smsCode".to_owned()),
        Just("phoneNumber".to_owned()),
        Just("login".to_owned()),
        "\\PC{0,6}",
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(Request::parse(&bytes));
    }

    #[test]
    fn what_is_read_is_what_was_written(value in any_json()) {
        let is_object = value.is_object();
        prop_assert_eq!(Request::parse(value.to_string().as_bytes()).is_ok(), is_object);
    }

    #[test]
    fn any_parameters_are_understood_or_refused(parameters in any_json()) {
        let reading = NumberReading { region: Region::FRANCE, check: PhoneCheck::Possible };
        for api in [SdkApi::SendSmsCode, SdkApi::UseSmsCode, SdkApi::TrustedPhoneNumber, SdkApi::Account, SdkApi::User] {
            if let Ok(asked) = api.read(&parameters, reading, Component(true)) {
                prop_assert!(operations().any(|operation| operation.name == asked.name()));
            }
        }
        drop(initialize::read(&parameters));
    }
}

#[test]
fn work_on_hostile_text_is_linear() {
    let reading = NumberReading { region: Region::FRANCE, check: PhoneCheck::Possible };
    let read = |parameters: &Value| {
        for api in [SdkApi::SendSmsCode, SdkApi::UseSmsCode, SdkApi::Account, SdkApi::User] {
            drop(api.read(parameters, reading, Component(true)));
        }
    };
    let parse = |body: &Value| Request::parse(body.to_string().as_bytes()).expect("a call");
    assert_linear(&[
        ("a body", &|text| drop(Request::parse(text.as_bytes()))),
        ("an API", &|text| {
            operation(&parse(&json!({"api": text, "parameters": {"type": text, "action": text}})));
        }),
        ("many members", &|text| drop(parse(&names(text).map(|name| (name, Value::Null)).collect()))),
        ("many items", &|text| drop(parse(&json!({"parameters": names(text).collect::<Vec<_>>()})))),
        ("a number to be certified", &|text| read(&json!({"type": "phoneNumberCertification", "phoneNumber": text}))),
        ("a code", &|text| read(&json!({"type": "addPhoneNumber", "smsCode": text, "phoneNumber": text}))),
        ("a number", &|text| read(&json!({"type": "addPhoneNumber", "smsCode": "1", "phoneNumber": text}))),
        ("a login", &|text| read(&json!({"action": "login", "login": text, "password": text}))),
        ("an instance", &|text| {
            let credential =
                json!({"clientId": text, "clientSecret": text, "webviewsRedirectURI": text, "loginRedirectURI": text});
            drop(initialize::read(
                &json!({"environnement": "development", "mode": "B2C", "credential": credential, "profile": {"brand": text}}),
            ));
        }),
    ]);
}

#[test]
fn operations_have_names_of_their_own() {
    let mut names: Vec<_> = operations().map(|operation| operation.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!((names.len(), count), (15, 15), "{names:?}");
    assert_eq!(Method::at("get").and_then(Method::operation), None);
    assert_eq!(Method::at("release").and_then(Method::operation), Some("release"));
}
