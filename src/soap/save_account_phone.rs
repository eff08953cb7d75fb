//! The binding of SaveAccountPhone: its names on the wire, and how its answer is written.

use super::envelope::ResultWriter;
use super::operation::{Binding, Subject};
use super::record::{Field, Record, RecordShape};
use super::version::Version;
use crate::ledger::Begun;
use crate::operations::{OperationError, Platform, SaveAccountPhone, save_account_phone};

/// SaveAccountPhone as documented (`Sync_SaveAccountPhone.htm`).
pub struct SaveAccountPhoneBinding;

impl Binding for SaveAccountPhoneBinding {
    /// In documented order.
    const SHAPE: RecordShape = RecordShape {
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

    type Request<'a> = SaveAccountPhone<'a>;
    /// The saved number, in the program's format.
    type Output = String;

    fn subject<'r>(request: &'r SaveAccountPhone<'_>) -> Subject<'r> {
        Subject {
            security_token: request.security_token.as_deref(),
            member_id: request.member_id,
            phone_number: request.phone_number.as_deref(),
        }
    }

    async fn run(platform: &Platform, begun: &Begun, request: &Self::Request<'_>) -> Result<String, OperationError> {
        save_account_phone(platform, begun, request).await
    }

    fn write(version: Version, namespace: &str, code: u16, saved_phone_number: &String) -> String {
        let mut result = ResultWriter::new(version, namespace, Self::SHAPE.operation);
        result.int("ReturnCode", code.into());
        result.text("SavedPhoneNumber", saved_phone_number);
        result.finish()
    }
}

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
