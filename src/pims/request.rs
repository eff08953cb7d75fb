//! What a call says: the name of an API, and its parameters.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::steps;

/// The call as its JSON has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request(Map<String, Value>);

impl Request {
    /// Reads a body. Its members may come in any order and unknown ones may be there, but none may be there twice: whoever reads
    /// the first and whoever reads the last would see two different calls (our choice).
    ///
    /// # Errors
    /// Why it isn't a JSON object, for people.
    pub fn parse(body: &[u8]) -> Result<Self, String> {
        let body = body.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(body);
        let mut deserializer = serde_json::Deserializer::from_slice(steps::over(body));
        let value = Unambiguous.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
        match value {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err("it is JSON, but no object".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The API that is asked for; a name of another type is no name of an API.
    pub fn api(&self) -> Option<&str> {
        self.0.get("api")?.as_str()
    }

    /// The parameters; none at all are an empty object.
    pub fn parameters(&self) -> &Value {
        const NONE: &Value = &Value::Null;
        self.0.get("parameters").unwrap_or(NONE)
    }
}

/// Reads any JSON in which no object has a member twice.
struct Unambiguous;

impl<'de> DeserializeSeed<'de> for Unambiguous {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(Self)? {
            steps::count(1);
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            steps::count(name.len());
            if all.contains_key(&name) {
                return Err(de::Error::custom(format_args!("a member is there twice: {name}")));
            }
            let value = members.next_value_seed(Self)?;
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_a_json_object_without_doubled_members() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for (body, is_call) in [
            (r#"{"api":"a","parameters":{"b":[1,-1,1.5,true,null,"c"]}}"#, true),
            ("\u{FEFF} {} \r\n", true),
            (r#"{"parameters":{"a":12345678901234567890123}}"#, true),
            (r#"{"api":"a","api":"a"}"#, false),
            (r#"{"parameters":{"a":1,"a":2}}"#, false),
            (r#"{"parameters":[{"a":1,"a":2}]}"#, false),
            (&format!(r#"{{"parameters":{deep}}}"#), false),
            (r#"{"parameters":{"a":1e999}}"#, false),
            ("[]", false),
            ("\"a\"", false),
            ("", false),
            ("{", false),
            ("{}{}", false),
            ("{\"a\":\"\\ud800\"}", false),
        ] {
            assert_eq!(Request::parse(body.as_bytes()).is_ok(), is_call, "{body}");
        }
        assert!(Request::parse(b"{\"a\":\"\xFF\"}").is_err());
    }
}
