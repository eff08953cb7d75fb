//! Reads what a program has for its companions. No member depends on it, so it may come before them or behind them.

use serde::de::{Error, MapAccess};

use super::Reading;
use super::program::Field;
use crate::domain::cams::CamsAccount;
use crate::domain::pims::PimsAccount;
use crate::domain::{Companions, Verification, VerificationKey};
use crate::ledger::seed::check;

/// What was read so far.
#[derive(Default)]
pub struct Accounts {
    cams: Option<Vec<CamsAccount>>,
    pims: Option<Vec<PimsAccount>>,
    verifications: Option<Vec<(VerificationKey, Verification)>>,
}

impl Accounts {
    /// Reads one of its fields.
    pub fn read<'de, A: MapAccess<'de>>(
        &mut self,
        field: Field,
        map: &mut A,
        reading: &mut Reading<'_>,
    ) -> Result<(), A::Error> {
        match field {
            Field::CamsAccounts if self.cams.is_none() => {
                let accounts = Companions { cams_accounts: map.next_value()?, ..Companions::default() };
                self.cams = Some(pass(accounts, reading)?.cams_accounts);
            }
            Field::PimsAccounts if self.pims.is_none() => {
                let accounts = Companions { pims_accounts: map.next_value()?, ..Companions::default() };
                self.pims = Some(pass(accounts, reading)?.pims_accounts);
            }
            Field::Verifications if self.verifications.is_none() => {
                let checked = check::verifications(map.next_value()?);
                self.verifications = Some(reading.pass(checked)?);
            }
            again => return Err(A::Error::duplicate_field(again.name())),
        }
        Ok(())
    }

    /// All of it.
    pub fn all(&self) -> (Companions, Vec<(VerificationKey, Verification)>) {
        let companions = Companions {
            cams_accounts: self.cams.clone().unwrap_or_default(),
            pims_accounts: self.pims.clone().unwrap_or_default(),
        };
        (companions, self.verifications.clone().unwrap_or_default())
    }
}

fn pass<E: Error>(accounts: Companions, reading: &mut Reading<'_>) -> Result<Companions, E> {
    let checked = check::companions(&accounts, &mut reading.callers);
    reading.pass(checked)?;
    Ok(accounts)
}
