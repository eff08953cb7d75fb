//! Which operation a message asks for: by its SOAP action, or by its Body (ASP.NET).

use super::fault::Fault;
use super::url_decode::url_decode;
use crate::contract::{Contract, Route};

/// The operation that a `SOAPAction` header names: one pair of quotes around it is stripped, then it is URL-decoded, then it
/// must be an action exactly. The body is not looked at.
///
/// # Errors
/// A fault, since in SOAP 1.1 there is no second way to the operation.
pub fn by_soap_action<'c>(contract: &'c Contract, value: &str) -> Result<Route<'c>, Fault> {
    if value == "\"" {
        return Err(Fault::soap_action_is_one_quote());
    }
    let action = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let action = url_decode(action);
    contract.by_action(&action).ok_or_else(|| Fault::soap_action_not_recognized(&action))
}

/// The operation that the `action` parameter of a media type names, if it names one.
pub fn by_parameter<'c>(contract: &'c Contract, value: &str) -> Option<Route<'c>> {
    contract.by_action(&url_decode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soap_action_is_unquoted_once_and_decoded() {
        let contract = Contract::new("urn:mine");
        let refused = |action: &str| Err(Fault::soap_action_not_recognized(action));
        for (value, expected) in [
            ("urn:mine/SaveAccountPhone", Ok("urn:mine")),
            ("\"urn:mine/SaveAccountPhone\"", Ok("urn:mine")),
            ("urn%3Amine%2fSaveAccountPhone", Ok("urn:mine")),
            ("urn%u003Amine/SaveAccountPhone", Ok("urn:mine")),
            ("\"urn:mine/SaveAccountPhone", refused("\"urn:mine/SaveAccountPhone")),
            ("'urn:mine/SaveAccountPhone'", refused("'urn:mine/SaveAccountPhone'")),
            ("\"\"", refused("")),
            ("", refused("")),
            ("a+b%zz%", refused("a b%zz%")),
            ("\"", Err(Fault::soap_action_is_one_quote())),
        ] {
            assert_eq!(by_soap_action(&contract, value).map(|route| route.namespace), expected, "{value}");
        }
    }
}
