//! What a tester may change.

use super::seed::{ItemState, MemberSeed, ProgramSeed, Seed, TokenState};
use super::{ItemId, ItemKind, PartKind, ProgramDocument, ProgramId, PutItem};
use crate::domain::{Companions, MemberId, ProgramSettings, SecurityToken};

/// One change, made all or not at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Everything that was there goes. With `is_baseline`, each program keeps what it was put as, for a reset.
    ReplaceAll {
        seed: Seed,
        is_baseline: bool,
    },
    /// Made, or replaced as a whole, and kept as what it was put as.
    PutProgram(ProgramSeed),
    /// Replaced as a whole, if it is there; what it was put as stays what it was.
    ResetProgram(ProgramSeed),
    RemoveProgram(ProgramId),
    /// Made, or replaced with all its parts, as checked by [`MemberSeed::check`] against this program.
    PutMember(ProgramId, MemberSeed),
    /// Made if it isn't there; as [`Self::PutMember`] otherwise.
    AddMember(ProgramId, MemberSeed),
    RemoveMember(ProgramId, MemberId),
    PutToken(ProgramId, TokenState),
    RemoveToken(ProgramId, SecurityToken),
    EditProgram(ProgramId, Edit),
}

/// A change of a program's document.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Made, or given another name. Its reference is trimmed, as [`ItemState::check`] gives it.
    PutItem(ItemKind, ItemState),
    /// By external reference.
    RemoveItem(ItemKind, String),
    /// What was stored under the older settings stays.
    PutSettings(ProgramSettings),
    /// All accounts of a program's companions. Proofs of ownership stay.
    PutCompanions(Companions),
}

/// What became of a document that was changed.
pub(super) struct Edited {
    pub changed: Changed,
    /// The custom field as it is now, if its values may have to be others. Where members have such values, the document isn't to be kept.
    pub restricted: Option<ItemState>,
    /// The item that was removed. Where members use it, the document isn't to be kept.
    pub removed: Option<(ItemKind, (ItemId, String))>,
}

impl ProgramDocument {
    /// Changes the document, as far as it can be said without looking at members.
    pub(super) fn edit(&mut self, edit: &Edit) -> Edited {
        let (mut removed, mut restricted) = (None, None);
        let changed = match edit {
            Edit::PutItem(kind, item) => {
                let before = self.items.find_item(*kind, &item.external_reference);
                let is_restricted =
                    before.is_some_and(|before| before.r#type != item.r#type || before.options != item.options);
                restricted = is_restricted.then(|| item.clone());
                match self.items.put(*kind, item.clone()) {
                    PutItem::Made => Changed::Made,
                    PutItem::Replaced => Changed::Replaced,
                    PutItem::TooMany => Changed::TooManyItems,
                }
            }
            Edit::RemoveItem(kind, reference) => match self.items.find(*kind, reference) {
                Some(id) => {
                    removed = self.items.remove(*kind, id).map(|item| (*kind, (id, item.external_reference)));
                    Changed::Removed
                }
                None => Changed::NotFound,
            },
            Edit::PutSettings(settings) => {
                self.settings = settings.clone();
                Changed::Replaced
            }
            Edit::PutCompanions(companions) => {
                self.companions = companions.clone();
                Changed::Replaced
            }
        };
        Edited { changed, restricted, removed }
    }
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is there now, and wasn't before.
    Made,
    /// It was there before.
    Replaced,
    Removed,
    /// There is nothing to remove or to change; nothing changed.
    NotFound,
    /// What was to be added is there; nothing changed.
    AlreadyThere,
    /// The directory has changed since that version; nothing changed.
    Outdated,
    /// The token is another program's; nothing changed.
    TokenTaken(SecurityToken),
    /// A caller of a companion in another program goes by this name; nothing changed.
    CallerTaken(String),
    /// Two programs are to have this name; nothing changed.
    ProgramTwice(String),
    /// The member is to be in its program twice; nothing changed.
    MemberTwice(MemberId),
    /// Another member holds a number that the member is to have; nothing changed.
    NumberTaken {
        number: crate::domain::E164,
        holder: MemberId,
    },
    /// Another member has a part that the member is to have, and may not; nothing changed.
    PartTaken {
        kind: PartKind,
        holder: MemberId,
    },
    /// So many numbers or parts of members refer to this item; nothing changed.
    ItemInUse {
        uses: u64,
    },
    /// The program has used up the numbers of its items, removed ones included ([`ItemId::LAST`](super::ItemId::LAST));
    /// nothing changed. It gets new ones when it is put as a whole.
    TooManyItems,
}

impl Changed {
    /// Whether something has changed.
    pub(super) fn is_made(&self) -> bool {
        matches!(self, Self::Made | Self::Replaced | Self::Removed)
    }

    /// Why nothing changed, if what was asked for contradicts what is there, or itself.
    pub fn contradiction(&self) -> Option<String> {
        Some(match self {
            Self::Made | Self::Replaced | Self::Removed | Self::NotFound | Self::AlreadyThere | Self::Outdated => {
                return None;
            }
            Self::TokenTaken(_) => "a token is another program's, and belongs to one program only".into(),
            Self::CallerTaken(name) => {
                format!("another program has the key, login or instance {name:?}, and no two callers have the same")
            }
            Self::ProgramTwice(name) => format!("there are two programs {name:?}; a program needs a name of its own"),
            Self::MemberTwice(member) => format!("member {member} is there twice; a member may be there only once"),
            Self::NumberTaken { number, holder } => {
                format!("member {holder} holds {number} already, and duplicate_phone_check is on")
            }
            // No value: it may be personal.
            Self::PartTaken { kind, holder } => {
                let what = if *kind == PartKind::AccountId { "account id" } else { "e-mail address" };
                format!("member {holder} has an {what} already that this member is to have")
            }
            Self::ItemInUse { uses } => format!("{uses} values of members use it; remove them first"),
            Self::TooManyItems => "the program has used up the numbers of its items; put the program as a whole".into(),
        })
    }
}
