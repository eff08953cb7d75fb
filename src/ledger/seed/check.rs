//! What a seed must keep to beyond its form.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::locate::Step;
use super::{ItemSeed, MemberSeed, PhoneSeed, ProgramSeed, Seed, TokenSeed};
use crate::domain::{E164, ExternalReference, MemberId, PhoneNumber, ProgramSettings};

/// A seed as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedFile {
    programs: Vec<ProgramFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgramFile {
    name: String,
    #[serde(default)]
    settings: ProgramSettings,
    #[serde(default)]
    security_tokens: Vec<TokenSeed>,
    #[serde(default)]
    phone_number_types: Vec<ItemSeed>,
    #[serde(default)]
    mobile_carriers: Vec<ItemSeed>,
    #[serde(default)]
    members: Vec<MemberFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberFile {
    member_id: MemberId,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    phones: Vec<PhoneFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhoneFile {
    r#type: String,
    number: String,
    #[serde(default)]
    carrier: Option<String>,
    #[serde(default = "yes")]
    is_valid: bool,
}

fn yes() -> bool {
    true
}

/// Something that a seed must not say, and the way to it.
#[derive(Debug)]
pub struct Fault {
    pub path: Vec<Step>,
    pub reason: String,
}

impl Fault {
    fn new(reason: impl Into<String>) -> Self {
        Self { path: Vec::new(), reason: reason.into() }
    }

    /// Adds the step that leads to the place so far.
    fn within(mut self, step: impl Into<Step>) -> Self {
        self.path.insert(0, step.into());
        self
    }
}

/// Checks the items of a list, so that a fault knows its place.
fn each<T, U>(
    name: &'static str,
    items: Vec<T>,
    mut check: impl FnMut(T) -> Result<U, Fault>,
) -> Result<Vec<U>, Fault> {
    let place = |(index, item)| check(item).map_err(|fault| fault.within(index).within(name));
    items.into_iter().enumerate().map(place).collect()
}

/// Checks a whole seed.
pub fn check(file: SeedFile) -> Result<Seed, Fault> {
    let mut names = HashSet::new();
    let mut tokens = HashSet::new();
    let programs = each("programs", file.programs, |program| {
        if program.name.trim().is_empty() || !names.insert(program.name.clone()) {
            return Err(Fault::new("a program needs a name of its own").within("name"));
        }
        check_program(program, &mut tokens)
    })?;
    Ok(Seed { programs })
}

fn check_program(program: ProgramFile, tokens: &mut HashSet<String>) -> Result<ProgramSeed, Fault> {
    let settings = program.settings;
    if let Some((field, reason)) = settings.contradiction() {
        return Err(Fault::new(reason).within(field).within("settings"));
    }
    let security_tokens = each("security_tokens", program.security_tokens, |token| {
        let text = token.token.expose();
        match !text.trim().is_empty() && tokens.insert(text.to_owned()) {
            true => Ok(token),
            false => Err(Fault::new("a token may not be blank, and belongs to one program only").within("token")),
        }
    })?;
    let (phone_number_types, types) = check_items("phone_number_types", program.phone_number_types)?;
    let (mobile_carriers, carriers) = check_items("mobile_carriers", program.mobile_carriers)?;
    let mut members = Members { settings: &settings, types, carriers, known: HashSet::new(), holders: HashMap::new() };
    let members = each("members", program.members, |member| members.check(member))?;
    Ok(ProgramSeed { name: program.name, settings, security_tokens, phone_number_types, mobile_carriers, members })
}

/// Items, and their places by reference.
type Items = (Vec<ItemSeed>, HashMap<String, u16>);

fn check_items(name: &'static str, items: Vec<ItemSeed>) -> Result<Items, Fault> {
    let mut places = HashMap::new();
    let mut next: u16 = 1;
    let items = each(name, items, |item| {
        let reference =
            ExternalReference::parse(&item.external_reference).map(|reference| reference.as_str().to_owned());
        match reference {
            Some(reference) if places.insert(reference.clone(), next).is_none() => {
                next = next.checked_add(1).ok_or_else(|| Fault::new("there may be 65,534 items at most"))?;
                Ok(ItemSeed { external_reference: reference, ..item })
            }
            _ => Err(Fault::new("an external reference may not be blank or there twice").within("external_reference")),
        }
    })?;
    Ok((items, places))
}

/// What the members of one program are checked against.
struct Members<'a> {
    settings: &'a ProgramSettings,
    types: HashMap<String, u16>,
    carriers: HashMap<String, u16>,
    known: HashSet<MemberId>,
    holders: HashMap<E164, MemberId>,
}

impl Members<'_> {
    fn check(&mut self, member: MemberFile) -> Result<MemberSeed, Fault> {
        if !self.known.insert(member.member_id) {
            return Err(Fault::new("a member may be there only once").within("member_id"));
        }
        let mut types = HashSet::new();
        let phones = each("phones", member.phones, |phone| {
            let phone = self.check_phone(member.member_id, &phone)?;
            match types.insert(phone.phone_number_type) {
                true => Ok(phone),
                false => Err(Fault::new("a member has one number of each type").within("type")),
            }
        })?;
        let MemberFile { member_id, first_name, last_name, .. } = member;
        Ok(MemberSeed { member_id, first_name, last_name, phones })
    }

    fn check_phone(&mut self, member: MemberId, phone: &PhoneFile) -> Result<PhoneSeed, Fault> {
        let number = PhoneNumber::parse(&phone.number, self.settings)
            .map_err(|error| Fault::new(format!("{error}; give it as \"+15195550123\"")).within("number"))?;
        let holder = *self.holders.entry(number.e164()).or_insert(member);
        if self.settings.duplicate_phone_check.0 && holder != member {
            return Err(Fault::new(format!(
                "member {holder} holds this number already, and duplicate_phone_check is on"
            ))
            .within("number"));
        }
        let mobile_carrier = phone.carrier.as_deref().and_then(ExternalReference::parse);
        Ok(PhoneSeed {
            phone_number_type: find(
                &self.types,
                ExternalReference::parse(&phone.r#type),
                "phone_number_types",
                "type",
            )?,
            number: number.e164(),
            extension: number.extension().map(str::to_owned),
            mobile_carrier: mobile_carrier
                .map(|carrier| find(&self.carriers, Some(carrier), "mobile_carriers", "carrier"))
                .transpose()?,
            is_valid: phone.is_valid,
        })
    }
}

fn find(
    places: &HashMap<String, u16>,
    reference: Option<ExternalReference<'_>>,
    list: &str,
    field: &'static str,
) -> Result<u16, Fault> {
    reference
        .and_then(|reference| places.get(reference.as_str()).copied())
        .ok_or_else(|| Fault::new(format!("the program has no such external reference among its {list}")).within(field))
}
