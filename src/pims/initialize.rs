//! `initialize` and `release`.

use serde_json::Value;

use super::error::{ErrorCode, Failure};
use super::instance::{Brand, Instance};
use super::parameters::Parameters;
use crate::steps;

/// Reads the parameters of `initialize`: those that are required first, then what they are (the order is our choice). What is
/// inside `credential` and `profile` isn't looked at before the first call, which then is refused with 2006 if it is of no use.
///
/// # Errors
/// 2101 and 2102.
pub fn read(parameters: &Value) -> Result<Instance, Failure> {
    let parameters = Parameters::of(parameters)?;
    for name in ["environnement", "mode", "credential", "profile"] {
        parameters.required(name)?;
    }
    parameters.word("environnement", &["Production", "Preproduction", "development"])?;
    parameters.word("mode", &["B2C", "B2B"])?;
    check_monitoring(parameters)?;
    let credential = object(parameters, "credential")?;
    let profile = object(parameters, "profile")?;
    let brand = profile.optional("brand").and_then(Value::as_str).and_then(Brand::named);
    Ok(Instance { brand: brand.filter(|_| is_usable(credential)), ..Instance::default() })
}

/// `initialize` once, until `release` (documented: 2007).
///
/// # Errors
/// 2007.
pub fn begin(present: Option<&Instance>, instance: Instance) -> Result<Option<Instance>, Failure> {
    match present {
        Some(_) => Err(ErrorCode::FacadeAlreadyInitialized.into()),
        None => Ok(Some(instance)),
    }
}

fn object<'p>(parameters: Parameters<'p>, name: &'static str) -> Result<Parameters<'p>, Failure> {
    let value = parameters.required(name)?;
    if value.is_object() { Parameters::of(value) } else { Err(Failure::invalid(name)) }
}

/// All of it may be left out (documented).
fn check_monitoring(parameters: Parameters<'_>) -> Result<(), Failure> {
    if parameters.optional("monitoring").is_none() {
        return Ok(());
    }
    let monitoring = object(parameters, "monitoring")?;
    if monitoring.optional("logLevel").is_some() {
        monitoring.word("logLevel", &["none", "low", "medium", "high"])?;
    }
    if monitoring.optional("newLogFile").is_some() {
        monitoring.word("newLogFile", &["appLaunch", "day", "duration"])?;
    }
    let is_duration = |value: &Value| value.as_u64().is_some_and(|minutes| (5..=1440).contains(&minutes));
    match monitoring.optional("newLogTimeDuration") {
        Some(value) if !is_duration(value) => Err(Failure::invalid("newLogTimeDuration")),
        _ => Ok(()),
    }
}

/// Any texts do. The reference says `clientId`, its samples `clientID`.
fn is_usable(credential: Parameters<'_>) -> bool {
    let is_there = |name| {
        credential.optional(name).and_then(Value::as_str).is_some_and(|text| !steps::over(text).trim().is_empty())
    };
    (is_there("clientId") || is_there("clientID"))
        && ["clientSecret", "webviewsRedirectURI", "loginRedirectURI"].into_iter().all(is_there)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Sound parameters, changed at one place.
    fn with(pointer: &str, value: Value) -> Value {
        let mut parameters = json!({
            "environnement": "Production", "mode": "B2C",
            "monitoring": {"logLevel": "low", "newLogFile": "duration", "newLogTimeDuration": 5},
            "credential": {"clientId": "i", "clientSecret": "s", "webviewsRedirectURI": "w", "loginRedirectURI": "l"},
            "profile": {"brand": "Peugeot"},
        });
        if let Some(place) = parameters.pointer_mut(pointer) {
            *place = value;
        }
        parameters
    }

    #[test]
    fn what_is_required_is_checked_at_once() {
        assert!(read(&with("", Value::Null)).is_err());
        for name in ["environnement", "mode", "credential", "profile"] {
            assert_eq!(read(&with(&format!("/{name}"), Value::Null)), Err(Failure::missing(name)));
            for value in [json!("other"), json!(1), json!([])] {
                assert_eq!(read(&with(&format!("/{name}"), value)), Err(Failure::invalid(name)));
            }
        }
        let monitoring = [json!(1440), json!(4), json!(1441), json!("5"), json!(5.0)];
        let are_right = monitoring.map(|minutes| read(&with("/monitoring/newLogTimeDuration", minutes)).is_ok());
        assert_eq!(are_right, [true, false, false, false, false]);
        for name in ["logLevel", "newLogFile"] {
            assert_eq!(read(&with(&format!("/monitoring/{name}"), json!("all"))), Err(Failure::invalid(name)));
        }
        assert_eq!(read(&with("/monitoring", json!("low"))), Err(Failure::invalid("monitoring")));
        assert!(read(&with("/monitoring", Value::Null)).is_ok());
    }

    #[test]
    fn what_is_inside_credential_and_profile_is_found_later() {
        let brand = |parameters: Value| read(&parameters).map(|instance| instance.brand);
        for (name, expected) in [
            ("PEUGEOT", Some(Brand::Peugeot)),
            ("citroen", Some(Brand::Citroen)),
            ("DS", Some(Brand::Ds)),
            ("Fiat", None),
        ] {
            assert_eq!(brand(with("/profile/brand", json!(name))), Ok(expected));
        }
        for name in ["clientId", "clientSecret", "webviewsRedirectURI", "loginRedirectURI"] {
            for value in [Value::Null, json!(" "), json!(1)] {
                assert_eq!(brand(with(&format!("/credential/{name}"), value)), Ok(None), "{name}");
            }
        }
        let credential = json!({"clientID": "i", "clientSecret": "s", "webviewsRedirectURI": "w", "loginRedirectURI": "l", "macID": 1});
        assert_eq!(brand(with("/credential", credential)), Ok(Some(Brand::Peugeot)));
        assert_eq!(brand(with("/profile", json!({}))), Ok(None));
    }
}
