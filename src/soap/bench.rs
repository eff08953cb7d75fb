//! The two halves of a call, for the benchmark of the hot path. Not for other use.

use std::sync::LazyLock;

use super::contract::{Contract, DEFAULT_NAMESPACE, Operation, Route};
use super::envelope::read;
use super::media_type::MediaType;
use super::version::Version;
use super::{encoding, save_account_phone};
use crate::domain::ReturnCode;
use crate::operations::SaveAccountPhone;

/// Reads an envelope down to the request's fields, and says whether a token was there.
pub fn parse_envelope(bytes: &[u8]) -> bool {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::new(DEFAULT_NAMESPACE));
    let media_type = MediaType("text/xml; charset=utf-8");
    let decoded = encoding::decode(bytes, media_type);
    let route = Route { operation: Operation::SaveAccountPhone, namespace: DEFAULT_NAMESPACE };
    let call = read(&decoded, media_type, Version::Soap11, &CONTRACT, route);
    let request = call.ok().and_then(|call| call.record).map(SaveAccountPhone::from);
    request.is_some_and(|request| request.security_token.is_some())
}

/// Writes the answer to a save.
pub fn write_envelope(saved_phone_number: &str) -> String {
    save_account_phone::write(Version::Soap11, DEFAULT_NAMESPACE, ReturnCode::Ok, saved_phone_number)
}
