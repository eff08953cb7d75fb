//! The binding of SaveAccountPhone: its names on the wire, and how its answer is written.

use super::envelope::{Call, ResultWriter};
use super::record::{Field, Record, RecordShape};
use super::version::Version;
use crate::domain::ReturnCode;
use crate::ledger::LedgerError;
use crate::operations::{OperationError, Platform, SaveAccountPhone, save_account_phone};

/// As documented (`Sync_SaveAccountPhone.htm`), in this order.
pub const SHAPE: RecordShape = RecordShape {
    operation: "SaveAccountPhone",
    parameter: "preqSaveAccountPhone",
    type_name: "reqSaveAccountPhone",
    fields: &[
        Field::text("SecurityToken"),
        Field::int("MemberId"),
        Field::text("PhoneNumberTypeExternalReference"),
        Field::text("PhoneNumber"),
        Field::text("MobileCarrierExternalReference"),
        Field::int("IsValid"),
    ],
    result: &[Field::int("ReturnCode"), Field::text("SavedPhoneNumber")],
};

impl<'a> From<Record<'a>> for SaveAccountPhone<'a> {
    fn from(mut record: Record<'a>) -> Self {
        Self {
            security_token: record.next_text(),
            member_id: record.next_int(),
            phone_number_type: record.next_text(),
            phone_number: record.next_text(),
            mobile_carrier: record.next_text(),
            is_valid: record.next_int(),
        }
    }
}

/// Answers a call.
///
/// # Errors
/// [`LedgerError::Busy`]: the call should be made again. Any other failure is return code 1.
pub async fn answer(platform: &Platform, call: Call<'_>) -> Result<String, LedgerError> {
    let (version, namespace) = (call.version, call.namespace);
    let outcome = match call.record {
        Some(record) => save_account_phone(platform, &record.into()).await,
        // A null parameter: the vendor's own code decides, and the catch-all is our choice.
        None => Err(ReturnCode::UndefinedError.into()),
    };
    let (code, saved_phone_number) = match outcome {
        Ok(saved_phone_number) => (ReturnCode::Ok, saved_phone_number),
        Err(OperationError::Refused(code)) => (code, String::new()),
        Err(OperationError::Ledger(LedgerError::Busy)) => return Err(LedgerError::Busy),
        Err(OperationError::Ledger(LedgerError::Unavailable(_))) => (ReturnCode::UndefinedError, String::new()),
    };
    Ok(write(version, &namespace, code, &saved_phone_number))
}

/// Writes the answer, in documented order.
pub fn write(version: Version, namespace: &str, code: ReturnCode, saved_phone_number: &str) -> String {
    let mut result = ResultWriter::new(version, namespace, SHAPE.operation);
    result.int("ReturnCode", code.number().into());
    result.text("SavedPhoneNumber", saved_phone_number);
    result.finish()
}
