//! The WSDL: a file, in which only the namespace and the address change (ASP.NET).

use super::site::Address;
use crate::contract::{Contract, DEFAULT_NAMESPACE, action};

const WSDL: &str = include_str!("../../wsdl/Sync.wsdl");

/// What stands for the address in the file.
const ADDRESS: &str = "http://localhost/Services/Sync.asmx";

/// The WSDL of the contract, for callers of `address`, with the line ends of Windows.
pub fn wsdl(contract: &Contract, address: &Address) -> String {
    let namespace = escape(contract.target_namespace());
    let mut text = WSDL.replace(ADDRESS, &escape(&address.url()));
    if namespace != DEFAULT_NAMESPACE {
        for method in contract.methods() {
            let (from, to) = (action(DEFAULT_NAMESPACE, method.name), action(&namespace, method.name));
            text = text.replace(&format!("\"{from}\""), &format!("\"{to}\""));
        }
        text = text.replace(&format!("\"{DEFAULT_NAMESPACE}\""), &format!("\"{namespace}\""));
    }
    text.replace('\n', "\r\n")
}

/// Text as it stands in an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_and_the_namespace_are_the_callers() {
        let address = Address { origin: "https://example.test".into(), path: "/a&b".into() };
        let text = wsdl(&Contract::new("urn:mine"), &address);
        for (part, count) in [
            ("location=\"https://example.test/a&amp;b\"", 2),
            ("targetNamespace=\"urn:mine\"", 2),
            ("soapAction=\"urn:mine/SaveAccountPhone\"", 2),
            ("smartbutton", 0),
            ("localhost", 0),
        ] {
            assert_eq!(text.matches(part).count(), count, "{part}");
        }
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    }
}
