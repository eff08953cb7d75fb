//! What a member has beside its phone numbers. All kinds of parts are stored alike, so a new kind needs no table.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ProgramId;
use crate::domain::MemberId;

/// A kind of parts. It stands in redo logs, so new kinds come behind the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PartKind {
    /// An e-mail address, by type. One member has an address at most, unless it may be shared.
    Email,
    /// Names, birth date, gender. The names stand in the member's row as well, where it is looked for by them.
    Core,
    /// What the platform says of a member, and no operation changes.
    Flags,
    /// A postal address, by type.
    Address,
    /// An account id, by itself. One member has it at most.
    AccountId,
    /// Membership of a club, by club.
    LoyaltyClub,
    /// The value of a custom field, by field.
    CustomField,
}

impl PartKind {
    pub const ALL: [Self; 7] =
        [Self::Email, Self::Core, Self::Flags, Self::Address, Self::AccountId, Self::LoyaltyClub, Self::CustomField];

    /// Its name in rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Core => "core",
            Self::Flags => "flags",
            Self::Address => "address",
            Self::AccountId => "account_id",
            Self::LoyaltyClub => "loyalty_club",
            Self::CustomField => "custom_field",
        }
    }

    /// That by which two values of this kind are one: case doesn't count in e-mail addresses.
    pub fn key_of(self, value: &str) -> String {
        match self {
            Self::Email => value.to_lowercase(),
            _ => value.to_owned(),
        }
    }

    /// The kind that goes by this name in rows.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A part of a member; it has one of each kind and slot. It stands in redo logs, so its fields never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub kind: PartKind,
    /// Which one of its kind; empty where there is only one.
    pub slot: String,
    /// The external reference of the item that it refers to; empty if it refers to none.
    pub item: String,
    /// JSON, as a seed has it.
    pub value: String,
    /// That of which two members may not have the same, if they may not.
    pub key: Option<String>,
}

/// Why a part can't be understood: a newer version wrote it, or a hand. It doesn't tell what stands there, which is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a part of a member, of the kind {}, can't be understood", .0.name())]
pub struct UnreadablePart(pub PartKind);

/// What becomes of a part of a member. It stands in redo logs, so its fields never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartChange {
    /// Made, or put in the place of the one in its slot.
    Put {
        part: Part,
        /// Whether other members may have the same key.
        may_be_shared: bool,
    },
    /// Removed, if it is there.
    Remove { kind: PartKind, slot: String },
}

impl PartChange {
    /// Puts a part that has no key.
    pub fn put(part: Part) -> Self {
        Self::Put { part, may_be_shared: true }
    }

    /// Which part it is about.
    pub fn place(&self) -> (PartKind, &str) {
        match self {
            Self::Put { part, .. } => (part.kind, &part.slot),
            Self::Remove { kind, slot } => (*kind, slot),
        }
    }
}

/// Changes parts of one member, all or none: one at least, and no two of the same part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeParts {
    pub program: ProgramId,
    pub member: MemberId,
    pub changes: Vec<PartChange>,
    /// The [version](super::Program::version) of the program that all of this was taken from.
    #[serde(skip)]
    pub version: u64,
}

/// A member with some of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundParts {
    pub first_name: String,
    pub last_name: String,
    /// Of each kind in the order in which they were added.
    pub parts: Vec<Part>,
}
