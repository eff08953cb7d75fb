//! One member with all its parts.

use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::actions;
use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, FieldError, Frame, Refusal, Tab, View};
use super::page_error::PageError;
use crate::admin::ControlPlane;
use crate::domain::{Companions, MemberId};
use crate::ledger::seed::AddressState;
use crate::ledger::{Change, Changed, MemberState};

#[derive(Template)]
#[template(path = "console/member.html")]
struct MemberPage {
    frame: Frame,
    member: MemberState,
    /// Spaces of CAMS and accounts of PIMS that save on this member.
    bound: Vec<String>,
    /// The member as JSON, or what was to be saved.
    json: String,
    refused: Option<FieldError>,
}

impl MemberPage {
    fn delete_link(&self) -> Link {
        Link::to(&format!("members/{}/delete", self.member.member_id))
    }

    fn edit_link(&self) -> Link {
        Link::to(&format!("members/{}", self.member.member_id))
    }

    fn one_line(address: &AddressState) -> String {
        let AddressState { line_1, line_2, line_3, city, region, postal_code, country, .. } = address;
        let lines = [Some(line_1), line_2.as_ref(), line_3.as_ref(), Some(city), Some(region)];
        let lines = lines.into_iter().chain([Some(postal_code), Some(country)]).flatten();
        lines.filter(|line| !line.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    async fn find(plane: &ControlPlane, frame: Frame, id: MemberId) -> Result<Self, PageError> {
        let name = frame.program.clone().unwrap_or_default();
        let program = actions::program_id(plane, &name)?;
        let member = plane.platform.ledger.find_member(program, id).await?.ok_or(PageError::NoSuch("member"))?;
        let bound = bound(&plane.companions(&name)?, id);
        let json = serde_json::to_string_pretty(&member).unwrap_or_default();
        Ok(Self { frame, member, bound, json, refused: None })
    }
}

/// `GET /_emulator/console/members/{id}`
pub async fn show(plane: Data<ControlPlane>, id: Path<i32>, view: Query<View>) -> Answer {
    let frame = Frame::new(Tab::Members, &plane, view.into_inner())?;
    page::show(&MemberPage::find(&plane, frame, MemberId(*id)).await?)
}

/// A member to be saved, as JSON.
#[derive(Deserialize)]
pub struct MemberJson {
    program: Option<String>,
    json: String,
}

/// `POST /_emulator/console/members/{id}`
pub async fn save(plane: Data<ControlPlane>, id: Path<i32>, form: Form<MemberJson>) -> Answer {
    let MemberJson { program, json } = form.into_inner();
    let frame = Frame::of_named(Tab::Members, &plane, program)?;
    let name = frame.program.clone().unwrap_or_default();
    let saved = match serde_json::from_str::<MemberState>(&json) {
        Ok(state) if state.member_id.0 != *id => Err(format!("member_id: expected {id}")),
        Ok(state) => match plane.put_member(&name, &state, true).await {
            Ok(_) => Ok(()),
            Err(problem) => Err(problem.refusal().ok_or(problem)?),
        },
        Err(error) => Err(error.to_string()),
    };
    match saved {
        Ok(()) => Ok(page::go(&frame.at(&format!("members/{id}")).with("done", "member-saved"))),
        Err(reason) => {
            let page = MemberPage::find(&plane, frame, MemberId(*id)).await?;
            page::refuse(&MemberPage { json, refused: Some(FieldError::new("json", reason)), ..page })
        }
    }
}

fn bound(companions: &Companions, member: MemberId) -> Vec<String> {
    let spaces = companions.cams_accounts.iter().flat_map(|account| &account.spaces);
    let spaces = spaces.filter(|space| space.member_id == member);
    let spaces = spaces.map(|space| format!("CAMS: space {}, as {}", space.cust_space_id, space.phone_number_type));
    let accounts = companions.pims_accounts.iter().filter(|account| account.member_id == member);
    let accounts = accounts.map(|account| format!("PIMS: {}, as {}", account.login, account.phone_number_type));
    spaces.chain(accounts).collect()
}

/// `POST /_emulator/console/members/{id}/delete`
pub async fn delete(plane: Data<ControlPlane>, id: Path<i32>, view: Form<View>) -> Answer {
    let frame = Frame::of_named(Tab::Members, &plane, view.into_inner().program)?;
    let name = frame.program.as_deref().unwrap_or_default();
    let change = |program: &crate::ledger::Program| Change::RemoveMember(program.id, MemberId(*id));
    let done = match actions::change_program(&plane, name, change).await? {
        Changed::NotFound => "gone",
        _ => "member-deleted",
    };
    Ok(page::go(&frame.here().with("done", done)))
}
