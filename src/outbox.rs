//! The text messages that the platform would have sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ledger::{LedgerError, SharedState};

/// The newest so many messages are kept.
const CAPACITY: usize = 1000;

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

/// What was sent, for whoever tests. Clones share one outbox.
#[derive(Clone)]
pub struct Outbox(Place);

/// Where messages are kept.
#[derive(Clone)]
enum Place {
    Local(Arc<Mutex<VecDeque<TextMessage>>>),
    Shared(Arc<dyn SharedState>),
}

impl Outbox {
    /// An outbox that is shared by all nodes with this shared state; without it, one of this process.
    pub fn new(shared_state: Option<Arc<dyn SharedState>>) -> Self {
        Self(shared_state.map_or_else(|| Place::Local(Arc::default()), Place::Shared))
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the outbox.
    pub async fn send(&self, message: TextMessage) -> Result<(), LedgerError> {
        match &self.0 {
            Place::Local(messages) => {
                let mut messages = lock(messages);
                messages.push_back(message);
                if messages.len() > CAPACITY {
                    messages.pop_front();
                }
                Ok(())
            }
            Place::Shared(shared_state) => {
                // Texts and nothing else: writing them doesn't fail.
                let json = serde_json::to_string(&message).unwrap_or_default();
                shared_state.add_message(digits(&message.to), json, CAPACITY).await
            }
        }
    }

    /// The messages to a number (E.164, with or without its plus), or all; newest last.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the outbox.
    pub async fn find(&self, to: Option<&str>) -> Result<Vec<TextMessage>, LedgerError> {
        let to = to.map(digits);
        match &self.0 {
            Place::Local(messages) => {
                let fits = |message: &&TextMessage| to.is_none_or(|to| digits(&message.to) == to);
                Ok(lock(messages).iter().filter(fits).cloned().collect())
            }
            Place::Shared(shared_state) => {
                Ok(shared_state.find_messages(to).await?.iter().filter_map(|json| read(json)).collect())
            }
        }
    }

    /// Forgets all messages.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the outbox.
    pub async fn clear(&self) -> Result<(), LedgerError> {
        match &self.0 {
            Place::Local(messages) => {
                lock(messages).clear();
                Ok(())
            }
            Place::Shared(shared_state) => shared_state.clear_messages().await,
        }
    }
}

fn lock(messages: &Mutex<VecDeque<TextMessage>>) -> MutexGuard<'_, VecDeque<TextMessage>> {
    messages.lock().unwrap_or_else(PoisonError::into_inner)
}

fn digits(number: &str) -> &str {
    number.trim_start_matches('+')
}

fn read(json: &str) -> Option<TextMessage> {
    let warn = |error: &serde_json::Error| tracing::warn!(%error, "a message of another node can't be read");
    serde_json::from_str(json).inspect_err(warn).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::in_memory::nodes;

    fn message(to: &str, text: &str) -> TextMessage {
        let at = Timestamp::UNIX_EPOCH;
        TextMessage { at, to: to.into(), channel: "sms".into(), text: text.into(), code: Some("1234".into()) }
    }

    #[tokio::test]
    async fn messages_are_found_by_their_number_and_the_oldest_go() {
        let [node] = nodes();
        for outbox in [Outbox::new(None), Outbox::new(Some(node))] {
            let messages = [message("+15195550123", "a"), message("+4930123456", "b"), message("+15195550123", "c")];
            for message in &messages {
                outbox.send(message.clone()).await.expect("a store");
            }
            assert_eq!(outbox.find(None).await.as_deref(), Ok(&messages[..]));
            for to in ["+15195550123", "15195550123"] {
                let found = outbox.find(Some(to)).await.expect("a store");
                assert_eq!(found, [messages[0].clone(), messages[2].clone()], "{to}");
            }
            for count in 0..CAPACITY {
                outbox.send(message("+1", &count.to_string())).await.expect("a store");
            }
            let kept = outbox.find(None).await.expect("a store");
            assert_eq!((kept.len(), kept[0].text.as_str()), (CAPACITY, "0"));
            outbox.clear().await.expect("a store");
            assert_eq!(outbox.find(None).await, Ok(Vec::new()));
        }
    }

    #[tokio::test]
    async fn each_node_tells_the_messages_of_all() {
        let [first, second] = nodes();
        let (one, other) = (Outbox::new(Some(first)), Outbox::new(Some(second)));
        one.send(message("+15195550123", "a")).await.expect("a store");
        other.send(message("+15195550123", "b")).await.expect("a store");
        let texts: Vec<_> = one.find(None).await.expect("a store").into_iter().map(|message| message.text).collect();
        assert_eq!(texts, ["a", "b"]);
    }
}
