//! The WSDL: a template, filled from the contract (ASP.NET).

use askama::Template;

use super::site::Address;
use crate::contract::{self, Contract, DataSet, Method};

#[derive(Template)]
#[template(path = "Sync.wsdl", escape = "none")]
struct Wsdl {
    /// As it stands in an attribute.
    namespace: String,
    /// As it stands in an attribute.
    url: String,
    methods: Vec<Method>,
    data_sets: Vec<&'static DataSet>,
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
        data_sets: contract.data_sets().collect(),
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::contract::{
        DEFAULT_NAMESPACE, FETCH_ACCOUNT_IDS, OPERATIONS, REMOVE_TO_LOYALTY_CLUB, SAVE_ACCOUNT_CUSTOM_FIELDS,
        SAVE_ACCOUNT_PHONE,
    };

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

    #[test]
    fn an_array_has_a_type_of_its_own_and_a_data_set_a_schema_elsewhere() {
        // The operation with the data set stands behind another: the imports come first all the same.
        let contract = Contract::of("urn:mine", vec![&SAVE_ACCOUNT_CUSTOM_FIELDS, &FETCH_ACCOUNT_IDS]);
        let text = wsdl(&contract, &address("http://localhost", "/a&b")).expect("text").replace("\r\n", "\n");
        let imports = r#"
    <s:schema elementFormDefault="qualified" targetNamespace="urn:mine">
      <s:import namespace="http://tempuri.org/dsAccountIds.xsd" />
      <s:import schemaLocation="http://localhost/a&amp;b?schema=dsAccountIds" namespace="http://tempuri.org/dsAccountIds.xsd" />
      <s:element name="SaveAccountCustomFields">"#;
        let array = r#"
      <s:complexType name="reqSaveAccountCustomFields">
        <s:sequence>
          <s:element minOccurs="0" maxOccurs="1" name="SecurityToken" type="s:string" />
          <s:element minOccurs="1" maxOccurs="1" name="MemberId" type="s:int" />
          <s:element minOccurs="0" maxOccurs="1" name="CustomFieldPairs" type="tns:ArrayOfRecCustomFieldKeyValuePair" />
        </s:sequence>
      </s:complexType>
      <s:complexType name="ArrayOfRecCustomFieldKeyValuePair">
        <s:sequence>
          <s:element minOccurs="0" maxOccurs="unbounded" name="recCustomFieldKeyValuePair" nillable="true" type="tns:recCustomFieldKeyValuePair" />
        </s:sequence>
      </s:complexType>
      <s:complexType name="recCustomFieldKeyValuePair">
        <s:sequence>
          <s:element minOccurs="0" maxOccurs="1" name="CustomFieldExternalReference" type="s:string" />
          <s:element minOccurs="0" maxOccurs="1" name="CustomFieldValue" type="s:string" />
        </s:sequence>
      </s:complexType>
      <s:element name="SaveAccountCustomFieldsResponse">"#;
        let data_set = r#"
      <s:complexType name="respFetchAccountIds">
        <s:sequence>
          <s:element minOccurs="1" maxOccurs="1" name="ReturnCode" type="s:int" />
          <s:element minOccurs="0" maxOccurs="1" name="AccountIds">
            <s:complexType>
              <s:sequence>
                <s:any namespace="http://tempuri.org/dsAccountIds.xsd" />
              </s:sequence>
            </s:complexType>
          </s:element>
        </s:sequence>
      </s:complexType>
    </s:schema>"#;
        for part in [imports, array, data_set] {
            assert_eq!(text.matches(part).count(), 1, "{part} in {text}");
        }
    }

    #[test]
    fn the_whole_contract_has_fifteen_operations_and_each_type_once() {
        let contract = Contract::of(DEFAULT_NAMESPACE, OPERATIONS.to_vec());
        let text = wsdl(&contract, &address("http://localhost", "/Services/Sync.asmx")).expect("text");
        let values =
            |start: &str| text.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>();
        for (start, count) in [
            ("<s:element name=\"", 30),
            ("<s:complexType name=\"", 30),
            ("<wsdl:message name=\"", 30),
            ("<wsdl:operation name=\"", 45),
            ("<s:import ", 2),
        ] {
            assert_eq!(values(start).len(), count, "{start}");
        }
        let types: BTreeSet<_> = values("<s:complexType name=\"").into_iter().collect();
        let used: BTreeSet<_> = values("type=\"tns:").into_iter().filter(|name| *name != "SyncSoap").collect();
        assert_eq!((types.len(), &types), (30, &used));
        // In the order of the contract, so that a sibling's tools find what they know.
        let names: Vec<_> = contract.methods().map(|method| method.name).collect();
        assert_eq!(values("<wsdl:operation name=\""), [&names[..]; 3].concat());
        assert_eq!(names[1..3], ["RemoveToLoyaltyClub", "RemoveFromLoyaltyClub"]);
    }
}
