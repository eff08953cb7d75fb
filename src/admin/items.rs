//! The lists of a program that members refer to: types, carriers. All kinds of items are handled alike.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::{answer, find_program, removed};
use super::partial::Partial;
use super::precondition::MayReplace;
use super::problem::Problem;
use crate::ledger::{Change, Edit, ItemKind, ItemState};

/// The items of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemList {
    items: Vec<ItemState>,
}

/// The lists, by their names in paths.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes a parameter")]
pub enum ListName {
    PhoneNumberTypes,
    MobileCarriers,
    EmailTypes,
    AddressTypes,
    AccountIdTypes,
    LoyaltyClubs,
    CustomFields,
}

/// The pattern of a route that takes the name of any list.
pub fn pattern() -> String {
    format!("{{items:{}}}", ItemKind::ALL.map(|kind| kind.words().segment).join("|"))
}

/// The items of a program of one kind
#[utoipa::path(get, path = "/_emulator/programs/{program}/{items}", tag = "items",
    params(("program" = String, Path), ("items" = ListName, Path)),
    responses((status = 200, description = "All of them, in the order in which they were made", body = ItemList)))]
pub async fn list_items(plane: Data<ControlPlane>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (program, items) = path.into_inner();
    Ok(HttpResponse::Ok().json(ItemList { items: all(&plane, &program, kind(&items)?)? }))
}

/// An item
#[utoipa::path(get, path = "/_emulator/programs/{program}/{items}/{reference}", tag = "items",
    params(("program" = String, Path), ("items" = ListName, Path), ("reference" = String, Path)),
    responses((status = 200, description = "The item", body = ItemState)))]
pub async fn get_item(
    plane: Data<ControlPlane>,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (program, items, reference) = path.into_inner();
    let kind = kind(&items)?;
    let item = all(&plane, &program, kind)?.into_iter().find(|item| item.external_reference == reference.trim());
    Ok(HttpResponse::Ok().json(item.ok_or_else(|| Problem::not_found(missing(kind, &reference)))?))
}

/// Make an item, or give it another name
#[utoipa::path(put, path = "/_emulator/programs/{program}/{items}/{reference}", tag = "items",
    params(("program" = String, Path), ("items" = ListName, Path), ("reference" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "* makes, and never replaces")),
    request_body = ItemState,
    responses((status = 200, description = "Replaced", body = ItemState),
        (status = 201, description = "Made", body = ItemState, headers(("Location" = String))),
        (status = 409, description = "The program has used up its items"),
        (status = 412, description = "It is there already, and `If-None-Match: *` asks not to replace it")))]
pub async fn put_item(
    plane: Data<ControlPlane>,
    path: Path<(String, String, String)>,
    may_replace: MayReplace,
    item: Partial,
) -> Result<HttpResponse, Problem> {
    let (program, items, reference) = path.into_inner();
    let kind = kind(&items)?;
    let item = item.with_id::<ItemState>("external_reference", reference)?.check(kind)?;
    let changed = plane
        .change(async |directory| {
            let program = find_program(directory, &program)?;
            let is_there = program.items.find(kind, &item.external_reference).is_some();
            may_replace.check(is_there, || format!("an item {:?}", item.external_reference))?;
            Ok(Change::EditProgram(program.id, Edit::PutItem(kind, item.clone())))
        })
        .await?;
    Ok(answer(&changed, &["programs", &program, &items, &item.external_reference], &item))
}

/// Remove an item that no member uses
#[utoipa::path(delete, path = "/_emulator/programs/{program}/{items}/{reference}", tag = "items",
    params(("program" = String, Path), ("items" = ListName, Path), ("reference" = String, Path)),
    responses((status = 204, description = "Gone"), (status = 409, description = "Members use it")))]
pub async fn delete_item(
    plane: Data<ControlPlane>,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (program, items, reference) = path.into_inner();
    let kind = kind(&items)?;
    let changed = plane
        .change(async |directory| {
            let program = find_program(directory, &program)?.id;
            Ok(Change::EditProgram(program, Edit::RemoveItem(kind, reference.clone())))
        })
        .await?;
    removed(&changed, || missing(kind, &reference))
}

fn kind(segment: &str) -> Result<ItemKind, Problem> {
    ItemKind::of_segment(segment).ok_or_else(|| Problem::not_found(format!("a program has no list {segment:?}")))
}

fn all(plane: &ControlPlane, program: &str, kind: ItemKind) -> Result<Vec<ItemState>, Problem> {
    let directory = plane.platform.ledger.directory();
    Ok(find_program(&directory, program)?.items.list(kind).cloned().collect())
}

fn missing(kind: ItemKind, reference: &str) -> String {
    format!("the program has no {} {reference:?}", kind.words().one)
}
