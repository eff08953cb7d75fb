//! What all pages have: the frame around them, and how they are sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use askama::Template;
use serde::Deserialize;

use super::link::Link;
use super::notice;
use super::page_error::PageError;
use crate::admin::ControlPlane;

/// What a handler gives.
pub type Answer = Result<HttpResponse, PageError>;

/// The pages of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Overview,
    Members,
    Journal,
    Faults,
    Messages,
    Tokens,
    Companions,
    Settings,
}

impl Tab {
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Members,
        Self::Journal,
        Self::Faults,
        Self::Messages,
        Self::Tokens,
        Self::Companions,
        Self::Settings,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Members => "Members",
            Self::Journal => "Journal",
            Self::Faults => "Faults",
            Self::Messages => "Messages",
            Self::Tokens => "Tokens",
            Self::Companions => "Companions",
            Self::Settings => "Settings",
        }
    }

    /// Its path below [`link::ROOT`](super::link::ROOT).
    pub fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Members => "members",
            Self::Journal => "journal",
            Self::Faults => "faults",
            Self::Messages => "messages",
            Self::Tokens => "tokens",
            Self::Companions => "companions",
            Self::Settings => "settings",
        }
    }
}

/// What every page's address may say.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct View {
    /// The program that was picked.
    pub program: Option<String>,
    /// What was just done, see [`notice`].
    pub done: Option<String>,
    /// `off` stops the refreshing of live parts.
    pub live: Option<String>,
}

/// What is around a page.
#[derive(Clone, Debug)]
pub struct Frame {
    pub tab: Tab,
    /// The chosen program; the first one unless picked, none if there is none.
    pub program: Option<String>,
    pub programs: Vec<String>,
    pub notice: Option<&'static str>,
    pub is_live: bool,
}

impl Frame {
    /// The frame of a page for `view`.
    ///
    /// # Errors
    /// [`PageError::NoSuch`] if the picked program isn't there.
    pub fn new(tab: Tab, plane: &ControlPlane, view: View) -> Result<Self, PageError> {
        let directory = plane.platform.ledger.directory();
        let programs: Vec<String> = directory.programs().iter().map(|program| program.name.to_string()).collect();
        let program = match view.program {
            Some(name) if !programs.contains(&name) => return Err(PageError::NoSuch("program")),
            Some(name) => Some(name),
            None => programs.first().cloned(),
        };
        let notice = view.done.as_deref().and_then(notice::text);
        Ok(Self { tab, program, programs, notice, is_live: view.live.as_deref() != Some("off") })
    }

    /// As [`new`](Self::new), for a change: the program must be named, so that none is changed by mistake.
    ///
    /// # Errors
    /// [`PageError::NoSuch`] if no program is named, or it isn't there.
    pub fn of_named(tab: Tab, plane: &ControlPlane, program: Option<String>) -> Result<Self, PageError> {
        let program = Some(program.ok_or(PageError::NoSuch("program"))?);
        Self::new(tab, plane, View { program, ..View::default() })
    }

    /// A frame that knows no program.
    pub fn bare() -> Self {
        Self { tab: Tab::Overview, program: None, programs: Vec::new(), notice: None, is_live: true }
    }

    /// The address of a page that keeps to the chosen program.
    pub fn at(&self, page: &str) -> Link {
        Link::to(page).with_some("program", self.program.as_ref())
    }

    /// The address of this tab.
    pub fn here(&self) -> Link {
        self.at(self.tab.path())
    }

    /// The address of this tab, for a form that has a field for the program.
    pub fn here_bare(&self) -> Link {
        Link::to(self.tab.path())
    }

    /// Whether this is the chosen program.
    pub fn is(&self, program: &str) -> bool {
        self.program.as_deref() == Some(program)
    }

    /// The navigation.
    pub fn tabs(&self) -> [(Tab, Link); 8] {
        Tab::ALL.map(|tab| (tab, self.at(tab.path())))
    }
}

/// Sends a page.
///
/// # Errors
/// None that can happen: templates are compiled in, and write to memory.
pub fn show(template: &impl Template) -> Answer {
    send(StatusCode::OK, template)
}

/// Sends a page again because a field of its form is wrong.
///
/// # Errors
/// As [`show`].
pub fn refuse(template: &impl Template) -> Answer {
    send(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// Sends a page with a status.
///
/// # Errors
/// As [`show`].
pub fn send(status: StatusCode, template: &impl Template) -> Answer {
    Ok(html(status, template.render()?))
}

/// Sends a page that is rendered.
pub fn html(status: StatusCode, page: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page)
}

/// Leads from a form that was sent to the page that shows what became of it.
pub fn go(to: &Link) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to.to_string())).finish()
}

/// The labels of fields that aren't called as they are named.
const LABELS: [(&str, &str); 13] = [
    ("only", "Program"),
    ("http_status", "HTTP status"),
    ("value", "Code, milliseconds, status or text"),
    ("message", "Message of CAMS"),
    ("times", "How many calls"),
    ("number", "Phone number"),
    ("kind", "Answer"),
    ("json", "All of it, in the seed’s format"),
    ("now", "Hold at"),
    ("seconds", "Advance by seconds"),
    ("minutes", "Minutes to live"),
    ("from", "From template"),
    ("at", "Reference"),
];

/// Why a form isn't taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The `name` of the field.
    pub field: &'static str,
    pub reason: String,
}

impl FieldError {
    pub fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self { field, reason: reason.into() }
    }

    /// What the field is called in a sentence: its label, where that isn't its name.
    pub fn label(&self) -> String {
        let label = LABELS.iter().find(|(field, _)| *field == self.field).map(|(_, label)| (*label).to_owned());
        label.unwrap_or_else(|| {
            let mut words = self.field.replace('_', " ");
            words.get_mut(..1).map(str::make_ascii_uppercase);
            words
        })
    }
}

/// What a page with forms says about one that was refused.
pub trait Refusal {
    /// All that is wrong.
    fn all(&self) -> &[FieldError];

    /// The reason, if this field is wrong.
    fn of(&self, field: &str) -> Option<&str> {
        self.all().iter().find(|error| error.field == field).map(|error| error.reason.as_str())
    }

    /// Whether this field is the first that is wrong: there the reader goes on.
    fn begins_with(&self, field: &str) -> bool {
        self.all().first().is_some_and(|error| error.field == field)
    }
}

impl Refusal for Option<FieldError> {
    fn all(&self) -> &[FieldError] {
        self.as_slice()
    }
}

impl Refusal for Vec<FieldError> {
    fn all(&self) -> &[FieldError] {
        self
    }
}
