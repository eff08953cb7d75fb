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

/// How many entries are shown at a time.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "console/journal.html")]
struct JournalPage {
    frame: Frame,
    wanted: Wanted,
    operations: Vec<(Api, Vec<&'static str>)>,
    entries: EntryTable,
    refused: Vec<FieldError>,
    is_on: bool,
}

/// The part that refreshes itself.
#[derive(Template)]
#[template(path = "console/journal_live.html")]
struct EntryTable {
    /// Newest first.
    entries: Vec<Entry>,
    total: u64,
    dropped: u64,
    is_live: bool,
    /// The same again.
    again: Link,
    /// The newest page, on one of the others.
    newest: Option<Link>,
    /// The next page of older entries, if there is one.
    older: Option<Link>,
    frame: Frame,
}

impl EntryTable {
    fn entry_link(&self, entry: &Entry) -> Link {
        self.frame.at(&format!("journal/{}", entry.id))
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
    api: String,
    http_status: String,
    fault: String,
    rule: String,
    number: String,
    text: String,
    /// Only entries before this one: a page of older ones.
    before: Option<u64>,
    /// The newest entry that is shown.
    shown: Option<u64>,
}

impl Wanted {
    /// The same, with the name that the journal has for the operation.
    fn by_known_name(self, plane: &ControlPlane) -> Self {
        Self { operation: known_name(&plane.operations, self.operation), ..self }
    }

    /// The filter, or all that is wrong with it.
    fn filter(&self) -> Result<EntryFilter, Vec<FieldError>> {
        let given = |text: &str| Some(steps::over(text).trim().to_owned()).filter(|text| !text.is_empty());
        let mut wrong = Vec::new();
        let filter = EntryFilter {
            program: given(&self.only),
            operation: given(&self.operation),
            member_id: whole(given(&self.member_id).as_deref(), "member_id", "-2147483648 to 2147483647", &mut wrong),
            return_code: whole(given(&self.return_code).as_deref(), "return_code", "0 to 65535", &mut wrong),
            code: given(&self.code),
            api: given(&self.api),
            http_status: whole(given(&self.http_status).as_deref(), "http_status", "100 to 599", &mut wrong),
            // A star stands for any fault: nothing at all can't be typed.
            fault: given(&self.fault).map(|text| if text == "*" { String::new() } else { text }),
            rule: whole(given(&self.rule).as_deref(), "rule", "such as 1", &mut wrong),
            number: given(&self.number),
            text: given(&self.text),
            before: self.before,
            after: None,
            limit: Some(SHOWN),
        };
        if wrong.is_empty() { Ok(filter) } else { Err(wrong) }
    }

    /// The parameters that say the same, but for the page.
    fn link(&self, page: &str, frame: &Frame) -> Link {
        let fields = [
            ("only", &self.only),
            ("operation", &self.operation),
            ("member_id", &self.member_id),
            ("return_code", &self.return_code),
            ("code", &self.code),
            ("api", &self.api),
            ("http_status", &self.http_status),
            ("fault", &self.fault),
            ("rule", &self.rule),
            ("number", &self.number),
            ("text", &self.text),
        ];
        let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
        given.fold(frame.at(page), |link, (name, value)| link.with(name, value))
    }

    /// Where the calls that fit can be had as a file.
    fn download(&self, format: &str) -> String {
        let program = Some(self.only.clone()).filter(|name| !name.is_empty());
        let frame = Frame { program, ..Frame::bare() };
        let link = Self { only: String::new(), ..self.clone() }.link("", &frame).with("format", format).to_string();
        let query = link.split_once('?').map_or("", |(_, query)| query);
        format!("/_emulator/journal/download?{query}")
    }

    /// Whether any of the filters that are folded away is in use.
    fn has_more(&self) -> bool {
        [&self.code, &self.api, &self.http_status, &self.fault, &self.rule].into_iter().any(|value| !value.is_empty())
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
        let here = || self.link("journal", frame);
        let older =
            page.entries.last().filter(|_| page.entries.len() == SHOWN).map(|entry| here().with("before", entry.id));
        Ok(EntryTable {
            total: page.total,
            entries: page.entries,
            dropped: page.dropped,
            // Nothing comes before an entry.
            is_live: frame.is_live && self.before.is_none(),
            again: self.link("journal/live", frame).with("shown", newest),
            newest: self.before.map(|_| here()),
            older,
            frame: frame.clone(),
        })
    }
}

fn whole<T: std::str::FromStr>(
    text: Option<&str>,
    field: &'static str,
    range: &str,
    wrong: &mut Vec<FieldError>,
) -> Option<T> {
    let number = text.map(str::parse);
    if let Some(Err(_)) = number {
        wrong.push(FieldError::new(field, format!("Give a whole number, {range}, or nothing.")));
    }
    number.and_then(Result::ok)
}

/// `GET /_emulator/console/journal`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>, wanted: Query<Wanted>) -> Answer {
    let frame = Frame::new(Tab::Journal, &plane, view.into_inner())?;
    let wanted = wanted.into_inner().by_known_name(&plane);
    let (filter, refused) = match wanted.filter() {
        Ok(filter) => (filter, Vec::new()),
        Err(wrong) => (EntryFilter { limit: Some(0), ..EntryFilter::default() }, wrong),
    };
    let page = JournalPage {
        entries: wanted.entries(&plane, &filter, &frame).await?,
        is_on: plane.calls.journal.is_on(),
        operations: plane.operations_by_api(),
        frame,
        wanted,
        refused,
    };
    if page.refused.is_empty() { page::show(&page) } else { page::refuse(&page) }
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
    fn all_that_is_wrong_is_said_at_once() {
        let wanted = Wanted { member_id: "x".into(), rule: "-".into(), http_status: "200".into(), ..Wanted::default() };
        let wrong = wanted.filter().expect_err("two fields");
        assert_eq!(wrong.iter().map(|error| error.field).collect::<Vec<_>>(), ["member_id", "rule"]);
    }

    #[test]
    fn a_download_has_the_filter_of_the_page() {
        let wanted = Wanted { only: "a&b".into(), text: "x y".into(), ..Wanted::default() };
        assert_eq!(wanted.download("har"), "/_emulator/journal/download?program=a%26b&text=x%20y&format=har");
    }

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
