//! Which operations the service has, and the names by which clients call them.

use super::operation::Binding;
use super::record::RecordShape;
use super::save_account_phone::SaveAccountPhoneBinding;

/// The operations of `Sync.asmx` that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    SaveAccountPhone,
}

impl Operation {
    pub const ALL: [Self; 1] = [Self::SaveAccountPhone];

    /// What a call of this operation carries.
    pub fn shape(self) -> &'static RecordShape {
        match self {
            Self::SaveAccountPhone => &SaveAccountPhoneBinding::SHAPE,
        }
    }

    /// The vendor's page about the operation (documented).
    pub fn documentation(self) -> String {
        format!("https://app.kognitivloyalty.com/Services/Docs/Sync/Sync_{}.htm", self.name())
    }

    /// The name: of the Body element, at the end of the SOAP action, and in the WSDL.
    pub fn name(self) -> &'static str {
        self.shape().operation
    }

    /// The operation of that name, compared with regard to case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }
}

/// An operation, and the namespace in which the caller speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'c> {
    pub operation: Operation,
    pub namespace: &'c str,
}

/// The target namespaces that are accepted; the first is the configured one, printed in the WSDL.
///
/// The real one is not public (inferred), so both forms seen at sibling services are taken, and
/// a call is answered in the namespace it came in (our choice).
#[derive(Debug)]
pub struct Contract {
    namespaces: Vec<String>,
}

/// The likelier form of the target namespace, and the default.
pub const DEFAULT_NAMESPACE: &str = "https://app.smartbutton.com/Services/Sync";
/// The form of the siblings without a namespace of their own.
const SHARED_NAMESPACE: &str = "https://app.smartbutton.com/Services/";

impl Contract {
    pub fn new(configured: &str) -> Self {
        let mut namespaces = vec![configured.to_owned()];
        for known in [DEFAULT_NAMESPACE, SHARED_NAMESPACE] {
            if known != configured {
                namespaces.push(known.to_owned());
            }
        }
        Self { namespaces }
    }

    /// The namespace printed in the WSDL.
    pub fn target_namespace(&self) -> &str {
        &self.namespaces[0]
    }

    /// The accepted namespace that equals `namespace`.
    pub fn accepted(&self, namespace: &str) -> Option<&str> {
        self.namespaces.iter().find(|accepted| *accepted == namespace).map(String::as_str)
    }

    /// The operation of a SOAP action: the namespace, a slash unless it ends with one (ASP.NET), and the name.
    pub fn by_action(&self, action: &str) -> Option<Route<'_>> {
        self.namespaces.iter().find_map(|namespace| {
            let rest = action.strip_prefix(namespace.as_str())?;
            let name = if namespace.ends_with('/') { rest } else { rest.strip_prefix('/')? };
            Some(Route { operation: Operation::named(name)?, namespace })
        })
    }

    /// The operation whose Body element this is.
    pub fn by_element(&self, namespace: &str, local_name: &str) -> Option<Route<'_>> {
        Some(Route { operation: Operation::named(local_name)?, namespace: self.accepted(namespace)? })
    }
}

/// The SOAP action of an operation in a namespace.
pub fn action(namespace: &str, operation: &str) -> String {
    let slash = if namespace.ends_with('/') { "" } else { "/" };
    format!("{namespace}{slash}{operation}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
