//! The text messages that the platform would have sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A message to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TextMessage {
    /// The emulator's time, which may be held.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// E.164, with its plus.
    pub to: String,
    /// `sms` for a text message, `voice` for a call in which the text is read out.
    pub channel: String,
    pub text: String,
    /// The verification code in the text, if there is one.
    pub code: Option<String>,
}
