//! What parts of members must keep to beyond their form. A seed says what is so: callers' rules for lengths and birth dates in the
//! future don't apply to it.

use std::collections::HashSet;

use super::{Fault, Members, each, only_once};
use crate::domain::{EmailAddress, MemberId};
use crate::ledger::seed::text::check_text;
use crate::ledger::seed::{AccountIdState, AddressState, EmailState, MemberState};
use crate::ledger::{ItemKind, Part, PartKind};

/// Account ids have so many bytes at most: PostgreSQL's index rows are bounded. E-mail addresses are shorter by themselves.
const LONGEST_KEY: usize = 512;

impl Members<'_> {
    /// Checks all that a member has beside its phone numbers.
    pub(super) fn check_parts(&mut self, member: &MemberState) -> Result<Vec<Part>, Fault> {
        let id = member.member_id;
        for (name, text) in
            [("middle_name", &member.middle_name), ("suffix", &member.suffix), ("nick_name", &member.nick_name)]
        {
            text.as_deref().map_or(Ok(()), check_text).map_err(|fault| fault.within(name))?;
        }
        let mut parts = member.core_parts();
        let mut types = HashSet::new();
        parts.extend(each("emails", member.emails.iter().collect(), |email| {
            let part = self.check_email(id, email)?;
            only_once(&part.slot, &mut types, "type", "a member has one address of each type")?;
            Ok(part)
        })?);
        let mut types = HashSet::new();
        parts.extend(each("addresses", member.addresses.iter().collect(), |address| {
            let part = self.check_address(address)?;
            only_once(&part.slot, &mut types, "type", "a member has one address of each type")?;
            Ok(part)
        })?);
        let mut ids = HashSet::new();
        parts.extend(each("account_ids", member.account_ids.iter().collect(), |account_id| {
            let part = self.check_account_id(id, account_id)?;
            only_once(&part.slot, &mut ids, "id", "an account id may be there only once")?;
            Ok(part)
        })?);
        let mut clubs = HashSet::new();
        parts.extend(each("loyalty_clubs", member.loyalty_clubs.iter().collect(), |club| {
            let reference = self.reference(ItemKind::LoyaltyClub, club)?;
            match clubs.insert(reference.clone()) {
                true => Ok(Part::loyalty_club(&reference)),
                false => Err(Fault::new("a club may be there only once")),
            }
        })?);
        let mut fields = HashSet::new();
        for (name, value) in &member.custom_fields {
            let part = self.check_custom_field(name, value).map_err(|fault| fault.within("custom_fields"))?;
            if !fields.insert(part.slot.clone()) {
                return Err(Fault::new("a field may be there only once").within("custom_fields"));
            }
            parts.push(part);
        }
        Ok(parts)
    }

    fn reference(&self, kind: ItemKind, reference: &str) -> Result<String, Fault> {
        let found = self.items.find_item(kind, reference);
        let missing =
            || Fault::new(format!("the program has no such external reference among its {}", kind.words().list));
        Ok(found.ok_or_else(missing)?.external_reference.clone())
    }

    fn check_email(&mut self, member: MemberId, email: &EmailState) -> Result<Part, Fault> {
        let r#type = self.reference(ItemKind::EmailType, &email.r#type).map_err(|fault| fault.within("type"))?;
        let address = email.address.parse::<EmailAddress>().map_err(|error| Fault::new(error.to_string()));
        let address = address.map_err(|fault| fault.within("address"))?.to_string();
        check_key(&address).map_err(|fault| fault.within("address"))?;
        let part = Part::email(&EmailState { r#type, address, is_valid: email.is_valid });
        self.check_holder(member, &part, self.emails_are_unique).map_err(|fault| fault.within("address"))?;
        Ok(part)
    }

    fn check_address(&self, address: &AddressState) -> Result<Part, Fault> {
        let r#type = self.reference(ItemKind::AddressType, &address.r#type).map_err(|fault| fault.within("type"))?;
        let texts = [
            ("line_1", Some(&address.line_1)),
            ("line_2", address.line_2.as_ref()),
            ("line_3", address.line_3.as_ref()),
            ("city", Some(&address.city)),
            ("region", Some(&address.region)),
            ("region_abbreviation", address.region_abbreviation.as_ref()),
            ("postal_code", Some(&address.postal_code)),
            ("country", Some(&address.country)),
            ("country_abbreviation", address.country_abbreviation.as_ref()),
        ];
        for (name, text) in texts {
            text.map_or(Ok(()), |text| check_text(text)).map_err(|fault| fault.within(name))?;
        }
        Ok(Part::address(&AddressState { r#type, ..address.clone() }.looked_up()))
    }

    fn check_account_id(&mut self, member: MemberId, account_id: &AccountIdState) -> Result<Part, Fault> {
        let r#type = self.reference(ItemKind::AccountIdType, &account_id.r#type);
        let r#type = r#type.map_err(|fault| fault.within("type"))?;
        let id = account_id.id.trim().to_owned();
        if id.is_empty() {
            return Err(Fault::new("an account id may not be blank").within("id"));
        }
        check_key(&id).map_err(|fault| fault.within("id"))?;
        let part = Part::account_id(&AccountIdState { r#type, id, ..account_id.clone() });
        self.check_holder(member, &part, true).map_err(|fault| fault.within("id"))?;
        Ok(part)
    }

    fn check_custom_field(&self, name: &str, value: &serde_json::Value) -> Result<Part, Fault> {
        let reference = self.reference(ItemKind::CustomField, name)?;
        let field = self.items.find_item(ItemKind::CustomField, name);
        let is_taken = field.is_some_and(|field| field.takes(value));
        match is_taken && !value.to_string().contains("\\u0000") {
            true => Ok(Part::custom_field(&reference, value)),
            false => Err(Fault::new(format!("the field {reference:?} doesn't take this value"))),
        }
    }

    /// Whether no other member has the same, as far as it is known here.
    fn check_holder(&mut self, member: MemberId, part: &Part, is_unique: bool) -> Result<(), Fault> {
        let (Some(others), Some(key)) = (&mut self.others, &part.key) else { return Ok(()) };
        let holder = *others.parts.entry((part.kind, key.clone())).or_insert(member);
        match (is_unique && holder != member, part.kind) {
            (true, PartKind::AccountId) => Err(Fault::new(format!("member {holder} has this account id already"))),
            (true, _) => Err(Fault::new(format!(
                "member {holder} has this e-mail address already, and duplicate_email_check is on"
            ))),
            (false, _) => Ok(()),
        }
    }
}

fn check_key(text: &str) -> Result<(), Fault> {
    match text.len() <= LONGEST_KEY {
        true => check_text(text),
        false => Err(Fault::new("it may have 512 bytes at most")),
    }
}
