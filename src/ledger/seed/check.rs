//! What a seed must keep to beyond its form.

mod companions;
mod parts;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::mem;

pub use super::SeedFault as Fault;
use super::text::{NAME_NEEDED, check_name, check_program_name, check_reference, check_text, check_token};
use super::{ItemState, MemberSeed, MemberState, PhoneSeed, PhoneState, ProgramSeed, ProgramState, TokenState};
use crate::domain::program::{PhoneCheck, PhoneMode};
use crate::domain::{Companions, CustomFieldType, E164, ExternalReference, MemberId, PhoneNumber, ProgramSettings};
use crate::ledger::{ItemId, ItemKind, ItemList, Items, PartKind, Program, ProgramDocument, PutItem};
pub use companions::{Callers, companions, verifications};

/// Checks the items of a list, so that a fault knows its place.
pub fn each<T, U>(
    name: &'static str,
    items: Vec<T>,
    mut check: impl FnMut(T) -> Result<U, Fault>,
) -> Result<Vec<U>, Fault> {
    let place = |(index, item)| check(item).map_err(|fault| fault.within(&format!("{name}[{index}]")));
    items.into_iter().enumerate().map(place).collect()
}

/// Checks programs, one after the other.
#[derive(Default)]
pub struct Programs {
    names: HashSet<String>,
    tokens: HashSet<String>,
    pub callers: Callers,
    remembers_members: bool,
}

impl Programs {
    /// Remembers members, numbers and parts, in order to find those that are there twice. It takes memory for all of a program's.
    pub fn with_members() -> Self {
        Self { remembers_members: true, ..Self::default() }
    }

    /// Checks the next program with the members that it has here, and says what others are checked against.
    pub fn check(&mut self, mut state: ProgramState) -> Result<(ProgramSeed, Members<'static>), Fault> {
        let is_new = self.names.insert(state.name.clone());
        let named = if is_new { check_program_name(&state.name) } else { Err(Fault::new(NAME_NEEDED)) };
        named.map_err(|fault| fault.within("name"))?;
        settings(&state.settings).map_err(|fault| fault.within("settings"))?;
        let security_tokens = tokens(mem::take(&mut state.security_tokens), &mut self.tokens)?;
        let mut items = Items::default();
        for kind in ItemKind::ALL {
            items.set(kind, list(kind, mem::take(state.items_mut(kind)))?);
        }
        let accounts = Companions { cams_accounts: state.cams_accounts, pims_accounts: state.pims_accounts };
        companions(&accounts, &mut self.callers)?;
        let verifications = verifications(state.verifications)?;
        let mut checks = Members::new(&state.settings, Cow::Owned(items.clone()));
        checks.others = self.remembers_members.then(Others::default);
        let members = each("members", state.members, |member| checks.check(member))?;
        let document = ProgramDocument::new(state.settings, items, accounts);
        Ok((ProgramSeed { name: state.name, document, security_tokens, verifications, members }, checks))
    }
}

/// Checks a member against a program that is there. Whether others hold its numbers is for the ledger to say.
pub fn member(state: MemberState, program: &Program) -> Result<MemberSeed, Fault> {
    Members::new(&program.settings, Cow::Borrowed(&program.items)).check(state)
}

/// Checks what belongs to each other in a program's settings.
pub fn settings(settings: &ProgramSettings) -> Result<(), Fault> {
    settings.contradiction().map_or(Ok(()), |(field, reason)| Err(Fault::new(reason).within(field)))
}

/// Checks one token by itself.
pub fn token(state: TokenState) -> Result<TokenState, Fault> {
    check_token(state.token.expose()).map_err(|fault| fault.within("token"))?;
    Ok(state)
}

/// Checks one item by itself.
pub fn item(kind: ItemKind, state: ItemState) -> Result<ItemState, Fault> {
    let reference = check_reference(&state.external_reference).map_err(|fault| fault.within("external_reference"))?;
    check_name(&state.name).map_err(|fault| fault.within("name"))?;
    let Some(field) = state.r#type.filter(|_| kind == ItemKind::CustomField) else {
        return match (kind, state.r#type, state.options.is_empty()) {
            (ItemKind::CustomField, ..) => Err(Fault::new("a custom field needs a type").within("type")),
            (_, Some(_), _) => Err(Fault::new("only a custom field has a type").within("type")),
            (_, None, false) => Err(Fault::new("only a custom field has options").within("options")),
            (_, None, true) => Ok(ItemState { external_reference: reference.to_owned(), ..state }),
        };
    };
    options(field, &state.options).map_err(|fault| fault.within("options"))?;
    Ok(ItemState { external_reference: reference.to_owned(), ..state })
}

fn options(field: CustomFieldType, options: &[String]) -> Result<(), Fault> {
    match (field.has_options(), options.is_empty()) {
        (true, true) => return Err(Fault::new("this type needs options to choose from")),
        (false, false) => return Err(Fault::new("this type has no options")),
        _ => {}
    }
    let mut seen = HashSet::new();
    for option in options {
        check_text(option)?;
        if option.trim() != option || option.is_empty() || option.contains(';') {
            return Err(Fault::new("an option may not be blank, have white space around it, or contain \";\""));
        }
        if !seen.insert(option) {
            return Err(Fault::new("an option may be there only once"));
        }
    }
    Ok(())
}

/// Checks the tokens of a program. Those that were seen before are another's.
fn tokens(tokens: Vec<TokenState>, seen: &mut HashSet<String>) -> Result<Vec<TokenState>, Fault> {
    each("security_tokens", tokens, |state| {
        let state = token(state)?;
        match seen.insert(state.token.expose().to_owned()) {
            true => Ok(state),
            false => Err(Fault::new("a token may not be blank, and belongs to one program only").within("token")),
        }
    })
}

/// Checks the items of one kind.
fn list(kind: ItemKind, items: Vec<ItemState>) -> Result<ItemList, Fault> {
    let mut list = ItemList::default();
    each(kind.words().list, items, |state| match list.put(item(kind, state)?) {
        PutItem::Made => Ok(()),
        PutItem::Replaced => {
            Err(Fault::new("an external reference may not be blank or there twice").within("external_reference"))
        }
        PutItem::TooMany => Err(Fault::new("there may be 65,534 items at most")),
    })?;
    Ok(list)
}

/// What the members of one program are checked against.
pub struct Members<'a> {
    /// How numbers are read; see [`Members::new`].
    reading: ProgramSettings,
    numbers_are_unique: bool,
    emails_are_unique: bool,
    items: Cow<'a, Items>,
    others: Option<Others>,
}

/// The members that were checked before.
#[derive(Default)]
struct Others {
    known: HashSet<MemberId>,
    holders: HashMap<E164, MemberId>,
    /// By their keys.
    parts: HashMap<(PartKind, String), MemberId>,
}

impl<'a> Members<'a> {
    /// A seed says what is so, and a ledger may hold what earlier settings let pass. So a number need not be assigned, and
    /// keeps its extension, whatever the settings ask of callers; or what was exported could not be put back.
    pub fn new(settings: &ProgramSettings, items: Cow<'a, Items>) -> Self {
        let reading =
            ProgramSettings { phone_mode: PhoneMode::Legacy, phone_check: PhoneCheck::Possible, ..settings.clone() };
        Self {
            reading,
            numbers_are_unique: settings.duplicate_phone_check.0,
            emails_are_unique: settings.duplicate_email_check.0,
            items,
            others: None,
        }
    }

    /// Checks the next member.
    pub fn check(&mut self, member: MemberState) -> Result<MemberSeed, Fault> {
        if self.others.as_mut().is_some_and(|others| !others.known.insert(member.member_id)) {
            return Err(Fault::new("a member may be there only once").within("member_id"));
        }
        check_name(&member.first_name).map_err(|fault| fault.within("first_name"))?;
        check_name(&member.last_name).map_err(|fault| fault.within("last_name"))?;
        let mut types = HashSet::with_capacity(member.phones.len());
        let phones = each("phones", member.phones.iter().collect(), |phone| {
            let phone = self.check_phone(member.member_id, phone)?;
            only_once(&phone.phone_number_type, &mut types, "type", "a member has one number of each type")?;
            Ok(phone)
        })?;
        let parts = self.check_parts(&member)?;
        let MemberState { member_id, first_name, last_name, .. } = member;
        Ok(MemberSeed { member_id, first_name, last_name, phones, parts })
    }

    fn check_phone(&mut self, member: MemberId, phone: &PhoneState) -> Result<PhoneSeed, Fault> {
        let number = PhoneNumber::parse(&phone.number, &self.reading)
            .map_err(|error| Fault::new(format!("{error}; give it as \"+15195550123\"")).within("number"))?;
        if let Some(others) = &mut self.others {
            let holder = *others.holders.entry(number.e164()).or_insert(member);
            if self.numbers_are_unique && holder != member {
                return Err(Fault::new(format!(
                    "member {holder} holds this number already, and duplicate_phone_check is on"
                ))
                .within("number"));
            }
        }
        let mobile_carrier = phone.carrier.as_deref().and_then(ExternalReference::parse);
        Ok(PhoneSeed {
            phone_number_type: self.find(ItemKind::PhoneNumberType, &phone.r#type, "type")?,
            number: number.e164(),
            extension: number.extension().map(str::to_owned),
            mobile_carrier: mobile_carrier
                .map(|carrier| self.find(ItemKind::MobileCarrier, carrier.as_str(), "carrier"))
                .transpose()?,
            is_valid: phone.is_valid,
        })
    }

    fn find(&self, kind: ItemKind, reference: &str, field: &'static str) -> Result<ItemId, Fault> {
        let missing = || format!("the program has no such external reference among its {}", kind.words().list);
        self.items.find(kind, reference).ok_or_else(|| Fault::new(missing()).within(field))
    }
}

fn only_once<T: Clone + Eq + Hash>(
    one: &T,
    seen: &mut HashSet<T>,
    field: &'static str,
    reason: &'static str,
) -> Result<(), Fault> {
    match seen.insert(one.clone()) {
        true => Ok(()),
        false => Err(Fault::new(reason).within(field)),
    }
}
