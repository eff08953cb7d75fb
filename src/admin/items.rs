//! What phone number types and mobile carriers have in common.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::{answer, find_program, removed};
use super::partial::Partial;
use super::precondition::MayReplace;
use super::problem::Problem;
use crate::ledger::{Change, ItemKind, ItemState};

/// Phone number types or mobile carriers of a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemList {
    items: Vec<ItemState>,
}

/// One list of one program.
pub struct Items<'a> {
    pub plane: &'a ControlPlane,
    pub program: &'a str,
    pub kind: ItemKind,
}

impl Items<'_> {
    /// All items.
    ///
    /// # Errors
    /// 404 if there is no such program.
    pub fn list(&self) -> Result<HttpResponse, Problem> {
        Ok(HttpResponse::Ok().json(ItemList { items: self.all()? }))
    }

    /// One item.
    ///
    /// # Errors
    /// 404.
    pub fn get(&self, reference: &str) -> Result<HttpResponse, Problem> {
        let item = self.all()?.into_iter().find(|item| item.external_reference == reference.trim());
        Ok(HttpResponse::Ok().json(item.ok_or_else(|| Problem::not_found(self.missing(reference)))?))
    }

    /// Makes an item, or gives it another name.
    ///
    /// # Errors
    /// 404 if there is no such program; 412; 422.
    pub async fn put(&self, reference: &str, item: Partial, may_replace: MayReplace) -> Result<HttpResponse, Problem> {
        let item = item.with_id::<ItemState>("external_reference", reference)?.check()?;
        let changed = self
            .plane
            .change(async |directory| {
                let program = find_program(directory, self.program)?;
                let is_there = program.has_item(self.kind, &item.external_reference);
                may_replace.check(is_there, || format!("an item {:?}", item.external_reference))?;
                Ok(Change::PutItem(program.id, self.kind, item.clone()))
            })
            .await?;
        Ok(answer(&changed, &["programs", self.program, self.segment(), &item.external_reference], &item))
    }

    /// Removes an item that no number uses.
    ///
    /// # Errors
    /// 404; 409 if a number uses it.
    pub async fn delete(&self, reference: &str) -> Result<HttpResponse, Problem> {
        let changed = self
            .plane
            .change(async |directory| {
                let program = find_program(directory, self.program)?.id;
                Ok(Change::RemoveItem(program, self.kind, reference.trim().to_owned()))
            })
            .await?;
        removed(&changed, || self.missing(reference))
    }

    fn all(&self) -> Result<Vec<ItemState>, Problem> {
        let directory = self.plane.platform.ledger.directory();
        Ok(find_program(&directory, self.program)?.items(self.kind))
    }

    fn segment(&self) -> &'static str {
        match self.kind {
            ItemKind::PhoneNumberType => "phone-number-types",
            ItemKind::MobileCarrier => "mobile-carriers",
        }
    }

    fn missing(&self, reference: &str) -> String {
        match self.kind {
            ItemKind::PhoneNumberType => format!("the program has no phone number type {reference:?}"),
            ItemKind::MobileCarrier => format!("the program has no mobile carrier {reference:?}"),
        }
    }
}
