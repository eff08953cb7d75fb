//! One call: what was sent, and what was answered.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::form::Form;
use super::page::{self, Answer, Frame, Tab, View};
use super::page_error::PageError;
use super::pretty::{Piece, pretty};
use super::words;
use crate::admin::ControlPlane;
use crate::calls::{Api, Entry};
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
}

/// `GET /_emulator/console/journal/{id}`
pub async fn show(plane: Data<ControlPlane>, id: Path<u64>, view: Query<View>) -> Answer {
    let frame = Frame::new(Tab::Journal, &plane, view.into_inner())?;
    let page = plane.calls.journal.entry_as(*id, |entry, message| {
        let (request, response) = (pretty(&entry.request), pretty(&entry.response));
        EntryPage { frame, request, response, can_be_sent: message.is_some(), entry }.render()
    });
    Ok(page::html(StatusCode::OK, page.await?.ok_or(PageError::NoSuch("journal entry"))??))
}

/// `POST /_emulator/console/journal/{id}/again`
pub async fn send_again(
    plane: Data<ControlPlane>,
    endpoint: Data<Endpoint>,
    id: Path<u64>,
    view: Form<View>,
) -> Answer {
    let (entry, message) = plane.calls.journal.entry(*id).await?.ok_or(PageError::NoSuch("journal entry"))?;
    let frame = Frame::new(Tab::Journal, &plane, view.into_inner())?;
    let before = newest(&plane).await?;
    let Some(message) = message else {
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

async fn newest(plane: &ControlPlane) -> Result<u64, LedgerError> {
    let page = plane.calls.journal.find(&EntryFilter { limit: Some(1), ..EntryFilter::default() }).await?;
    Ok(page.entries.last().map_or(0, |entry| entry.id))
}
