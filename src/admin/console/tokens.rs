//! Security tokens of a program. They are test credentials, and shown as they are.

use actix_web::web::{Data, Query};
use askama::Template;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::actions;
use super::form::Form;
use super::page::{self, Answer, FieldError, Frame, Refusal, Tab, View};
use super::page_error::PageError;
use super::words;
use crate::admin::ControlPlane;
use crate::admin::new_token::{made_up, made_up_temporary};
use crate::admin::problem::Problem;
use crate::admin::tokens::state as state_of;
use crate::domain::{Permissions, SecurityToken};
use crate::ledger::{Change, Changed, TokenState};

#[derive(Template)]
#[template(path = "console/tokens.html")]
struct TokensPage {
    frame: Frame,
    /// By token.
    tokens: Vec<TokenRow>,
    form: TokenForm,
    refused: Option<FieldError>,
}

struct TokenRow {
    token: String,
    permissions: Permissions,
    /// A word for the style sheet, and what to say.
    state: (&'static str, String),
}

/// A token to be made, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    program: Option<String>,
    /// `plain`, or `temporary` for one made from a template.
    kind: String,
    token: String,
    methods: String,
    template: Option<String>,
    from: String,
    minutes: String,
}

/// `GET /_emulator/console/tokens`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>) -> Answer {
    let form = TokenForm { methods: "*".to_owned(), minutes: "60".to_owned(), ..TokenForm::default() };
    page::show(&tokens(&plane, view.into_inner(), form, None)?)
}

/// `POST /_emulator/console/tokens`
pub async fn make(plane: Data<ControlPlane>, form: Form<TokenForm>) -> Answer {
    let form = form.into_inner();
    let view = View { program: form.program.clone(), ..View::default() };
    let frame = Frame::of_named(Tab::Tokens, &plane, form.program.clone())?;
    let name = frame.program.as_deref().unwrap_or_default();
    let made = match form.state(&plane, name) {
        Ok(state) => put(&plane, name, state).await?,
        Err(error) => Err(error),
    };
    match made {
        Ok(()) => Ok(page::go(&frame.here().with("done", "token-made"))),
        Err(error) => page::refuse(&tokens(&plane, view, form, Some(error))?),
    }
}

/// What is to become of a token.
#[derive(Debug, Deserialize)]
pub struct TokenChange {
    program: Option<String>,
    token: String,
    /// `suspend`, `resume` or `delete`.
    action: String,
}

/// `POST /_emulator/console/tokens/change`
pub async fn change(plane: Data<ControlPlane>, form: Form<TokenChange>) -> Answer {
    let TokenChange { program, token, action } = form.into_inner();
    let frame = Frame::of_named(Tab::Tokens, &plane, program)?;
    let name = frame.program.as_deref().unwrap_or_default();
    let changed = plane.change(async |directory| {
        let (program, permissions) = directory
            .find_token(&token)
            .filter(|(program, _)| &*program.name == name)
            .ok_or_else(|| Problem::not_found("there is no such security token, or no longer"))?;
        let state = |suspended| state_of(&token, &Permissions { suspended, ..permissions.clone() });
        Ok(match action.as_str() {
            "suspend" => Change::PutToken(program.id, state(true)),
            "resume" => Change::PutToken(program.id, state(false)),
            "delete" => Change::RemoveToken(program.id, SecurityToken::new(token.as_str())),
            _ => return Err(Problem::bad_request("the action is suspend, resume or delete")),
        })
    });
    let done = match (changed.await?, action.as_str()) {
        (Changed::NotFound, _) => "gone",
        (_, "suspend") => "token-suspended",
        (_, "resume") => "token-resumed",
        _ => "token-deleted",
    };
    Ok(page::go(&frame.here().with("done", done)))
}

async fn put(plane: &ControlPlane, name: &str, state: TokenState) -> Result<Result<(), FieldError>, PageError> {
    match actions::change_program(plane, name, |program| Change::PutToken(program.id, state.clone())).await {
        Ok(_) => Ok(Ok(())),
        Err(PageError::Problem(problem)) if problem.is_conflict() => {
            Ok(Err(FieldError::new("token", problem.detail())))
        }
        Err(error) => Err(error),
    }
}

impl TokenForm {
    fn state(&self, plane: &ControlPlane, program: &str) -> Result<TokenState, FieldError> {
        if self.kind == "temporary" {
            return self.temporary(plane, program);
        }
        let token = match self.token.trim() {
            "" => made_up(),
            given => SecurityToken::new(given),
        };
        if plane.platform.ledger.directory().find_token(token.expose()).is_some() {
            return Err(FieldError::new("token", "There is this token already. Delete it first, or give another one."));
        }
        let state = TokenState {
            token,
            methods: self
                .methods
                .split([',', ' ', '\r', '\n', '\t'])
                .filter(|method| !method.is_empty())
                .map(str::to_owned)
                .collect(),
            suspended: false,
            template: self.template.is_some(),
            expires_at: None,
        };
        state.check().map_err(|fault| {
            FieldError::new(if fault.path.starts_with("methods") { "methods" } else { "token" }, fault.reason)
        })
    }

    fn temporary(&self, plane: &ControlPlane, program: &str) -> Result<TokenState, FieldError> {
        let directory = plane.platform.ledger.directory();
        let template = directory
            .find_token(&self.from)
            .filter(|(owner, permissions)| &*owner.name == program && permissions.template && !permissions.suspended)
            .ok_or_else(|| FieldError::new("from", "Choose a template of this program that isn't suspended."))?;
        let minutes = self.minutes.trim().parse::<i64>().ok().filter(|minutes| (1..=60).contains(minutes));
        let minutes = minutes.ok_or_else(|| FieldError::new("minutes", "Give a number of minutes, 1 to 60."))?;
        let end = plane.platform.clock.now().checked_add(SignedDuration::from_mins(minutes));
        let end = end.map_err(|_| FieldError::new("minutes", "The emulator's clock is too late for that."))?;
        let permissions = Permissions { template: false, expires_at: Some(end), ..template.1.clone() };
        Ok(state_of(made_up_temporary().expose(), &permissions))
    }
}

fn tokens(
    plane: &ControlPlane,
    view: View,
    form: TokenForm,
    refused: Option<FieldError>,
) -> Result<TokensPage, PageError> {
    let frame = Frame::new(Tab::Tokens, plane, view)?;
    let now = plane.platform.clock.now();
    let directory = plane.platform.ledger.directory();
    let mut tokens = Vec::new();
    if let Some(program) = frame.program.as_deref().and_then(|name| directory.program(name)) {
        tokens.extend(directory.tokens_of(program).map(|(token, permissions)| TokenRow {
            token: token.to_owned(),
            state: state(permissions, now),
            permissions: permissions.clone(),
        }));
    }
    tokens.sort_by(|one, other| one.token.cmp(&other.token));
    Ok(TokensPage { frame, tokens, form, refused })
}

/// In the order of the checks that a call goes through.
fn state(permissions: &Permissions, now: Timestamp) -> (&'static str, String) {
    match permissions {
        Permissions { suspended: true, .. } => ("bad", "suspended (102)".to_owned()),
        Permissions { template: true, .. } => ("note", "template (103)".to_owned()),
        Permissions { expires_at: Some(end), .. } if *end <= now => {
            ("bad", format!("expired {} (105)", words::of_time(end)))
        }
        Permissions { expires_at: Some(end), .. } => ("note", format!("until {}", words::of_time(end))),
        _ => ("good", "usable".to_owned()),
    }
}
