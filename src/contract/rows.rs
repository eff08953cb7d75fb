//! The rows. Names are spelled as the vendor spells them.

mod clubs;

use super::data_set::DS_ACCOUNT_IDS;
use super::operation::{Field, Kind, Operation, RecordType, Served};
pub use clubs::*;

/// The beginning of every request, but for that of the clubs, where the club stands in between.
pub(super) const TOKEN: Field = text("SecurityToken").option("token");
pub(super) const MEMBER: Field = int("MemberId");
/// The beginning of every answer.
pub const CODE: Field = int("ReturnCode");

/// What most rows say: no other name, no code of their own.
const fn row(served: Served) -> Operation {
    let (request, response) = (record("", &[]), record("", &[]));
    Operation { name: "", aliases: &[], parameter: "", request, response, codes: &[], page: "", served }
}

const fn record(name: &'static str, fields: &'static [Field]) -> RecordType {
    RecordType { name, fields }
}

const fn text(name: &'static str) -> Field {
    Field::new(name, Kind::Text)
}

const fn int(name: &'static str) -> Field {
    Field::new(name, Kind::Int)
}

pub static FETCH_ACCOUNT_CORE: Operation = Operation {
    name: "FetchAccountCore",
    parameter: "preqFetchAccountCore",
    request: record("reqFetchAccountCore", &[TOKEN, MEMBER]),
    response: record(
        "respFetchAccountCore",
        &[
            CODE,
            text("FirstName"),
            text("MiddleName"),
            text("LastName"),
            text("Suffix"),
            text("NickName"),
            text("Birthdate"),
            text("Gender"),
            int("IsEmployee"),
            int("IsSuspended"),
            int("IsLocked"),
        ],
    ),
    page: "Sync_FetchAccountCore.htm",
    ..row(Served::FetchAccountCore)
};

pub static SAVE_ACCOUNT_CORE: Operation = Operation {
    name: "SaveAccountCore",
    parameter: "preqSaveAccountCore",
    request: record(
        "reqSaveAccountCore",
        &[
            TOKEN,
            MEMBER,
            text("FirstName").required(),
            text("MiddleName"),
            text("LastName").required(),
            text("Suffix"),
            text("NickName"),
            text("Birthdate"),
            text("Gender"),
        ],
    ),
    response: record("respSaveAccountCore", &[CODE]),
    page: "Sync_SaveAccountCore.htm",
    ..row(Served::SaveAccountCore)
};

pub static FETCH_ACCOUNT_ADDRESS: Operation = Operation {
    name: "FetchAccountAddress",
    parameter: "preqFetchAccountAddress",
    request: record(
        "reqFetchAccountAddress",
        &[TOKEN, MEMBER, text("AddressTypeExternalReference").required().option("type")],
    ),
    response: record(
        "respFetchAccountAddress",
        &[
            CODE,
            text("AddressTypeExternalReference"),
            text("AddressLine1"),
            text("AddressLine2"),
            text("AddressLine3"),
            text("City"),
            text("Region"),
            text("RegionAbbrev"),
            text("PostalCode"),
            text("Country"),
            text("CountryAbbrev"),
            int("IsValid"),
        ],
    ),
    codes: &[309],
    page: "Sync_FetchAccountAddress.htm",
    ..row(Served::FetchAccountAddress)
};

pub static SAVE_ACCOUNT_ADDRESS: Operation = Operation {
    name: "SaveAccountAddress",
    parameter: "preqSaveAccountAddress",
    request: record(
        "reqSaveAccountAddress",
        &[
            TOKEN,
            MEMBER,
            text("AddressTypeExternalReference").required().option("type"),
            text("AddressLine1").required().option("line-1"),
            text("AddressLine2").option("line-2"),
            text("AddressLine3").option("line-3"),
            text("City").required(),
            text("Region").required(),
            text("PostalCode").required(),
            text("Country").required(),
            int("IsValid").required(),
        ],
    ),
    response: record(
        "respSaveAccountAddress",
        &[
            CODE,
            text("SavedAddressLine1"),
            text("SavedAddressLine2"),
            text("SavedAddressLine3"),
            text("SavedCity"),
            text("SavedRegion"),
            text("SavedRegionAbbrev"),
            text("SavedPostalCode"),
            text("SavedCountry"),
            text("SavedCountryAbbrev"),
        ],
    ),
    // Inferred from the fetch: the page's own list isn't known.
    codes: &[309],
    page: "Sync_SaveAccountAddress.htm",
    ..row(Served::SaveAccountAddress)
};

pub static SAVE_ACCOUNT_EMAIL: Operation = Operation {
    name: "SaveAccountEmail",
    parameter: "preqSaveAccountEmail",
    request: record(
        "reqSaveAccountEmail",
        &[
            TOKEN,
            MEMBER,
            text("EmailTypeExternalReference").required().option("type"),
            text("EmailAddress").required().option("address"),
            int("IsValid").required(),
        ],
    ),
    response: record("respSaveAccountEmail", &[CODE, text("SavedEmailAddress")]),
    codes: &[307, 314],
    page: "Sync_SaveAccountEmail.htm",
    ..row(Served::SaveAccountEmail)
};

pub static DELETE_ACCOUNT_EMAIL_ADDRESS: Operation = Operation {
    name: "DeleteAccountEmailAddress",
    parameter: "preqDeleteAccountEmailAddress",
    request: record(
        "reqDeleteAccountEmailAddress",
        &[TOKEN, MEMBER, text("EmailTypeExternalReference").required().option("type")],
    ),
    response: record("respDeleteAccountEmailAddress", &[CODE]),
    codes: &[307],
    page: "Sync_DeleteAccountEmailAddress.htm",
    ..row(Served::DeleteAccountEmailAddress)
};

pub static SAVE_ACCOUNT_PHONE: Operation = Operation {
    name: "SaveAccountPhone",
    parameter: "preqSaveAccountPhone",
    request: record(
        "reqSaveAccountPhone",
        &[
            TOKEN,
            MEMBER,
            text("PhoneNumberTypeExternalReference").required().option("type"),
            text("PhoneNumber").required().option("number"),
            text("MobileCarrierExternalReference").option("carrier"),
            int("IsValid").required(),
        ],
    ),
    response: record("respSaveAccountPhone", &[CODE, text("SavedPhoneNumber")]),
    codes: &[308, 315, 316],
    page: "Sync_SaveAccountPhone.htm",
    ..row(Served::SaveAccountPhone)
};

pub static FETCH_ACCOUNT_IDS: Operation = Operation {
    name: "FetchAccountIds",
    parameter: "preqFetchAccountIds",
    request: record("reqFetchAccountIds", &[TOKEN, MEMBER]),
    response: record("respFetchAccountIds", &[CODE, Field::new("AccountIds", Kind::DataSet(&DS_ACCOUNT_IDS))]),
    page: "Sync_FetchAccountIds.htm",
    ..row(Served::FetchAccountIds)
};

pub static SAVE_ACCOUNT_ID: Operation = Operation {
    name: "SaveAccountId",
    parameter: "preqSaveAccountId",
    request: record(
        "reqSaveAccountId",
        &[
            TOKEN,
            MEMBER,
            text("AccountIdTypeExternalReference").required().option("type"),
            text("AccountId").required().option("id"),
            int("IsInactive").required(),
            int("IsInactiveForDevices").required(),
        ],
    ),
    response: record("respSaveAccountId", &[CODE]),
    codes: &[318, 319],
    page: "Sync_SaveAccountId.htm",
    ..row(Served::SaveAccountId)
};

pub static DELETE_ACCOUNT_ID: Operation = Operation {
    name: "DeleteAccountId",
    parameter: "preqDeleteAccountId",
    request: record("reqDeleteAccountId", &[TOKEN, MEMBER, text("AccountId").required().option("id")]),
    response: record("respDeleteAccountId", &[CODE]),
    page: "Sync_DeleteAccountId.htm",
    ..row(Served::DeleteAccountId)
};

/// An item of `CustomFieldPairs`: its names are those of a sibling of the same generation (inferred).
pub static CUSTOM_FIELD: RecordType =
    record("recCustomFieldKeyValuePair", &[text("CustomFieldExternalReference"), text("CustomFieldValue")]);

pub static SAVE_ACCOUNT_CUSTOM_FIELDS: Operation = Operation {
    name: "SaveAccountCustomFields",
    parameter: "preqSaveAccountCustomFields",
    request: record(
        "reqSaveAccountCustomFields",
        &[TOKEN, MEMBER, Field::new("CustomFieldPairs", Kind::KeyValuePairs(&CUSTOM_FIELD)).option("pair")],
    ),
    response: record("respSaveAccountCustomFields", &[CODE]),
    codes: &[803],
    page: "Sync_SaveAccountCustomFields.htm",
    ..row(Served::SaveAccountCustomFields)
};
