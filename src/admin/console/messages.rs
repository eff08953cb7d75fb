//! The messages that would have been sent, as phones would show them.

use std::collections::BTreeMap;

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::form::Form;
use super::page::{self, Answer, Frame, Tab, View};
use super::words;
use crate::admin::ControlPlane;
use crate::domain::TextMessage;

#[derive(Template)]
#[template(path = "console/messages.html")]
struct Messages {
    frame: Frame,
    to: String,
    phones: Vec<Phone>,
}

/// A number and what was sent to it, newest last.
struct Phone {
    number: String,
    messages: Vec<TextMessage>,
}

/// Whose messages.
#[derive(Debug, Default, Deserialize)]
pub struct Recipient {
    #[serde(default)]
    to: String,
}

/// `GET /_emulator/console/messages`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>, recipient: Query<Recipient>) -> Answer {
    let frame = Frame::new(Tab::Messages, &plane, view.into_inner())?;
    let digits: String = recipient.to.chars().filter(char::is_ascii_digit).collect();
    let to = Some(digits.as_str()).filter(|digits| !digits.is_empty());
    let phones = by_phone(plane.platform.shared_state.find_messages(to).await?);
    page::show(&Messages { frame, to: recipient.into_inner().to, phones })
}

/// Whoever got a message last comes first.
fn by_phone(messages: Vec<TextMessage>) -> Vec<Phone> {
    let mut phones = BTreeMap::<String, Vec<TextMessage>>::new();
    for message in messages {
        phones.entry(message.to.clone()).or_default().push(message);
    }
    let mut phones: Vec<_> = phones.into_iter().map(|(number, messages)| Phone { number, messages }).collect();
    phones.sort_by_key(|phone| std::cmp::Reverse(phone.messages.last().map(|message| message.at)));
    phones
}

/// `POST /_emulator/console/messages/clear`
pub async fn clear(plane: Data<ControlPlane>, view: Form<View>) -> Answer {
    plane.platform.shared_state.clear_messages().await?;
    Ok(page::go(&Frame::new(Tab::Messages, &plane, view.into_inner())?.here().with("done", "messages-cleared")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phone_shows_its_messages_and_markup_is_text() {
        let message = |to: &str, second: i64, text: &str| TextMessage {
            at: jiff::Timestamp::from_second(second).expect("a time"),
            to: to.to_owned(),
            channel: "sms".to_owned(),
            text: text.to_owned(),
            code: Some("123456".to_owned()),
        };
        let phones = by_phone(vec![message("+1", 1, "a"), message("+2", 2, "b"), message("+1", 3, "<script>")]);
        let shown: Vec<_> = phones.iter().map(|phone| (phone.number.as_str(), phone.messages.len())).collect();
        assert_eq!(shown, [("+1", 2), ("+2", 1)]);
        let page = Messages { frame: Frame::bare(), to: String::new(), phones }.render().expect("a page");
        assert_eq!(page.matches("class=\"bubble\"").count(), 3);
        assert!(page.contains("&#60;script&#62;"), "{page}");
    }
}
