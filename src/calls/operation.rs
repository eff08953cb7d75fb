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
    /// The error codes of an API that has a table of them.
    pub errors: &'static [u16],
}
