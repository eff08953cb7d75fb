//! How a call that was understood goes, whatever its operation.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::envelope::{Call, MessageError};
use super::fault::Fault;
use super::fault_injection::inject_fault;
use super::refusal::explain;
use super::response::{empty, overloaded, page};
use super::write::write_result;
use crate::calls::{self, Calls, Disconnect, FaultAnswer, hang_up};
use crate::contract::Output;
use crate::domain::ReturnCode;
use crate::ledger::LedgerError;
use crate::operations::{self, Answered, OperationError, Platform, Refusal};

/// Answers a call that was understood, broken on purpose where a rule says so.
pub async fn answer(platform: &Platform, calls: &Calls, call: Call<'_>, noted: &mut calls::Call) -> HttpResponse {
    noted.context.operation = Some(call.method.operation.name);
    match inject_fault(platform, calls, noted, call.request.as_ref()).await {
        Some(FaultAnswer::ReturnCode(code)) => write(&call, code, &Output::default(), noted),
        Some(FaultAnswer::HttpStatus(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            empty(status, call.version.content_type())
        }
        Some(FaultAnswer::SoapFault(text)) => {
            explain(&MessageError::Fault(call.version, Fault::unable_to_process(text)), noted)
        }
        Some(FaultAnswer::Disconnect(Disconnect::Before)) => hang_up(),
        Some(FaultAnswer::Disconnect(Disconnect::After)) => {
            run(platform, &call, noted).await;
            hang_up()
        }
        // A code is for another API, and comes to none of this one's calls.
        Some(FaultAnswer::DelayMs(_) | FaultAnswer::Code { .. }) | None => run(platform, &call, noted).await,
    }
}

async fn run(platform: &Platform, call: &Call<'_>, noted: &mut calls::Call) -> HttpResponse {
    let outcome = match &call.request {
        Some(request) => operations::run(platform, &noted.begun, request).await,
        // A null parameter: the vendor's own code decides, and the catch-all is our choice.
        None => {
            Err(Refusal::because(ReturnCode::UndefinedError, "the parameter of the operation is missing, or nil")
                .into())
        }
    };
    let (code, output) = match outcome {
        Ok(Answered { code, output, why }) => {
            noted.outcome.why = why;
            (code, output)
        }
        Err(OperationError::Refused(Refusal { code, why })) => {
            noted.outcome.why = why;
            (code, Output::default())
        }
        Err(OperationError::Ledger(LedgerError::Busy | LedgerError::Full)) => {
            noted.outcome.because("the ledger's queue is full");
            return overloaded();
        }
        Err(OperationError::Ledger(LedgerError::Replaced)) => return hang_up(),
        Err(OperationError::Ledger(LedgerError::Unavailable(reason))) => {
            let operation = call.method.operation.name;
            tracing::error!(request = %noted.request_id, operation, %reason, "answered with code 1");
            noted.outcome.because("the ledger failed; the log says why");
            (ReturnCode::UndefinedError, Output::default())
        }
    };
    write(call, code.number(), &output, noted)
}

fn write(call: &Call<'_>, code: u16, output: &Output, noted: &mut calls::Call) -> HttpResponse {
    noted.outcome.return_code = Some(code);
    page(call.version.content_type(), write_result(call.version, &call.namespace, call.method, code, output))
}
