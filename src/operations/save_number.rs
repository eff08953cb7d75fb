//! The save itself, through whichever API a number comes: who holds it is settled by the ledger.

use std::fmt;

use super::Platform;
use crate::domain::{E164, MemberId, PhoneNumber, Reason};
use crate::ledger::{ItemId, LedgerError, Program, SavePhone, Written};

/// A number that was read, and whose it is to be.
#[derive(Clone, Copy, Debug)]
pub struct NumberToSave<'a> {
    pub member: MemberId,
    pub phone_number_type: ItemId,
    pub number: &'a PhoneNumber,
    /// Replaces the older carrier; `None` clears it.
    pub mobile_carrier: Option<ItemId>,
    pub is_valid: bool,
}

/// Saves a number in place of the member's older one of that type. [`Written::Outdated`] means that the program has changed
/// meanwhile: then all has to be derived anew.
///
/// # Errors
/// [`LedgerError`]; then nothing was saved, or nobody can tell.
pub async fn save_number(
    platform: &Platform,
    program: &Program,
    save: NumberToSave<'_>,
) -> Result<Written, LedgerError> {
    let NumberToSave { member, phone_number_type, number, mobile_carrier, is_valid } = save;
    let save = SavePhone {
        program: program.id,
        member,
        phone_number_type,
        number: number.e164(),
        extension: number.extension().map(str::to_owned),
        mobile_carrier,
        is_valid,
        may_be_shared: !program.settings.duplicate_phone_check.0,
        version: program.version,
    };
    platform.ledger.save_phone(save).await
}

/// Who holds a number that can't be saved therefore, in a sentence. The holder may be another one by now, or none.
pub async fn holder_of_number(platform: &Platform, program: &Program, number: E164) -> Reason {
    holder(platform.ledger.find_holder(program.id, number).await.ok().flatten(), format_args!("{number}"))
}

/// Who holds a value that only one member may have, in a sentence.
pub(super) fn holder(holder: Option<MemberId>, value: fmt::Arguments<'_>) -> Reason {
    match holder {
        Some(member) => Reason::of(format_args!("member {} holds {value}", member.0)),
        None => Reason::of(format_args!("another member held {value} at that moment")),
    }
}
