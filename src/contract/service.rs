//! The names by which clients call operations: target namespaces, and the names of the operations in them.

use super::OPERATIONS;
use super::data_set::DataSet;
use super::operation::{Field, Operation};

/// The target namespaces that are accepted, and the operations in them. The first namespace is the configured one, printed in the
/// WSDL.
///
/// The real one is not public (inferred), so both forms seen at sibling services are taken, and
/// a call is answered in the namespace it came in (our choice).
#[derive(Debug)]
pub struct Contract {
    namespaces: Vec<String>,
    operations: Vec<&'static Operation>,
}

/// An operation, by one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    pub name: &'static str,
    pub operation: &'static Operation,
}

impl Method {
    /// Whether it is the operation by its first name. All others share its record types.
    pub fn is_first(&self) -> bool {
        self.name == self.operation.name
    }
}

/// A method, and the namespace in which the caller speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'c> {
    pub method: Method,
    pub namespace: &'c str,
}

/// The likelier form of the target namespace, and the default.
pub const DEFAULT_NAMESPACE: &str = "https://app.smartbutton.com/Services/Sync";
/// The form of the siblings without a namespace of their own.
const SHARED_NAMESPACE: &str = "https://app.smartbutton.com/Services/";

impl Contract {
    /// All operations that are served.
    pub fn new(configured: &str) -> Self {
        Self::of(configured, OPERATIONS.to_vec())
    }

    /// These operations.
    pub fn of(configured: &str, operations: Vec<&'static Operation>) -> Self {
        let mut namespaces = vec![configured.to_owned()];
        for known in [DEFAULT_NAMESPACE, SHARED_NAMESPACE] {
            if known != configured {
                namespaces.push(known.to_owned());
            }
        }
        Self { namespaces, operations }
    }

    /// The namespace printed in the WSDL.
    pub fn target_namespace(&self) -> &str {
        &self.namespaces[0]
    }

    /// The accepted namespace that equals `namespace`.
    pub fn accepted(&self, namespace: &str) -> Option<&str> {
        self.namespaces.iter().find(|accepted| *accepted == namespace).map(String::as_str)
    }

    /// All methods: the operations in the order of the WSDL, by each of their names.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        self.operations.iter().flat_map(|operation| operation.names().map(|name| Method { name, operation }))
    }

    /// The data sets that are answered.
    pub fn data_sets(&self) -> impl Iterator<Item = &'static DataSet> {
        self.operations.iter().flat_map(|operation| operation.response.fields).filter_map(Field::data_set)
    }

    /// The method of that name, compared with regard to case.
    pub fn method(&self, name: &str) -> Option<Method> {
        self.methods().find(|method| method.name == name)
    }

    /// The method of a SOAP action: the namespace, a slash unless it ends with one (ASP.NET), and the name.
    pub fn by_action(&self, action: &str) -> Option<Route<'_>> {
        self.namespaces.iter().find_map(|namespace| {
            let rest = action.strip_prefix(namespace.as_str())?;
            let name = if namespace.ends_with('/') { rest } else { rest.strip_prefix('/')? };
            Some(Route { method: self.method(name)?, namespace })
        })
    }

    /// The method whose Body element this is.
    pub fn by_element(&self, namespace: &str, local_name: &str) -> Option<Route<'_>> {
        Some(Route { method: self.method(local_name)?, namespace: self.accepted(namespace)? })
    }
}

/// The SOAP action of a method in a namespace.
pub fn action(namespace: &str, method: &str) -> String {
    let slash = if namespace.ends_with('/') { "" } else { "/" };
    format!("{namespace}{slash}{method}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::REMOVE_TO_LOYALTY_CLUB;

    #[test]
    fn an_action_is_a_namespace_and_a_name_and_nothing_else() {
        let contract = Contract::new("urn:mine");
        for (action, namespace) in [
            ("urn:mine/SaveAccountPhone", Some("urn:mine")),
            ("https://app.smartbutton.com/Services/Sync/SaveAccountPhone", Some(DEFAULT_NAMESPACE)),
            ("https://app.smartbutton.com/Services/SaveAccountPhone", Some(SHARED_NAMESPACE)),
            ("https://app.smartbutton.com/Services//SaveAccountPhone", None),
            ("urn:mineSaveAccountPhone", None),
            ("urn:mine/saveaccountphone", None),
            ("urn:mine/", None),
            ("SaveAccountPhone", None),
        ] {
            assert_eq!(contract.by_action(action).map(|route| route.namespace), namespace, "{action}");
        }
    }

    #[test]
    fn an_operation_is_called_by_each_of_its_names() {
        let contract = Contract::of("urn:mine", vec![&REMOVE_TO_LOYALTY_CLUB]);
        for name in ["RemoveToLoyaltyClub", "RemoveFromLoyaltyClub"] {
            let route =
                Some(Route { method: Method { name, operation: &REMOVE_TO_LOYALTY_CLUB }, namespace: "urn:mine" });
            assert_eq!(contract.by_action(&action("urn:mine", name)), route);
            assert_eq!(contract.by_element("urn:mine", name), route);
        }
        assert_eq!(contract.by_action("urn:mine/SaveAccountPhone"), None);
    }
}
