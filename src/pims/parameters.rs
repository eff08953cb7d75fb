//! The parameters of a call, read one by one: absent (2101), then wrong (2102).

use serde_json::{Map, Value};

use super::error::Failure;
use crate::domain::PhoneNumber;
use crate::domain::phone_number::Region;
use crate::domain::program::PhoneCheck;
use crate::operations::pims::TypedCode;
use crate::steps;

/// How numbers are read that don't say which country they are of.
#[derive(Clone, Copy, Debug)]
pub struct NumberReading {
    pub region: Region,
    pub check: PhoneCheck,
}

/// What was given, by name. Names that nobody asks for don't matter.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'p>(Option<&'p Map<String, Value>>);

impl<'p> Parameters<'p> {
    /// The parameters of a call; null stands for none.
    ///
    /// # Errors
    /// 2102 for anything else that is no object.
    pub fn of(value: &'p Value) -> Result<Self, Failure> {
        match value {
            Value::Object(members) => Ok(Self(Some(members))),
            Value::Null => Ok(Self(None)),
            _ => Err(Failure::invalid("parameters")),
        }
    }

    /// A parameter that may be left out; null is the same.
    pub fn optional(self, name: &str) -> Option<&'p Value> {
        self.0?.get(name).filter(|value| !value.is_null())
    }

    /// A parameter that has to be there.
    ///
    /// # Errors
    /// 2101.
    pub fn required(self, name: &'static str) -> Result<&'p Value, Failure> {
        self.optional(name).ok_or(Failure::missing(name))
    }

    /// One of the words that a parameter may be, in their exact spelling.
    ///
    /// # Errors
    /// 2101 or 2102.
    pub fn word(self, name: &'static str, words: &[&'static str]) -> Result<&'static str, Failure> {
        let given = self.required(name)?;
        let known = words.iter().find(|word| given.as_str() == Some(word));
        known.copied().ok_or(Failure::invalid(name))
    }
}

/// Reads a code. A string of digits or an integer: the pages of 2022 and of 2023 disagree.
///
/// # Errors
/// 2102.
pub fn read_code(value: &Value) -> Result<TypedCode, Failure> {
    const LONGEST: usize = 20;
    let code = match value {
        Value::String(text) => {
            let text = steps::over(text).trim();
            let is_code = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            is_code.then(|| TypedCode::Text(text.to_owned()))
        }
        Value::Number(number) => number.as_u64().map(TypedCode::Integer),
        _ => None,
    };
    code.ok_or(Failure::invalid("smsCode"))
}

/// Reads a phone number, a string or an integer as well.
///
/// # Errors
/// 2102 if no number of that length is possible.
pub fn read_number(value: &Value, reading: NumberReading) -> Result<PhoneNumber, Failure> {
    let NumberReading { region, check } = reading;
    let number = match value {
        Value::String(text) => PhoneNumber::parse_national(text, region, check).ok(),
        Value::Number(number) => {
            number.as_u64().and_then(|number| PhoneNumber::parse_integer(number, region, check).ok())
        }
        _ => None,
    };
    number.ok_or(Failure::invalid("phoneNumber"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_are_digits_as_text_or_integer() {
        for (value, expected) in [
            (json!("2424"), Some(TypedCode::Text("2424".into()))),
            (json!(" 2424 "), Some(TypedCode::Text("2424".into()))),
            (json!(2424), Some(TypedCode::Integer(2424))),
            (json!(0), Some(TypedCode::Integer(0))),
            (json!(" "), None),
            (json!(""), None),
            (json!("24a4"), None),
            (json!("٢٤٢٤"), None),
            (json!("1".repeat(21)), None),
            (json!(-1), None),
            (json!(24.0), None),
            (json!(1e30), None),
            (json!(true), None),
            (json!([2424]), None),
            (json!({}), None),
        ] {
            assert_eq!(read_code(&value).ok(), expected, "{value}");
        }
    }

    #[test]
    fn numbers_are_text_or_integer() {
        let reading = NumberReading { region: Region::FRANCE, check: PhoneCheck::Possible };
        for (value, expected) in [
            (json!("0612345678"), Some("+33612345678")),
            (json!(612_345_678), Some("+33612345678")),
            (json!(33_612_345_678_u64), Some("+33612345678")),
            (json!("+49 151 12345678"), Some("+4915112345678")),
            (json!(612_345_678.0), None),
            (json!(-612_345_678), None),
            (json!(1e40), None),
            (json!(""), None),
            (json!("1".repeat(100_000)), None),
            (json!(false), None),
            (json!(["0612345678"]), None),
        ] {
            let read = read_number(&value, reading).ok().map(|number| number.e164().to_string());
            assert_eq!(read.as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn null_is_the_same_as_absent() {
        let value = json!({"type": null, "action": "login", "other": 1});
        let parameters = Parameters::of(&value).expect("an object");
        assert_eq!(parameters.required("type"), Err(Failure::missing("type")));
        assert_eq!(parameters.word("action", &["logout", "login"]), Ok("login"));
        assert_eq!(parameters.word("action", &["logout"]), Err(Failure::invalid("action")));
        assert_eq!(parameters.word("other", &["1"]), Err(Failure::invalid("other")));
        assert!(Parameters::of(&Value::Null).is_ok());
        assert_eq!(Parameters::of(&json!([])).err(), Some(Failure::invalid("parameters")));
    }
}
