//! Phone number types of a program.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::ControlPlane;
use super::items::{ItemList, Items};
use super::partial::Partial;
use super::precondition::MayReplace;
use super::problem::Problem;
use crate::ledger::{ItemKind, ItemState};

fn items<'a>(plane: &'a ControlPlane, program: &'a str) -> Items<'a> {
    Items { plane, program, kind: ItemKind::PhoneNumberType }
}

/// The phone number types of a program
#[utoipa::path(get, path = "/_emulator/programs/{program}/phone-number-types", tag = "phone number types",
    params(("program" = String, Path)), responses((status = 200, description = "All of them", body = ItemList)))]
pub async fn list_phone_number_types(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    items(&plane, &path).list()
}

/// A phone number type
#[utoipa::path(get, path = "/_emulator/programs/{program}/phone-number-types/{reference}", tag = "phone number types",
    params(("program" = String, Path), ("reference" = String, Path)),
    responses((status = 200, description = "The phone number type", body = ItemState)))]
pub async fn get_phone_number_type(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    items(&plane, &path.0).get(&path.1)
}

/// Make a phone number type, or give it another name
#[utoipa::path(put, path = "/_emulator/programs/{program}/phone-number-types/{reference}", tag = "phone number types",
    params(("program" = String, Path), ("reference" = String, Path),
        ("If-None-Match" = Option<String>, Header, description = "* makes, and never replaces")),
    request_body = ItemState,
    responses((status = 200, description = "Replaced", body = ItemState),
        (status = 201, description = "Made", body = ItemState, headers(("Location" = String))),
        (status = 409, description = "The program has used up its items"),
        (status = 412, description = "It is there already, and `If-None-Match: *` asks not to replace it")))]
pub async fn put_phone_number_type(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
    may_replace: MayReplace,
    item: Partial,
) -> Result<HttpResponse, Problem> {
    items(&plane, &path.0).put(&path.1, item, may_replace).await
}

/// Remove a phone number type
#[utoipa::path(delete, path = "/_emulator/programs/{program}/phone-number-types/{reference}", tag = "phone number types",
    params(("program" = String, Path), ("reference" = String, Path)),
    responses((status = 204, description = "Gone"), (status = 409, description = "Numbers use it")))]
pub async fn delete_phone_number_type(
    plane: Data<ControlPlane>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    items(&plane, &path.0).delete(&path.1).await
}
