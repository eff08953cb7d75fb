//! The text messages that the platform would have sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The newest so many messages are kept.
const CAPACITY: usize = 1000;

/// A message to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TextMessage {
    /// The emulator's time, which may be held.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// E.164, with its plus.
    pub to: String,
    /// `sms` or `whatsapp`.
    pub channel: String,
    pub text: String,
    /// The verification code in the text, if there is one.
    pub code: Option<String>,
}

/// What was sent, for whoever tests. Clones share one outbox.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<VecDeque<TextMessage>>>);

impl Outbox {
    /// Sends a message.
    pub fn send(&self, message: TextMessage) {
        let mut messages = self.lock();
        messages.push_back(message);
        if messages.len() > CAPACITY {
            messages.pop_front();
        }
    }

    /// The messages to a number (E.164, with or without its plus), or all; newest last.
    pub fn find(&self, to: Option<&str>) -> Vec<TextMessage> {
        let digits = |number: &str| number.trim_start_matches('+').to_owned();
        let fits = |message: &&TextMessage| to.is_none_or(|to| digits(&message.to) == digits(to));
        self.lock().iter().filter(fits).cloned().collect()
    }

    /// Forgets all messages.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<TextMessage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
