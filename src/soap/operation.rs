//! How an operation is spoken of in SOAP, and how a call of any of them goes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::call::explain;
use super::envelope::{Call, Trouble};
use super::fault::Fault;
use super::on_purpose::inject_fault;
use super::record::{Record, RecordShape};
use super::response::{empty, overloaded, page};
use super::version::Version;
use crate::calls::{self, Calls, Disconnect, FaultAnswer, hang_up};
use crate::domain::ReturnCode;
use crate::ledger::{Begun, LedgerError};
use crate::operations::{OperationError, Platform};

/// The binding of one operation: its names on the wire, and the way to what it does.
pub trait Binding {
    const SHAPE: RecordShape;

    type Request<'a>: From<Record<'a>>;
    type Output: Default;

    /// Whom and what a request concerns, for the journal and for rules.
    fn subject<'r>(request: &'r Self::Request<'_>) -> Subject<'r>;

    /// Does what is asked, for a call that has begun then.
    ///
    /// # Errors
    /// Those of the operation.
    async fn run(
        platform: &Platform,
        begun: &Begun,
        request: &Self::Request<'_>,
    ) -> Result<Self::Output, OperationError>;

    /// Writes the answer, in documented order. A refusal has the default output.
    fn write(version: Version, namespace: &str, code: u16, output: &Self::Output) -> String;
}

/// Whom and what a request concerns, as far as it says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'r> {
    pub security_token: Option<&'r str>,
    pub member_id: Option<i32>,
    pub phone_number: Option<&'r str>,
}

/// Answers a call that was understood, broken on purpose where a rule says so.
pub async fn answer<B: Binding>(
    platform: &Platform,
    calls: &Calls,
    call: Call<'_>,
    noted: &mut calls::Call,
) -> HttpResponse {
    let Call { version, namespace, record } = call;
    let request = record.map(B::Request::from);
    let answer = inject_fault(platform, calls, noted, request.as_ref().map(B::subject).unwrap_or_default()).await;
    match answer {
        Some(FaultAnswer::ReturnCode(code)) => {
            noted.outcome.return_code = Some(code);
            page(version.content_type(), B::write(version, &namespace, code, &B::Output::default()))
        }
        Some(FaultAnswer::HttpStatus(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            empty(status, version.content_type())
        }
        Some(FaultAnswer::SoapFault(text)) => explain(&Trouble::Fault(version, Fault::unable_to_process(text)), noted),
        Some(FaultAnswer::Disconnect(Disconnect::Before)) => hang_up(),
        Some(FaultAnswer::Disconnect(Disconnect::After)) => {
            run::<B>(platform, version, &namespace, request.as_ref(), noted).await;
            hang_up()
        }
        // A code is for another API, and comes to none of this one's calls.
        Some(FaultAnswer::DelayMs(_) | FaultAnswer::Code { .. }) | None => {
            run::<B>(platform, version, &namespace, request.as_ref(), noted).await
        }
    }
}

async fn run<B: Binding>(
    platform: &Platform,
    version: Version,
    namespace: &str,
    request: Option<&B::Request<'_>>,
    noted: &mut calls::Call,
) -> HttpResponse {
    let outcome = match request {
        Some(request) => B::run(platform, &noted.begun, request).await,
        // A null parameter: the vendor's own code decides, and the catch-all is our choice.
        None => Err(ReturnCode::UndefinedError.into()),
    };
    let (code, output) = match outcome {
        Ok(output) => (ReturnCode::Ok, output),
        Err(OperationError::Refused(code)) => (code, B::Output::default()),
        Err(OperationError::Ledger(LedgerError::Busy | LedgerError::Full)) => return overloaded(),
        Err(OperationError::Ledger(LedgerError::Replaced)) => return hang_up(),
        Err(OperationError::Ledger(LedgerError::Unavailable(reason))) => {
            tracing::error!(request = %noted.request_id, operation = B::SHAPE.operation, %reason, "answered with code 1");
            (ReturnCode::UndefinedError, B::Output::default())
        }
    };
    noted.outcome.return_code = Some(code.number());
    page(version.content_type(), B::write(version, namespace, code.number(), &output))
}
