//! Through which API a call comes, and what it asks for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An API that is emulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// Kognitiv's `Sync.asmx`.
    #[default]
    Sync,
    /// Alibaba Cloud's CAMS.
    Cams,
    /// The mobile SDK of Stellantis.
    Pims,
}

impl Api {
    /// All of them, in the order in which lists show them.
    pub const ALL: [Self; 3] = [Self::Sync, Self::Cams, Self::Pims];

    /// What machines call it, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Cams => "cams",
            Self::Pims => "pims",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sync => "Sync.asmx",
            Self::Cams => "CAMS",
            Self::Pims => "PIMS",
        }
    }
}

/// An operation that is served, and what a rule may make it answer.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub api: Api,
    /// As the journal, rules and counters name it; unique over all APIs.
    pub name: &'static str,
    /// Further names of the same. A caller may ask by them.
    pub aliases: &'static [&'static str],
    /// The error codes of an API that has a table of them.
    pub errors: &'static [u16],
}

/// The name under which calls of that operation are known; one that no operation has stays as it is.
pub fn known_name(operations: &[Operation], name: String) -> String {
    let found = operations.iter().find(|operation| operation.aliases.contains(&name.as_str()));
    found.map_or(name, |operation| operation.name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_known_by_its_first_name() {
        let operations = [
            Operation { api: Api::Cams, name: "a", aliases: &[], errors: &[] },
            Operation { api: Api::Sync, name: "b", aliases: &["c", "d"], errors: &[] },
        ];
        for (name, known) in [("a", "a"), ("b", "b"), ("c", "b"), ("d", "b"), ("D", "D"), ("", "")] {
            assert_eq!(known_name(&operations, name.to_owned()), known);
        }
    }
}
