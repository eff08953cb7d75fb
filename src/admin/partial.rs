//! Bodies that say a part of something: what is to change of it (RFC 7396), or all but the id that their path says.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::json::{Json, read};
use super::problem::Problem;

/// The longest such body, in bytes: it is held as a tree, which takes many times as much memory.
const MAX_BODY: usize = 1 << 20;

/// An object of JSON, of which nothing is checked yet.
#[derive(Clone, Debug)]
pub struct Partial(Map<String, Value>);

impl FromRequest for Partial {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let object = Json::receive(request, payload, MAX_BODY);
        Box::pin(async move { object.await.map(|Json(object)| Self(object)) })
    }
}

impl Partial {
    /// What the body says, with the id of its path. An id in the body may be missing.
    ///
    /// # Errors
    /// 422 with the field, if it says another id, or isn't a `T`.
    pub fn with_id<T: DeserializeOwned>(mut self, field: &str, id: impl Into<Value>) -> Result<T, Problem> {
        let id = id.into();
        match (self.0.insert(field.to_owned(), id.clone()), &id) {
            (None | Some(Value::Null), _) => {}
            (Some(Value::String(own)), Value::String(id)) if own.trim() == id.trim() => {}
            (Some(own), id) if own == *id => {}
            _ => return Err(Problem::wrong(field, format!("expected {id} as in the path, or none"))),
        }
        read(Value::Object(self.0))
    }

    /// What `old` is with this change (RFC 7396): what isn't there stays, and null goes back to the default.
    ///
    /// # Errors
    /// 422 with the field, if it isn't a `T` then.
    pub fn applied_to<T: Serialize + DeserializeOwned>(&self, old: &T) -> Result<T, Problem> {
        let mut value = serde_json::to_value(old).map_err(|error| Problem::bad_request(error.to_string()))?;
        merge(&mut value, &self.0);
        read(value)
    }
}

/// As deep as the patch, which the parser bounds.
fn merge(target: &mut Value, patch: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, change) in patch {
        match change {
            Value::Null => drop(members.remove(name)),
            Value::Object(patch) => merge(members.entry(name.as_str()).or_insert(Value::Null), patch),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The examples of RFC 7396, appendix A, whose patch is an object.
    #[test]
    fn a_patch_does_what_the_standard_says() {
        for (target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut value = target.clone();
            merge(&mut value, patch.as_object().expect("an object"));
            assert_eq!(value, expected, "{target} {patch}");
        }
    }
}
