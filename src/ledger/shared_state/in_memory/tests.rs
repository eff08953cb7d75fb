use std::time::Duration;

use jiff::Timestamp;

use super::*;

fn message(to: &str, text: &str) -> TextMessage {
    let at = Timestamp::UNIX_EPOCH;
    TextMessage { at, to: to.into(), channel: "sms".into(), text: text.into(), code: Some("1234".into()) }
}

#[tokio::test]
async fn messages_are_found_by_their_number_and_the_oldest_go() {
    let state = InMemoryState::default();
    let messages = [message("+15195550123", "a"), message("+4930123456", "b"), message("+15195550123", "c")];
    for message in &messages {
        state.send_message(message.clone()).await.expect("a store");
    }
    assert_eq!(state.find_messages(None).await.as_deref(), Ok(&messages[..]));
    for to in ["+15195550123", "15195550123"] {
        let found = state.find_messages(Some(to)).await.expect("a store");
        assert_eq!(found, [messages[0].clone(), messages[2].clone()], "{to}");
    }
    for count in 0..MOST_MESSAGES {
        state.send_message(message("+1", &count.to_string())).await.expect("a store");
    }
    let kept = state.find_messages(None).await.expect("a store");
    assert_eq!((kept.len(), kept[0].text.as_str()), (MOST_MESSAGES, "0"));
    state.clear_messages().await.expect("a store");
    assert_eq!(state.find_messages(None).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_session_changes_only_from_what_it_was() {
    let state = InMemoryState::default();
    assert_eq!(state.set_session("a", None, Some("1".into())).await, Ok(true));
    assert_eq!(state.set_session("a", None, Some("2".into())).await, Ok(false), "it is there");
    assert_eq!(state.set_session("a", Some("2"), Some("3".into())).await, Ok(false), "it isn't that");
    assert_eq!(state.set_session("a", Some("1"), Some("2".into())).await, Ok(true));
    assert_eq!(state.find_session("a").await, Ok(Some("2".into())));
    assert_eq!(state.set_session("a", Some("2"), None).await, Ok(true));
    assert_eq!(state.find_session("a").await, Ok(None));
    assert_eq!(state.set_session("b", None, Some("1".into())).await, Ok(true));
    state.clear_callers().await.expect("a store");
    assert_eq!(state.find_session("b").await, Ok(None));
}

#[tokio::test]
async fn a_nonce_is_new_once_and_only_then_is_the_call_counted() {
    let state = InMemoryState::default();
    let admit = async |nonce: &str, counter: Option<&str>| {
        let (nonce, counter) = (nonce.to_owned(), counter.map(str::to_owned));
        let call = RateLimitRequest { nonce, nonce_life: Duration::from_secs(1800), counter };
        let decision = state.admit(call).await.expect("a store");
        (decision.is_new, decision.calls)
    };
    assert_eq!(admit("a", Some("x")).await, (true, 1));
    assert_eq!(admit("a", Some("x")).await, (false, 0));
    assert_eq!(admit("b", None).await, (true, 0));
    state.clear_callers().await.expect("a store");
    assert_eq!(admit("a", Some("x")).await, (true, 1));
}
