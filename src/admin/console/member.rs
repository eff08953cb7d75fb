//! One member with its numbers.

use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::actions;
use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, Frame, Tab, View};
use super::page_error::PageError;
use crate::admin::ControlPlane;
use crate::domain::{Companions, MemberId};
use crate::ledger::{Change, Changed, MemberState};

#[derive(Template)]
#[template(path = "console/member.html")]
struct MemberPage {
    frame: Frame,
    member: MemberState,
    /// Spaces of CAMS and accounts of PIMS that save on this member.
    bound: Vec<String>,
}

impl MemberPage {
    fn delete_link(&self) -> Link {
        Link::to(&format!("members/{}/delete", self.member.member_id))
    }
}

/// `GET /_emulator/console/members/{id}`
pub async fn show(plane: Data<ControlPlane>, id: Path<i32>, view: Query<View>) -> Answer {
    let frame = Frame::new(Tab::Members, &plane, view.into_inner())?;
    let program = actions::program_id(&plane, frame.program.as_deref().unwrap_or_default())?;
    let member = plane.platform.ledger.find_member(program, MemberId(*id)).await?;
    let companions = plane.companions(frame.program.as_deref().unwrap_or_default())?;
    let bound = bound(&companions, MemberId(*id));
    page::show(&MemberPage { frame, member: member.ok_or(PageError::NoSuch("member"))?, bound })
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
