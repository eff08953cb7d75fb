//! The lists of a program that members refer to, by external reference: types, carriers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PartKind;
use super::seed::ItemState;
use crate::domain::ExternalReference;

/// Which list of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ItemKind {
    #[serde(rename = "phone_number_types")]
    PhoneNumberType,
    #[serde(rename = "mobile_carriers")]
    MobileCarrier,
    #[serde(rename = "email_types")]
    EmailType,
    #[serde(rename = "address_types")]
    AddressType,
    #[serde(rename = "account_id_types")]
    AccountIdType,
    #[serde(rename = "loyalty_clubs")]
    LoyaltyClub,
    #[serde(rename = "custom_fields")]
    CustomField,
}

/// What a kind of items is called.
#[derive(Clone, Copy, Debug)]
pub struct ItemWords {
    /// The list in a seed.
    pub list: &'static str,
    /// The list in a path of the control plane.
    pub segment: &'static str,
    /// The list, for people.
    pub title: &'static str,
    /// One of them, for people.
    pub one: &'static str,
    /// One of them, in forms.
    pub field: &'static str,
}

impl ItemKind {
    /// In the order in which a seed has them.
    pub const ALL: [Self; 7] = [
        Self::PhoneNumberType,
        Self::MobileCarrier,
        Self::EmailType,
        Self::AddressType,
        Self::AccountIdType,
        Self::LoyaltyClub,
        Self::CustomField,
    ];

    /// Where members refer to its items.
    pub fn user(self) -> ItemUser {
        match self {
            Self::PhoneNumberType => ItemUser::Phone("phone_number_type_id"),
            Self::MobileCarrier => ItemUser::Phone("mobile_carrier_id"),
            Self::EmailType => ItemUser::Part(PartKind::Email),
            Self::AddressType => ItemUser::Part(PartKind::Address),
            Self::AccountIdType => ItemUser::Part(PartKind::AccountId),
            Self::LoyaltyClub => ItemUser::Part(PartKind::LoyaltyClub),
            Self::CustomField => ItemUser::Part(PartKind::CustomField),
        }
    }

    /// The kind whose list goes by this name in paths.
    pub fn of_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words().segment == segment)
    }

    /// What it is called.
    pub fn words(self) -> ItemWords {
        match self {
            Self::PhoneNumberType => ItemWords {
                list: "phone_number_types",
                segment: "phone-number-types",
                title: "Phone number types",
                one: "phone number type",
                field: "phone_number_type",
            },
            Self::MobileCarrier => ItemWords {
                list: "mobile_carriers",
                segment: "mobile-carriers",
                title: "Mobile carriers",
                one: "mobile carrier",
                field: "mobile_carrier",
            },
            Self::EmailType => ItemWords {
                list: "email_types",
                segment: "email-types",
                title: "E-mail types",
                one: "e-mail type",
                field: "email_type",
            },
            Self::AddressType => ItemWords {
                list: "address_types",
                segment: "address-types",
                title: "Address types",
                one: "address type",
                field: "address_type",
            },
            Self::AccountIdType => ItemWords {
                list: "account_id_types",
                segment: "account-id-types",
                title: "Account id types",
                one: "account id type",
                field: "account_id_type",
            },
            Self::LoyaltyClub => ItemWords {
                list: "loyalty_clubs",
                segment: "loyalty-clubs",
                title: "Loyalty clubs",
                one: "loyalty club",
                field: "loyalty_club",
            },
            Self::CustomField => ItemWords {
                list: "custom_fields",
                segment: "custom-fields",
                title: "Custom fields",
                one: "custom field",
                field: "custom_field",
            },
        }
    }
}

/// Where members refer to the items of a kind.
#[derive(Clone, Copy, Debug)]
pub enum ItemUser {
    /// By number, in this column of the table phone.
    Phone(&'static str),
    /// By reference.
    Part(PartKind),
}

/// The number of an item in its list. In a program, none is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemId(pub u16);

impl ItemId {
    /// The largest one; the first one is 1.
    pub const LAST: Self = Self(u16::MAX - 1);
}

/// All lists of a program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Items(BTreeMap<ItemKind, ItemList>);

/// One list, in the order in which its items were made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredList", into = "StoredList")]
pub struct ItemList {
    /// The largest number that was ever given.
    last_id: u16,
    items: BTreeMap<ItemId, ItemState>,
    ids: BTreeMap<String, ItemId>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredList {
    last_id: u16,
    items: BTreeMap<ItemId, ItemState>,
}

impl From<StoredList> for ItemList {
    fn from(StoredList { last_id, items }: StoredList) -> Self {
        let ids = items.iter().map(|(id, item)| (item.external_reference.clone(), *id)).collect();
        Self { last_id, items, ids }
    }
}

impl From<ItemList> for StoredList {
    fn from(ItemList { last_id, items, .. }: ItemList) -> Self {
        Self { last_id, items }
    }
}

/// What became of an item that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutItem {
    Made,
    Replaced,
    /// All numbers were given.
    TooMany,
}

impl ItemList {
    /// Makes an item, or gives it another name.
    pub fn put(&mut self, item: ItemState) -> PutItem {
        if let Some(id) = self.ids.get(&item.external_reference) {
            self.items.insert(*id, item);
            return PutItem::Replaced;
        }
        if self.last_id >= ItemId::LAST.0 {
            return PutItem::TooMany;
        }
        self.last_id += 1;
        self.ids.insert(item.external_reference.clone(), ItemId(self.last_id));
        self.items.insert(ItemId(self.last_id), item);
        PutItem::Made
    }

    fn remove(&mut self, id: ItemId) -> Option<ItemState> {
        let item = self.items.remove(&id)?;
        self.ids.remove(&item.external_reference);
        Some(item)
    }
}

impl Items {
    /// Sets a whole list. One that never had an item is as good as none.
    pub fn set(&mut self, kind: ItemKind, list: ItemList) {
        if list.last_id > 0 {
            self.0.insert(kind, list);
        }
    }

    /// Makes an item, or gives it another name. Its reference is trimmed.
    pub fn put(&mut self, kind: ItemKind, item: ItemState) -> PutItem {
        self.0.entry(kind).or_default().put(item)
    }

    /// Removes an item, if it is there, and gives it.
    pub fn remove(&mut self, kind: ItemKind, id: ItemId) -> Option<ItemState> {
        self.0.get_mut(&kind)?.remove(id)
    }

    /// The item with this external reference, compared after trimming.
    pub fn find(&self, kind: ItemKind, reference: &str) -> Option<ItemId> {
        self.0.get(&kind)?.ids.get(ExternalReference::parse(reference)?.as_str()).copied()
    }

    /// The external reference of an item.
    pub fn reference(&self, kind: ItemKind, id: ItemId) -> Option<&str> {
        self.get(kind, id).map(|item| item.external_reference.as_str())
    }

    /// The item with this number.
    pub fn get(&self, kind: ItemKind, id: ItemId) -> Option<&ItemState> {
        self.0.get(&kind)?.items.get(&id)
    }

    /// The item with this external reference, compared after trimming.
    pub fn find_item(&self, kind: ItemKind, reference: &str) -> Option<&ItemState> {
        self.get(kind, self.find(kind, reference)?)
    }

    /// The items of a kind, in the order in which they were made.
    pub fn list(&self, kind: ItemKind) -> impl Iterator<Item = &ItemState> {
        self.0.get(&kind).into_iter().flat_map(|list| list.items.values())
    }
}
