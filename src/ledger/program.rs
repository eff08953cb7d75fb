//! A program as calls see it: its settings, item types and accounts.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ItemKind, ItemState};
use crate::domain::{Companions, ExternalReference, ProgramSettings};

/// A program's number in the ledger. Programs that are made later have larger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProgramId(pub i64);

/// The number of a phone number type or a mobile carrier in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ItemId(pub u16);

impl ItemId {
    /// The largest one; the first one is 1. In a program, no number is given twice.
    pub const LAST: Self = Self(u16::MAX - 1);
}

/// One loyalty program without its members.
#[derive(Debug)]
pub struct Program {
    pub id: ProgramId,
    /// Grows with every change of what is in here; members aren't. A save carries the one that it was derived from.
    pub version: u64,
    pub name: Arc<str>,
    pub settings: ProgramSettings,
    /// Phone number types by external reference.
    pub phone_number_types: HashMap<String, ItemId>,
    /// Mobile carriers by external reference.
    pub mobile_carriers: HashMap<String, ItemId>,
    /// Who calls its companions.
    pub companions: Companions,
    /// What items are called, for people.
    pub item_names: HashMap<(ItemKind, ItemId), String>,
}

impl Program {
    /// Whether all but the version is the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let Self { id, version: _, name, settings, phone_number_types, mobile_carriers, companions, item_names } = self;
        (*id, name, settings, companions) == (other.id, &other.name, &other.settings, &other.companions)
            && (phone_number_types, mobile_carriers, item_names)
                == (&other.phone_number_types, &other.mobile_carriers, &other.item_names)
    }

    /// The items of a kind, in the order in which they were made.
    pub fn items(&self, kind: ItemKind) -> Vec<ItemState> {
        let mut items: Vec<_> = self.ids(kind).iter().collect();
        items.sort_by_key(|(_, id)| id.0);
        let name = |id| self.item_names.get(&(kind, id)).cloned().unwrap_or_default();
        let item =
            |(reference, id): (&String, &ItemId)| ItemState { external_reference: reference.clone(), name: name(*id) };
        items.into_iter().map(item).collect()
    }

    /// Whether the list has an item of this external reference.
    pub fn has_item(&self, kind: ItemKind, reference: &str) -> bool {
        self.ids(kind).contains_key(reference)
    }

    fn ids(&self, kind: ItemKind) -> &HashMap<String, ItemId> {
        match kind {
            ItemKind::PhoneNumberType => &self.phone_number_types,
            ItemKind::MobileCarrier => &self.mobile_carriers,
        }
    }

    pub fn phone_number_type(&self, reference: ExternalReference<'_>) -> Option<ItemId> {
        self.phone_number_types.get(reference.as_str()).copied()
    }

    pub fn mobile_carrier(&self, reference: ExternalReference<'_>) -> Option<ItemId> {
        self.mobile_carriers.get(reference.as_str()).copied()
    }
}
