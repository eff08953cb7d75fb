//! The journal: which calls came, newest first.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, FieldError, Frame, Refusal, Tab, View};
use super::words;
use crate::admin::ControlPlane;
use crate::calls::{Api, Entry, known_name};
use crate::ledger::{EntryFilter, LedgerError};
use crate::steps;

/// How many entries are shown.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "console/journal.html")]
struct JournalPage {
    frame: Frame,
    wanted: Wanted,
    operations: Vec<(Api, Vec<&'static str>)>,
    entries: EntryTable,
    refused: Option<FieldError>,
    is_on: bool,
}

/// The part that refreshes itself.
#[derive(Template)]
#[template(path = "console/journal_live.html")]
struct EntryTable {
    /// Newest first.
    entries: Vec<Entry>,
    dropped: u64,
    is_live: bool,
    /// The same again.
    again: Link,
    frame_program: Option<String>,
}

impl EntryTable {
    fn entry_link(&self, entry: &Entry) -> Link {
        Link::to(&format!("journal/{}", entry.id)).with_some("program", self.frame_program.as_ref())
    }
}

/// The filter as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Only calls of this program. Not the picked program, which pages of one program share: calls with an unknown token have
    /// none.
    only: String,
    operation: String,
    member_id: String,
    return_code: String,
    /// Of CAMS.
    code: String,
    /// The newest entry that is shown.
    shown: Option<u64>,
}

impl Wanted {
    /// The same, with the name that the journal has for the operation.
    fn by_known_name(self, plane: &ControlPlane) -> Self {
        Self { operation: known_name(&plane.operations, self.operation), ..self }
    }

    fn filter(&self) -> Result<EntryFilter, FieldError> {
        let given = |text: &str| Some(steps::over(text).trim().to_owned()).filter(|text| !text.is_empty());
        let whole = |field, range| FieldError::new(field, format!("Give a whole number, {range}, or nothing."));
        let member_id = given(&self.member_id).map(|text| text.parse()).transpose();
        let return_code = given(&self.return_code).map(|text| text.parse()).transpose();
        Ok(EntryFilter {
            program: given(&self.only),
            operation: given(&self.operation),
            member_id: member_id.map_err(|_| whole("member_id", "-2147483648 to 2147483647"))?,
            return_code: return_code.map_err(|_| whole("return_code", "0 to 65535"))?,
            code: given(&self.code),
            after: None,
            limit: Some(SHOWN),
        })
    }

    fn link(&self, page: &str, frame: &Frame) -> Link {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        frame
            .at(page)
            .with_some("only", given(&self.only))
            .with_some("operation", given(&self.operation))
            .with_some("member_id", given(&self.member_id))
            .with_some("return_code", given(&self.return_code))
            .with_some("code", given(&self.code))
    }

    async fn entries(
        &self,
        plane: &ControlPlane,
        filter: &EntryFilter,
        frame: &Frame,
    ) -> Result<EntryTable, LedgerError> {
        let mut page = plane.calls.journal.find(filter).await?;
        page.entries.reverse();
        let newest = page.entries.first().map_or(0, |entry| entry.id);
        Ok(EntryTable {
            entries: page.entries,
            dropped: page.dropped,
            is_live: frame.is_live,
            again: self.link("journal/live", frame).with("shown", newest),
            frame_program: frame.program.clone(),
        })
    }
}

/// `GET /_emulator/console/journal`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>, wanted: Query<Wanted>) -> Answer {
    let frame = Frame::new(Tab::Journal, &plane, view.into_inner())?;
    let wanted = wanted.into_inner().by_known_name(&plane);
    let (filter, refused) = match wanted.filter() {
        Ok(filter) => (filter, None),
        Err(error) => (EntryFilter { limit: Some(0), ..EntryFilter::default() }, Some(error)),
    };
    let page = JournalPage {
        entries: wanted.entries(&plane, &filter, &frame).await?,
        is_on: plane.calls.journal.is_on(),
        operations: plane.operations_by_api(),
        frame,
        wanted,
        refused,
    };
    if page.refused.is_some() { page::refuse(&page) } else { page::show(&page) }
}

/// `GET /_emulator/console/journal/live` – 204 as long as there is nothing new.
pub async fn live(plane: Data<ControlPlane>, view: Query<View>, wanted: Query<Wanted>) -> Answer {
    let frame = Frame::new(Tab::Journal, &plane, view.into_inner())?;
    let wanted = wanted.into_inner().by_known_name(&plane);
    let Ok(filter) = wanted.filter() else { return Ok(HttpResponse::NoContent().finish()) };
    let newest = plane.calls.journal.find(&EntryFilter { limit: Some(1), ..filter.clone() }).await?;
    if newest.entries.first().map_or(0, |entry| entry.id) == wanted.shown.unwrap_or_default() {
        return Ok(HttpResponse::NoContent().finish());
    }
    page::show(&wanted.entries(&plane, &filter, &frame).await?)
}

/// `POST /_emulator/console/journal/clear`
pub async fn clear(plane: Data<ControlPlane>, view: Form<View>) -> Answer {
    plane.calls.journal.clear(None).await?;
    let frame = Frame::new(Tab::Journal, &plane, view.into_inner())?;
    Ok(page::go(&frame.here().with("done", "journal-cleared")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::assert_linear;

    #[test]
    fn work_on_hostile_filters_is_linear() {
        let frame = Frame::bare();
        let filter = |query: &str| {
            let Ok(wanted) = Query::<Wanted>::from_query(query) else { return };
            drop((wanted.filter(), wanted.link("journal", &frame)));
        };
        assert_linear(&[
            ("a query", &filter),
            ("a program", &|text| filter(&format!("only={text}"))),
            ("a member", &|text| filter(&format!("member_id={text}"))),
            ("a code", &|text| filter(&format!("code={text}"))),
        ]);
    }
}
