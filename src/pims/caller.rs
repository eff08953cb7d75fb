//! Who calls, as far as the instance tells.

use std::sync::Arc;

use super::api::Component;
use super::instance::{Brand, Instance};
use super::parameters::NumberReading;
use crate::domain::pims::PimsAccount;
use crate::domain::program::PimsSettings;
use crate::ledger::{Directory, Program, ProgramId};

/// What a call needs to know of its caller. Without an account there is no program, and what programs may set is at its defaults.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Of the account that is logged in.
    pub login: Option<String>,
    pub component: Component,
    pub reading: NumberReading,
    pub settings: PimsSettings,
    /// For journal and rules.
    pub subject: Subject,
}

/// Whom a call concerns.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    pub program: Option<Arc<str>>,
    pub program_id: Option<ProgramId>,
    pub member_id: Option<i32>,
}

impl Subject {
    /// The member of an account; nobody without one.
    pub fn of(account: Option<(&Program, &PimsAccount)>) -> Self {
        Self {
            program: account.map(|(program, _)| program.name.clone()),
            program_id: account.map(|(program, _)| program.id),
            member_id: account.map(|(_, account)| account.member_id.0),
        }
    }
}

impl Caller {
    /// The caller by an instance; numbers are of the account's region, else of that of the brand.
    pub fn of(instance: &Instance, name: &str, directory: &Directory) -> Self {
        let found = instance.account(name, directory);
        let account = found.map(|(_, account)| account);
        // One who has logged out of an instance that is bound to an account is still in the account's program.
        let program = found.or_else(|| directory.find_pims_instance(name)).map(|(program, _)| program);
        let settings = program.map(|program| &program.settings);
        let brand = instance.brand.unwrap_or(Brand::Peugeot);
        Self {
            login: account.map(|account| account.login.clone()),
            component: Component(account.is_none_or(|account| account.strong_authentication)),
            reading: NumberReading {
                region: account.and_then(|account| account.region).unwrap_or(brand.region()),
                check: settings.map(|settings| settings.phone_check).unwrap_or_default(),
            },
            settings: settings.map(|settings| settings.pims).unwrap_or_default(),
            subject: Subject::of(found),
        }
    }
}
