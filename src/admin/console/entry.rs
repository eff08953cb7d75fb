//! One call: what was sent, and what was answered.

mod curl;
mod unmask;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use self::curl::curl;
use self::unmask::unmask;
use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, Frame, Tab, View};
use super::page_error::PageError;
use super::pretty::{Piece, pretty};
use super::words;
use crate::admin::ControlPlane;
use crate::calls::{Api, Entry, MAX_TEXT, Message};
use crate::ledger::{EntryFilter, LedgerError};
use crate::soap::{self, Endpoint};

#[derive(Template)]
#[template(path = "console/entry.html")]
struct EntryPage {
    frame: Frame,
    entry: Entry,
    request: Vec<Piece>,
    response: Vec<Piece>,
    /// Whether the journal has all that is needed to send it again.
    can_be_sent: bool,
    /// Whether all of it is shown, so that it can be changed before.
    can_be_edited: bool,
    curl: Option<String>,
}

impl EntryPage {
    fn of(frame: Frame, entry: Entry, message: Option<&Message>, scheme: &str) -> Self {
        Self {
            request: pretty(&entry.request),
            response: pretty(&entry.response),
            can_be_sent: message.is_some(),
            can_be_edited: message.is_some_and(|message| message.text.len() <= MAX_TEXT),
            curl: (entry.api != Api::Cams && !entry.method.is_empty()).then(|| curl(&entry, scheme)),
            frame,
            entry,
        }
    }

    /// The value of a header; empty if there is none.
    fn header(&self, name: &str) -> &str {
        self.entry.headers.iter().find(|header| header.name == name).map_or("", |header| &header.value)
    }

    fn target(&self) -> String {
        self.entry.query.iter().fold(self.entry.path.clone(), |path, query| path + "?" + query)
    }

    /// The form for a rule that fits calls like this one.
    fn break_link(&self) -> Link {
        let Entry { program, operation, member_id, .. } = &self.entry;
        let link = self.frame.at("faults").with_some("only", program.as_ref());
        link.with_some("operation", operation.as_ref()).with_some("member_id", *member_id)
    }
}

/// `GET /_emulator/console/journal/{id}`
pub async fn show(plane: Data<ControlPlane>, endpoint: Data<Endpoint>, id: Path<u64>, view: Query<View>) -> Answer {
    let frame = Frame::new(Tab::Journal, &plane, view.into_inner())?;
    let scheme = endpoint.site.scheme();
    let page = plane
        .calls
        .journal
        .entry_as(*id, move |entry, message| EntryPage::of(frame, entry, message.as_ref(), scheme).render());
    Ok(page::html(StatusCode::OK, page.await?.ok_or(PageError::NoSuch("journal entry"))??))
}

/// A message that is sent again, perhaps changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Again {
    program: Option<String>,
    /// The message as the page shows it: what the journal hides stands for what it was. `None` for the same message.
    text: Option<String>,
    content_type: String,
    soap_action: String,
}

/// `POST /_emulator/console/journal/{id}/again`
pub async fn send_again(
    plane: Data<ControlPlane>,
    endpoint: Data<Endpoint>,
    id: Path<u64>,
    again: Form<Again>,
) -> Answer {
    let again = again.into_inner();
    let view = View { program: again.program.clone(), ..View::default() };
    let frame = Frame::new(Tab::Journal, &plane, view)?;
    let (entry, message) = plane.calls.journal.entry(*id).await?.ok_or(PageError::NoSuch("journal entry"))?;
    let before = newest(&plane).await?;
    let Some(message) = message.and_then(|message| again.change(message, &entry)) else {
        return Ok(page::go(&frame.at(&format!("journal/{}", entry.id)).with("done", "not-sent")));
    };
    soap::send_again(&endpoint, message).await;
    // Others may call at the same time: then the new entry can't be told from theirs.
    let filter = EntryFilter { after: Some(before), limit: Some(2), ..EntryFilter::default() };
    Ok(page::go(&match plane.calls.journal.find(&filter).await?.entries.as_slice() {
        [only] => frame.at(&format!("journal/{}", only.id)).with("done", "sent-again"),
        _ => frame.here().with("done", "sent-again-unseen"),
    }))
}

impl Again {
    /// The message with the changes of the form; `None` if what is hidden in it can't be told.
    fn change(&self, message: Message, entry: &Entry) -> Option<Message> {
        let Some(text) = &self.text else { return Some(message) };
        // Browsers send the ends of lines as CRLF, whatever they were.
        let text = if message.text.contains('\r') { text.clone() } else { text.replace('\r', "") };
        let given = |text| Some(text).filter(|text: &&str| !text.trim().is_empty());
        let changed = [("content-type", given(&*self.content_type)), ("soapaction", given(&*self.soap_action))];
        let head = message.head.with(&changed);
        Some(Message { text: unmask(&text, &entry.request, &message.text)?, head, ..message })
    }
}

async fn newest(plane: &ControlPlane) -> Result<u64, LedgerError> {
    let page = plane.calls.journal.find(&EntryFilter { limit: Some(1), ..EntryFilter::default() }).await?;
    Ok(page.entries.last().map_or(0, |entry| entry.id))
}
