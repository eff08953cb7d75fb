//! The WSDL: a template, filled from the contract (ASP.NET).

use askama::Template;

use super::site::Address;
use crate::contract::{self, Contract, Method};

#[derive(Template)]
#[template(path = "Sync.wsdl", escape = "none")]
struct Wsdl {
    /// As it stands in an attribute.
    namespace: String,
    /// As it stands in an attribute.
    url: String,
    methods: Vec<Method>,
    /// The ports, which are also the names of their bindings, with the prefixes of what is SOAP's in them.
    ports: [(&'static str, &'static str); 2],
}

impl Wsdl {
    fn action(&self, method: &Method) -> String {
        contract::action(&self.namespace, method.name)
    }
}

/// The WSDL of the contract, for callers of `address`, with the line ends of Windows.
///
/// # Errors
/// None that can happen: the template is compiled in, and writes to memory.
pub fn wsdl(contract: &Contract, address: &Address) -> askama::Result<String> {
    let wsdl = Wsdl {
        namespace: escape(contract.target_namespace()),
        url: escape(&address.url()),
        methods: contract.methods().collect(),
        ports: [("SyncSoap", "soap"), ("SyncSoap12", "soap12")],
    };
    Ok(wsdl.render()?.replace('\n', "\r\n"))
}

/// Text as it stands in an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{DEFAULT_NAMESPACE, REMOVE_TO_LOYALTY_CLUB, SAVE_ACCOUNT_PHONE};

    fn address(origin: &str, path: &str) -> Address {
        Address { origin: origin.into(), path: path.into() }
    }

    #[test]
    fn with_one_operation_it_is_the_one_that_clients_were_made_from() {
        let contract = Contract::of(DEFAULT_NAMESPACE, vec![&SAVE_ACCOUNT_PHONE]);
        let text = wsdl(&contract, &address("http://localhost", "/Services/Sync.asmx")).expect("text");
        let expected = include_str!("../../fixtures/contract/SaveAccountPhone.wsdl");
        assert_eq!(text, expected.replace('\n', "\r\n"));
    }

    #[test]
    fn the_address_and_the_namespace_are_the_callers() {
        let contract = Contract::of("urn:mine", vec![&SAVE_ACCOUNT_PHONE]);
        let text = wsdl(&contract, &address("https://example.test", "/a&b")).expect("text");
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

    #[test]
    fn an_operation_of_two_names_is_listed_twice_and_has_its_types_once() {
        let contract = Contract::of("urn:mine", vec![&REMOVE_TO_LOYALTY_CLUB]);
        let text = wsdl(&contract, &address("http://localhost", "/")).expect("text");
        for (part, count) in [
            ("<wsdl:operation name=\"RemoveToLoyaltyClub\">", 3),
            ("<wsdl:operation name=\"RemoveFromLoyaltyClub\">", 3),
            ("name=\"preqSyncRemoveToLoyaltyClub\" type=\"tns:reqSyncRemoveToLoyaltyClub\"", 2),
            ("<s:complexType name=\"reqSyncRemoveToLoyaltyClub\">", 1),
            ("name=\"RemoveFromLoyaltyClubResult\" type=\"tns:respRemoveToLoyaltyClub\"", 1),
            ("<s:complexType name=\"respRemoveToLoyaltyClub\">", 1),
        ] {
            assert_eq!(text.matches(part).count(), count, "{part}");
        }
    }
}
