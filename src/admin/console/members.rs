//! Members of a program: search, and add.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, FieldError, Frame, Refusal, Tab, View};
use super::page_error::PageError;
use crate::admin::ControlPlane;
use crate::domain::MemberId;
use crate::ledger::{Beginning, Changed, MemberSearch, MemberState};

/// How many members are on one page.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "console/members.html")]
struct MembersPage {
    frame: Frame,
    search: Search,
    members: Vec<MemberState>,
    /// Where the next page begins, if there is more.
    next: Option<MemberId>,
    form: MemberForm,
    refused: Option<FieldError>,
}

/// Which members.
#[derive(Debug, Default, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    after: Option<i32>,
}

impl Search {
    /// The text, if there is any.
    fn given(&self) -> Option<&str> {
        Some(self.q.trim()).filter(|text| !text.is_empty())
    }
}

impl MembersPage {
    fn member_link(&self, member: &MemberState) -> Link {
        self.frame.at(&format!("members/{}", member.member_id))
    }
}

/// A member to be added.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MemberForm {
    program: Option<String>,
    member_id: String,
    first_name: String,
    last_name: String,
}

/// `GET /_emulator/console/members`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>, search: Query<Search>) -> Answer {
    page::show(&find(&plane, view.into_inner(), search.into_inner(), MemberForm::default(), None).await?)
}

/// `POST /_emulator/console/members`
pub async fn add(plane: Data<ControlPlane>, form: Form<MemberForm>) -> Answer {
    let form = form.into_inner();
    let view = View { program: form.program.clone(), ..View::default() };
    let frame = Frame::of_named(Tab::Members, &plane, form.program.clone())?;
    let program = frame.program.as_deref().ok_or(PageError::NoSuch("program"))?;
    match add_member(&plane, program, &form).await? {
        Ok(id) => Ok(page::go(&frame.at(&format!("members/{id}")).with("done", "member-added"))),
        Err(error) => page::refuse(&find(&plane, view, Search::default(), form, Some(error)).await?),
    }
}

async fn add_member(
    plane: &ControlPlane,
    program: &str,
    form: &MemberForm,
) -> Result<Result<MemberId, FieldError>, PageError> {
    let Ok(id) = form.member_id.trim().parse().map(MemberId) else {
        return Ok(Err(FieldError::new("member_id", "Give a whole number, -2147483648 to 2147483647.")));
    };
    let member = MemberState {
        member_id: id,
        first_name: form.first_name.trim().to_owned(),
        last_name: form.last_name.trim().to_owned(),
        ..MemberState::default()
    };
    match plane.put_member(program, &member, false).await {
        Ok(Changed::AlreadyThere) => Ok(Err(FieldError::new("member_id", format!("There is a member {id} already.")))),
        Ok(_) => Ok(Ok(id)),
        Err(problem) => {
            let field = ["first_name", "last_name"].into_iter().find(|field| problem.field() == Some(field));
            let refused = field.map(|field| FieldError::new(field, problem.detail()));
            refused.map(Err).ok_or(PageError::Problem(problem))
        }
    }
}

async fn find(
    plane: &ControlPlane,
    view: View,
    search: Search,
    form: MemberForm,
    refused: Option<FieldError>,
) -> Result<MembersPage, PageError> {
    let frame = Frame::new(Tab::Members, plane, view)?;
    let mut members = Vec::new();
    if let Some(program) = &frame.program {
        let directory = plane.platform.ledger.directory();
        let program = directory.program(program).ok_or(PageError::NoSuch("program"))?;
        let beginning = Beginning::of(&search.q, &program.settings);
        // One more than is shown tells whether there is a next page.
        let wanted = MemberSearch { beginning, after: search.after.map(MemberId), limit: PAGE + 1 };
        members = plane.platform.ledger.search_members(program.id, wanted).await?;
    }
    let has_more = members.len() > PAGE as usize;
    members.truncate(PAGE as usize);
    let next = members.last().filter(|_| has_more).map(|member| member.member_id);
    Ok(MembersPage { frame, search, members, next, form, refused })
}
