//! Failures that a tester has ordered.

use crate::calls::{Call, Calls, FaultAnswer};
use crate::contract::Request;
use crate::domain::PhoneNumber;
use crate::operations::Platform;

/// Notes whom a call concerns, and gives what a rule makes of it, if one fits.
pub async fn inject_fault(
    platform: &Platform,
    calls: &Calls,
    noted: &mut Call,
    request: Option<&Request<'_>>,
) -> Option<FaultAnswer> {
    noted.context.member_id = request.and_then(Request::member_id);
    let security_token = request.and_then(Request::security_token);
    let directory = platform.ledger.directory();
    let found = security_token.and_then(|token| directory.find_token(token));
    noted.context.program = found.map(|(program, _)| program.name.clone());
    noted.begun.program = found.map(|(program, _)| program.id);
    // It takes the directory along, and is dropped before a delay begins.
    let number = move || {
        let found = security_token.and_then(|token| directory.find_token(token));
        let settings = found.map(|(program, _)| program.settings.clone()).unwrap_or_default();
        PhoneNumber::parse(request?.phone_number()?, &settings).ok().map(|number| number.e164())
    };
    calls.inject_fault(noted, number).await
}
