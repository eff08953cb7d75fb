//! What a callback of the SDK is given, and how it goes over the wire.

use std::fmt;

use rand::RngExt;
use serde::Serialize;
use serde_json::Value;

use super::error::Failure;
use crate::domain::program::PimsLabels;

/// The id of a request, the same in all its messages. Documented by a sample only: `953cfefb-bc72`, 8 and 4 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TransactionId(String);

impl TransactionId {
    /// One that no other request has; of 2⁴⁸.
    pub fn random() -> Self {
        let mut random = rand::rng();
        Self(format!("{:08x}-{:04x}", random.random::<u32>(), random.random::<u16>()))
    }
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A message to a callback. Its members stand in the order of the samples.
#[derive(Debug, Serialize)]
pub struct Message<'m> {
    #[serde(rename = "transactionId")]
    transaction_id: &'m TransactionId,
    status: Status,
    /// In every `SUCCEEDED` but that of a subscription; null where there is nothing to give.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'m Value>,
    /// In every `FAILED`, and in a `RESULT` without a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Succeeded,
    Failed,
    Result,
}

#[derive(Debug, Serialize)]
struct Error {
    code: u16,
    label: String,
}

impl<'m> Message<'m> {
    /// What became of a request.
    pub fn of(id: &'m TransactionId, outcome: &'m Result<Value, Failure>, labels: PimsLabels) -> Self {
        let status = if outcome.is_ok() { Status::Succeeded } else { Status::Failed };
        Self::with(id, status, outcome, labels)
    }

    /// The acknowledgement of a subscription, which has no result.
    pub fn acknowledgement(id: &'m TransactionId) -> Self {
        Self { transaction_id: id, status: Status::Succeeded, result: None, error: None }
    }

    /// An event of a subscription.
    pub fn event(id: &'m TransactionId, outcome: &'m Result<Value, Failure>, labels: PimsLabels) -> Self {
        Self::with(id, Status::Result, outcome, labels)
    }

    fn with(id: &'m TransactionId, status: Status, outcome: &'m Result<Value, Failure>, labels: PimsLabels) -> Self {
        let failure = outcome.as_ref().err();
        Self {
            transaction_id: id,
            status,
            result: outcome.as_ref().ok(),
            error: failure.map(|failure| Error { code: failure.code.number(), label: failure.label(labels) }),
        }
    }

    /// The message as JSON.
    pub fn json(&self) -> String {
        // Texts and numbers only: writing them doesn't fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The message as a server-sent event.
    pub fn sent_event(&self) -> String {
        format!("data: {}\n\n", self.json())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;
    use crate::pims::error::ErrorCode;

    #[test]
    fn messages_are_as_documented() {
        let (id, labels) = (TransactionId("953cfefb-bc72".into()), PimsLabels::Filled);
        for (message, expected) in [
            (
                Message::of(&id, &Ok(Value::Null), labels).json(),
                r#"{"transactionId":"953cfefb-bc72","status":"SUCCEEDED","result":null}"#,
            ),
            (
                Message::of(&id, &Ok(json!({"phoneNumber": "0612345678"})), labels).json(),
                r#"{"transactionId":"953cfefb-bc72","status":"SUCCEEDED","result":{"phoneNumber":"0612345678"}}"#,
            ),
            (
                Message::of(&id, &Err(Failure::missing("smsCode")), labels).json(),
                r#"{"transactionId":"953cfefb-bc72","status":"FAILED","error":{"code":2101,"label":"Missing smsCode parameter"}}"#,
            ),
            (
                Message::acknowledgement(&id).sent_event(),
                "data: {\"transactionId\":\"953cfefb-bc72\",\"status\":\"SUCCEEDED\"}\n\n",
            ),
            (
                Message::event(&id, &Ok(json!({})), labels).json(),
                r#"{"transactionId":"953cfefb-bc72","status":"RESULT","result":{}}"#,
            ),
            (
                Message::event(&id, &Err(ErrorCode::ServerError.into()), labels).json(),
                r#"{"transactionId":"953cfefb-bc72","status":"RESULT","error":{"code":2204,"label":"Server Error"}}"#,
            ),
        ] {
            assert_eq!(message, expected);
        }
    }

    #[test]
    fn ids_are_hexadecimal_and_differ() {
        let ids: HashSet<_> = (0..10_000).map(|_| TransactionId::random().to_string()).collect();
        assert_eq!(ids.len(), 10_000);
        for id in ids {
            let (first, second) = id.split_once('-').expect("two parts");
            assert_eq!((first.len(), second.len()), (8, 4));
            assert!(id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{id}");
        }
    }
}
