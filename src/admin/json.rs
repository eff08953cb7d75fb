//! Reads bodies: JSON, with errors that name the place.

mod objects;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use self::objects::Objects;
use super::problem::Problem;
use crate::body::BodyError;
use crate::domain::text::without_value;
use crate::steps;

/// The largest body that is read, in bytes; the default of IIS, as elsewhere.
pub const MAX_BODY: usize = 30_000_000;
/// A longer one is read away from the thread that serves others.
const LONG: usize = 64 << 10;

/// The body of a request, as the JSON of a `T`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Self::receive(request, payload, MAX_BODY)
    }
}

impl<T: DeserializeOwned + Send + 'static> Json<T> {
    /// Receives and parses a body of at most so many bytes.
    pub fn receive(
        request: &HttpRequest,
        payload: &mut Payload,
        longest: usize,
    ) -> LocalBoxFuture<'static, Result<Self, Problem>> {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if !is_json(request.headers()) {
                let detail = "expected Content-Type: application/json";
                return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
            }
            let body = crate::body::receive(request.headers(), &mut payload, longest).await;
            let body = body.map_err(|error| unreceived(&error, longest))?;
            if body.len() <= LONG {
                return parse(&body).map(Self);
            }
            apart(move || parse(&body)).await.map(Self)
        })
    }
}

/// Does what takes long away from the thread that serves others.
///
/// # Errors
/// Those of the work itself.
pub async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    web::block(work).await.unwrap_or_else(|_| Err(Problem::busy("the service is stopping")))
}

/// No media type at all counts as JSON, too.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// What is said of a body that isn't there; `longest` is the most that it may have.
pub fn unreceived(error: &BodyError, longest: usize) -> Problem {
    match error {
        BodyError::TooSlow => Problem::new(StatusCode::REQUEST_TIMEOUT, error.to_string()),
        BodyError::TooLong => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a body has at most {longest} bytes"))
        }
        BodyError::NoMemory => Problem::busy(error.to_string()),
        BodyError::Broken => Problem::bad_request(error.to_string()),
    }
}

/// Reads the whole text as one value. A byte order mark in front of it is passed over.
///
/// # Errors
/// 400 with line and column if it isn't JSON; 422 with the field if it isn't a `T`.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = body.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(body);
    let mut deserializer = serde_json::Deserializer::from_slice(steps::over(body));
    let value = serde_path_to_error::deserialize(Objects(&mut deserializer)).map_err(|error| {
        let path = error.path().to_string();
        explain(error.inner(), &path)
    })?;
    deserializer.end().map_err(|error| explain(&error, ""))?;
    Ok(value)
}

/// Reads what was parsed already.
///
/// # Errors
/// 422 with the field if it isn't a `T`.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Objects(value)).map_err(|error| {
        let path = error.path().to_string();
        explain(error.inner(), &path)
    })
}

fn explain(error: &serde_json::Error, path: &str) -> Problem {
    let message = error.to_string();
    steps::over(&message);
    match error.classify() {
        Category::Data => {
            let reason = message.rsplit_once(" at line ").map_or(message.as_str(), |(reason, _)| reason);
            Problem::wrong(field(path, reason), without_value(reason))
        }
        _ => Problem::bad_request(format!("this is not JSON: {message}")),
    }
}

/// The path to what is wrong; a field that is missing, or there twice, belongs to it.
fn field(path: &str, reason: &str) -> String {
    let path = if path == "." { "" } else { path };
    let own = reason.strip_prefix("missing field `").or_else(|| reason.strip_prefix("duplicate field `"));
    match own.and_then(|rest| rest.split_once('`')) {
        Some((name, _)) if path.is_empty() => name.to_owned(),
        Some((name, _)) => format!("{path}.{name}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::NewFaultRule;
    use crate::ledger::State;
    use crate::steps::hostile::{assert_linear, names};

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        for (body, expected) in [
            (r#"{"programs":[{"name":"a","members":[{"member_id":"1"}]}]}"#, "422 programs[0].members[0].member_id: "),
            (r#"{"programs":[{"members":[]}]}"#, "422 programs[0].name: missing field"),
            ("{}", "422 programs: missing field"),
            (r#"{"programs":[],"programs":[]}"#, "422 programs: duplicate field"),
            (r#"{"programs":[],"more":1}"#, "422 more: unknown field"),
            ("[[]]", "422 invalid type: sequence"),
            (r#"{"programs":[[]]}"#, "422 programs[0]: invalid type: sequence"),
            (r#"{"programs":[{"name":"a","settings":[]}]}"#, "422 programs[0].settings: invalid type: sequence"),
            ("{", "400 this is not JSON: EOF while parsing"),
            ("{\"programs\":\n[}", "400 this is not JSON: expected value at line 2 column 2"),
            (r#"{"programs":[]} x"#, "400 this is not JSON: trailing characters at line 1 column 17"),
            ("", "400 this is not JSON: EOF while parsing a value at line 1 column 0"),
        ] {
            let problem = parse::<State>(body.as_bytes()).expect_err(body).to_string();
            assert!(problem.starts_with(expected), "{body}: {problem}");
        }
        assert!(parse::<State>("\u{FEFF} {\"programs\":[]}".as_bytes()).is_ok());
        let problem = parse::<State>(b"{\"programs\":[{\"name\":\"\xff\"}]}").expect_err("no UTF-8").to_string();
        assert!(problem.starts_with("400 "), "{problem}");
    }

    #[test]
    fn work_on_hostile_bodies_is_linear() {
        fn read<T: DeserializeOwned>(body: &Value) {
            drop(parse::<T>(body.to_string().as_bytes()));
        }
        assert_linear(&[
            ("a state", &|text| drop(parse::<State>(text.as_bytes()))),
            ("a rule", &|text| drop(parse::<NewFaultRule>(text.as_bytes()))),
            ("a name", &|text| read::<State>(&json!({"programs": [{"name": text, "settings": {"phone_mode": text}}]}))),
            ("a member that isn't known", &|text| read::<State>(&json!({"programs": [], text: 1}))),
            ("an answer", &|text| read::<NewFaultRule>(&json!({"number": text, "answer": {"soap_fault": text}}))),
            ("a kind that isn't known", &|text| read::<NewFaultRule>(&json!({"answer": {text: text}}))),
            ("many members", &|text| read::<Value>(&names(text).map(|name| (name, Value::Null)).collect())),
            ("many items", &|text| read::<Vec<String>>(&names(text).collect())),
        ]);
    }
}
