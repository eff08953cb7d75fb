//! Parts of members as a seed says them, and as the ledger keeps them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::member_state::{AccountIdState, AddressState, CoreState, EmailState, FlagsState, MemberState};
use crate::ledger::{FoundParts, Part, PartKind, UnreadablePart};

impl Part {
    fn new(kind: PartKind, slot: &str, item: &str, value: &impl Serialize, key: Option<String>) -> Self {
        // What has no JSON, which nothing of ours is, is empty.
        let value = serde_json::to_string(value).unwrap_or_default();
        Self { kind, slot: slot.to_owned(), item: item.to_owned(), value, key }
    }

    /// An e-mail address, as it was checked. Two are the same if they are equal in lower case (our choice).
    pub fn email(email: &EmailState) -> Self {
        Self::new(PartKind::Email, &email.r#type, &email.r#type, email, Some(PartKind::Email.key_of(&email.address)))
    }

    pub fn core(core: &CoreState) -> Self {
        Self::new(PartKind::Core, "", "", core, None)
    }

    pub fn flags(flags: FlagsState) -> Self {
        Self::new(PartKind::Flags, "", "", &flags, None)
    }

    /// An address, as it was checked.
    pub fn address(address: &AddressState) -> Self {
        Self::new(PartKind::Address, &address.r#type, &address.r#type, address, None)
    }

    /// An account id, as it was checked.
    pub fn account_id(id: &AccountIdState) -> Self {
        Self::new(PartKind::AccountId, &id.id, &id.r#type, id, Some(id.id.clone()))
    }

    /// Membership of the club with this external reference.
    pub fn loyalty_club(reference: &str) -> Self {
        Self::new(PartKind::LoyaltyClub, reference, reference, &reference, None)
    }

    /// The value of the custom field with this external reference.
    pub fn custom_field(reference: &str, value: &Value) -> Self {
        Self::new(PartKind::CustomField, reference, reference, value, None)
    }

    /// What it says.
    ///
    /// # Errors
    /// If a newer version wrote it, or a hand.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, UnreadablePart> {
        serde_json::from_str(&self.value).map_err(|_| UnreadablePart(self.kind))
    }
}

impl FoundParts {
    /// Who the member is.
    ///
    /// # Errors
    /// As [`Part::read`].
    pub fn core(&self) -> Result<(CoreState, FlagsState), UnreadablePart> {
        let find = |kind| self.parts.iter().find(|part| part.kind == kind);
        let (first_name, last_name) = (self.first_name.clone(), self.last_name.clone());
        let core = match find(PartKind::Core) {
            Some(part) => CoreState { first_name, last_name, ..part.read()? },
            None => CoreState { first_name, last_name, ..CoreState::default() },
        };
        Ok((core, find(PartKind::Flags).map(Part::read).transpose()?.unwrap_or_default()))
    }
}

impl MemberState {
    /// Adds a part as the ledger has it.
    ///
    /// # Errors
    /// As [`Part::read`].
    pub fn add(&mut self, part: &Part) -> Result<(), UnreadablePart> {
        match part.kind {
            PartKind::Email => self.emails.push(part.read()?),
            PartKind::Core => {
                // The names come from the member's row.
                let CoreState { middle_name, suffix, nick_name, birthdate, gender, .. } = part.read()?;
                (self.middle_name, self.suffix, self.nick_name) = (middle_name, suffix, nick_name);
                (self.birthdate, self.gender) = (birthdate, gender);
            }
            PartKind::Flags => {
                let FlagsState { is_employee, is_suspended, is_locked } = part.read()?;
                (self.is_employee, self.is_suspended, self.is_locked) = (is_employee, is_suspended, is_locked);
            }
            PartKind::Address => self.addresses.push(part.read()?),
            PartKind::AccountId => self.account_ids.push(part.read()?),
            PartKind::LoyaltyClub => self.loyalty_clubs.push(part.slot.clone()),
            PartKind::CustomField => drop(self.custom_fields.insert(part.slot.clone(), part.read()?)),
        }
        Ok(())
    }

    /// The parts that aren't in lists.
    pub fn core_parts(&self) -> Vec<Part> {
        let core = CoreState {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            middle_name: self.middle_name.clone(),
            suffix: self.suffix.clone(),
            nick_name: self.nick_name.clone(),
            birthdate: self.birthdate,
            gender: self.gender,
        };
        let Self { is_employee, is_suspended, is_locked, .. } = *self;
        let flags = FlagsState { is_employee, is_suspended, is_locked };
        let names_only = CoreState {
            first_name: core.first_name.clone(),
            last_name: core.last_name.clone(),
            ..CoreState::default()
        };
        let core = (core != names_only).then(|| Part::core(&core));
        let flags = (flags != FlagsState::default()).then(|| Part::flags(flags));
        core.into_iter().chain(flags).collect()
    }
}
