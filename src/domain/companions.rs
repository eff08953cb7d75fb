//! What a program holds for the two companion APIs.

use serde::{Deserialize, Serialize};

use super::cams::CamsAccount;
use super::pims::PimsAccount;

/// The accounts of a program's companions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Companions {
    pub cams_accounts: Vec<CamsAccount>,
    pub pims_accounts: Vec<PimsAccount>,
}

impl Companions {
    /// The names by which callers say who they are. No two callers of one kind have the same, over all programs.
    pub fn callers(&self) -> impl Iterator<Item = (CallerKind, &str)> {
        let keys = self.cams_accounts.iter().flat_map(|account| &account.access_keys);
        let logins = self.pims_accounts.iter();
        let instances = self.pims_accounts.iter().flat_map(|account| &account.instances);
        keys.map(|key| (CallerKind::CamsAccessKey, key.access_key_id.as_str()))
            .chain(logins.map(|account| (CallerKind::PimsLogin, account.login.as_str())))
            .chain(instances.map(|instance| (CallerKind::PimsInstance, instance.as_str())))
    }
}

/// By what a caller of a companion says who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallerKind {
    CamsAccessKey,
    PimsLogin,
    PimsInstance,
}

impl CallerKind {
    /// As ledgers keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CamsAccessKey => "cams_access_key",
            Self::PimsLogin => "pims_login",
            Self::PimsInstance => "pims_instance",
        }
    }
}
