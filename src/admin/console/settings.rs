//! How a program treats numbers and calls, and its lists of phone number types and mobile carriers.

mod form;

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::actions;
use super::form::Form;
use super::link::HOME;
use super::page::{self, Answer, FieldError, Frame, Refusal, Tab, View};
use super::page_error::PageError;
use crate::admin::ControlPlane;
use crate::admin::change::find_program;
use crate::admin::problem::Problem;
use crate::domain::ProgramSettings;
use crate::ledger::{Change, Changed, Directory, Edit, ItemKind, ItemState, ItemWords, Program};
use crate::percent::encode;
use form::SettingsForm;

#[derive(Template)]
#[template(path = "console/settings.html")]
pub struct SettingsPage {
    frame: Frame,
    settings: SettingsForm,
    /// Those that the program has, with all that the form doesn't show.
    present: ProgramSettings,
    lists: Vec<List>,
    item: ItemForm,
    new_program: String,
    refused: Option<FieldError>,
}

/// A list of a program.
struct List {
    title: &'static str,
    /// As in forms: `phone_number_type`.
    kind: &'static str,
    /// What one of them is called.
    one: &'static str,
    references: Vec<String>,
}

/// Where the JSON API has the program.
fn export_path(program: &str) -> String {
    format!("{HOME}programs/{}", encode(program))
}

/// An item to be added to a list, or removed from it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ItemForm {
    program: Option<String>,
    kind: String,
    external_reference: String,
    name: String,
    /// Of a custom field.
    r#type: String,
    /// Of a custom field that has some, with `;` between them.
    options: String,
}

/// `GET /_emulator/console/settings`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>) -> Answer {
    page::show(&SettingsPage::of(&plane, view.into_inner())?)
}

/// `POST /_emulator/console/settings`
pub async fn save(plane: Data<ControlPlane>, form: Form<SettingsForm>) -> Answer {
    let form = form.into_inner();
    let page = SettingsPage::of_named(&plane, form.program.clone())?;
    let settings = match form.settings(&page.present) {
        Ok(settings) => settings,
        Err(error) => return page::refuse(&SettingsPage { settings: form, refused: Some(error), ..page }),
    };
    let change = |program: &Program| Change::EditProgram(program.id, Edit::PutSettings(settings.clone()));
    actions::change_program(&plane, page.program(), change).await?;
    Ok(page::go(&page.frame.here().with("done", "settings-saved")))
}

/// `POST /_emulator/console/settings/items`
pub async fn add_item(plane: Data<ControlPlane>, form: Form<ItemForm>) -> Answer {
    let form = form.into_inner();
    let page = SettingsPage::of_named(&plane, form.program.clone())?;
    let kind = form.kind()?;
    let item = match form.item().check(kind) {
        Ok(item) => item,
        Err(fault) => return page.refuse_item(form, fault.reason),
    };
    let change = async |directory: &Directory| {
        let program = find_program(directory, page.program())?;
        match program.items.find(kind, &item.external_reference).is_some() {
            true => Err(Problem::conflict("it is there already")),
            false => Ok(Change::EditProgram(program.id, Edit::PutItem(kind, item.clone()))),
        }
    };
    match plane.change(change).await.map_err(PageError::from) {
        Ok(_) => Ok(page::go(&page.frame.here().with("done", "item-saved"))),
        Err(error) => {
            let reference = form.external_reference.clone();
            page.refuse_conflict(form, &reference, error)
        }
    }
}

/// `POST /_emulator/console/settings/items/remove`
pub async fn remove_item(plane: Data<ControlPlane>, form: Form<ItemForm>) -> Answer {
    let form = form.into_inner();
    let page = SettingsPage::of_named(&plane, form.program.clone())?;
    let kind = form.kind()?;
    let remove = Edit::RemoveItem(kind, form.external_reference.clone());
    let change = |program: &Program| Change::EditProgram(program.id, remove.clone());
    match actions::change_program(&plane, page.program(), change).await {
        Ok(Changed::NotFound) => Ok(page::go(&page.frame.here().with("done", "gone"))),
        Ok(_) => Ok(page::go(&page.frame.here().with("done", "item-saved"))),
        Err(error) => {
            let reference = form.external_reference.clone();
            page.refuse_conflict(ItemForm { external_reference: String::new(), ..form }, &reference, error)
        }
    }
}

impl SettingsPage {
    /// The page of a form that changes a program.
    fn of_named(plane: &ControlPlane, program: Option<String>) -> Result<Self, PageError> {
        let program = Some(program.ok_or(PageError::NoSuch("program"))?);
        Self::of(plane, View { program, ..View::default() })
    }

    fn of(plane: &ControlPlane, view: View) -> Result<Self, PageError> {
        let frame = Frame::new(Tab::Settings, plane, view)?;
        let directory = plane.platform.ledger.directory();
        let program = frame.program.as_deref().and_then(|name| directory.program(name));
        let lists = ItemKind::ALL.into_iter().map(|kind| List::of(kind, program)).collect();
        let present = program.map(|program| program.settings.clone()).unwrap_or_default();
        let settings = program.map(|_| SettingsForm::of(&present)).unwrap_or_default();
        Ok(Self {
            frame,
            settings,
            present,
            lists,
            item: ItemForm::default(),
            new_program: String::new(),
            refused: None,
        })
    }

    /// The page as it answers a program that can't be made.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub fn without_program(plane: &ControlPlane, view: View, name: &str, reason: String) -> Result<Self, PageError> {
        let refused = Some(FieldError::new("name", reason));
        Ok(Self { new_program: name.to_owned(), refused, ..Self::of(plane, view)? })
    }

    fn program(&self) -> &str {
        self.frame.program.as_deref().unwrap_or_default()
    }

    /// The page with the reason, if the lists are what is in the way.
    fn refuse_conflict(self, item: ItemForm, reference: &str, error: PageError) -> Answer {
        match error {
            PageError::Problem(problem) if problem.is_conflict() => {
                let reason = format!("{}: {}", reference.trim(), problem.detail());
                self.refuse_item(item, reason)
            }
            error => Err(error),
        }
    }

    fn refuse_item(self, item: ItemForm, reason: String) -> Answer {
        let field = item.kind().map_or("name", |kind| kind.words().field);
        page::refuse(&Self { item, refused: Some(FieldError::new(field, reason)), ..self })
    }
}

impl ItemForm {
    /// As it is asked for. What is blank isn't said, and what is no type is none.
    fn item(&self) -> ItemState {
        let options = self.options.split(';').map(str::trim).filter(|option| !option.is_empty());
        ItemState {
            external_reference: self.external_reference.clone(),
            name: self.name.trim().to_owned(),
            r#type: serde_json::from_value(self.r#type.as_str().into()).ok(),
            options: options.map(str::to_owned).collect(),
        }
    }

    fn kind(&self) -> Result<ItemKind, PageError> {
        let named = ItemKind::ALL.into_iter().find(|kind| kind.words().field == self.kind);
        named.ok_or_else(|| PageError::Unreadable("the kind is that of no list".to_owned()))
    }
}

impl List {
    fn of(kind: ItemKind, program: Option<&Program>) -> Self {
        let items = program.into_iter().flat_map(|program| program.items.list(kind));
        let mut references: Vec<_> = items.map(|item| item.external_reference.clone()).collect();
        references.sort();
        let ItemWords { title, field, one, .. } = kind.words();
        Self { title, kind: field, one, references }
    }
}
