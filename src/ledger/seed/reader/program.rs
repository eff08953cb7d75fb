//! Reads one program of a seed.

use std::borrow::Cow;
use std::{fmt, mem};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Reading;
use super::accounts::Accounts;
use crate::domain::ProgramSettings;
use crate::ledger::chunks::MEMBERS_IN_A_PIECE;
use crate::ledger::seed::check::{self, Members};
use crate::ledger::seed::{MemberSeed, MemberState, ProgramSeed, TokenState};
use crate::ledger::{ItemKind, Items, ProgramDocument, SeedChunk};

/// One program: what [`ProgramState`](crate::ledger::ProgramState) is at once.
pub struct Program<'r, 't>(pub &'r mut Reading<'t>);

/// A field of a program.
#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
pub enum Field {
    Name,
    Settings,
    SecurityTokens,
    PhoneNumberTypes,
    MobileCarriers,
    EmailTypes,
    AddressTypes,
    AccountIdTypes,
    LoyaltyClubs,
    CustomFields,
    CamsAccounts,
    PimsAccounts,
    Verifications,
    Members,
}

impl Field {
    /// The kind of items that it is the list of.
    fn kind(self) -> Option<ItemKind> {
        ItemKind::ALL.into_iter().find(|kind| kind.words().list == self.name())
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::PhoneNumberTypes => ItemKind::PhoneNumberType.words().list,
            Self::MobileCarriers => ItemKind::MobileCarrier.words().list,
            Self::EmailTypes => ItemKind::EmailType.words().list,
            Self::AddressTypes => ItemKind::AddressType.words().list,
            Self::AccountIdTypes => ItemKind::AccountIdType.words().list,
            Self::LoyaltyClubs => ItemKind::LoyaltyClub.words().list,
            Self::CustomFields => ItemKind::CustomField.words().list,
            Self::Settings => "settings",
            Self::SecurityTokens => "security_tokens",
            Self::CamsAccounts => "cams_accounts",
            Self::PimsAccounts => "pims_accounts",
            Self::Verifications => "verifications",
            Self::Members => "members",
        }
    }
}

/// A seed of the first version has these lists only.
const FIRST_KINDS: [ItemKind; 2] = [ItemKind::PhoneNumberType, ItemKind::MobileCarrier];

/// What a program is without its members, as far as it was read.
#[derive(Default)]
struct Head {
    name: Option<String>,
    settings: Option<ProgramSettings>,
    security_tokens: Option<Vec<TokenState>>,
    items: Items,
    /// The kinds whose lists were read.
    kinds: Vec<ItemKind>,
}

impl Head {
    /// Whether nothing can come any more that members depend on.
    fn is_complete(&self) -> bool {
        self.name.is_some()
            && self.settings.is_some()
            && self.security_tokens.is_some()
            && FIRST_KINDS.iter().all(|kind| self.kinds.contains(kind))
    }

    /// Hands out the program, and says what its members are checked against.
    fn send<E: Error>(self, accounts: &Accounts, reading: &mut Reading<'_>) -> Result<Members<'static>, E> {
        let name = self.name.ok_or_else(|| E::missing_field("name"))?;
        let settings = self.settings.unwrap_or_default();
        let security_tokens = self.security_tokens.unwrap_or_default();
        let (companions, verifications) = accounts.all();
        let checks = Members::new(&settings, Cow::Owned(self.items.clone()));
        let document = ProgramDocument::new(settings, self.items, companions);
        let program = ProgramSeed { name, document, security_tokens, verifications, members: Vec::new() };
        reading.send(SeedChunk::Program(program.into()))?;
        Ok(checks)
    }
}

impl<'de> DeserializeSeed<'de> for Program<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Program<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a program")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        let (mut head, mut accounts) = (Head::default(), Accounts::default());
        let mut kept: Option<Vec<MemberState>> = None;
        while let Some(field) = map.next_key::<Field>()? {
            if let Some(kind) = field.kind() {
                if head.kinds.contains(&kind) {
                    return Err(A::Error::duplicate_field(field.name()));
                }
                let checked = check::list(kind, map.next_value()?);
                head.items.set(kind, reading.pass(checked)?);
                head.kinds.push(kind);
                continue;
            }
            match field {
                Field::Name if head.name.is_none() => {
                    let name: String = map.next_value()?;
                    let checked = check::name(&name, &mut reading.names).map_err(|fault| fault.within("name"));
                    reading.pass(checked)?;
                    head.name = Some(name);
                }
                Field::Settings if head.settings.is_none() => {
                    let settings = map.next_value()?;
                    let checked = check::settings(&settings).map_err(|fault| fault.within("settings"));
                    reading.pass(checked)?;
                    head.settings = Some(settings);
                }
                Field::SecurityTokens if head.security_tokens.is_none() => {
                    let checked = check::tokens(map.next_value()?, &mut reading.tokens);
                    head.security_tokens = Some(reading.pass(checked)?);
                }
                Field::Members if kept.is_none() && head.is_complete() => {
                    let checks = head.send(&accounts, reading)?;
                    map.next_value_seed(MemberList { reading, checks })?;
                    return read_rest(accounts, &mut map, reading);
                }
                Field::Members if kept.is_none() => kept = Some(map.next_value()?),
                Field::CamsAccounts | Field::PimsAccounts | Field::Verifications => {
                    accounts.read(field, &mut map, reading)?;
                }
                again => return Err(A::Error::duplicate_field(again.name())),
            }
        }
        let mut checks = head.send(&accounts, reading)?;
        let mut chunk = Piece::default();
        for (index, member) in kept.unwrap_or_default().into_iter().enumerate() {
            let checked = checks.check(member).map_err(|fault| fault.within(index).within("members"));
            let member = reading.pass(checked)?;
            chunk.add(member, reading)?;
        }
        chunk.send(reading)
    }
}

/// Reads what may come behind the members; everything else was there before them.
fn read_rest<'de, A: MapAccess<'de>>(
    mut accounts: Accounts,
    map: &mut A,
    reading: &mut Reading<'_>,
) -> Result<(), A::Error> {
    let mut is_more = false;
    while let Some(field) = map.next_key::<Field>()? {
        if field.kind().is_some() {
            return Err(A::Error::custom(format!("`{}` has to come before `members`", field.name())));
        }
        accounts.read(field, map, reading)?;
        is_more = true;
    }
    if !is_more {
        return Ok(());
    }
    let (companions, verifications) = accounts.all();
    reading.send(SeedChunk::Companions(companions, verifications))
}

/// Members on their way out.
#[derive(Default)]
struct Piece(Vec<MemberSeed>);

impl Piece {
    fn add<E: Error>(&mut self, member: MemberSeed, reading: &mut Reading<'_>) -> Result<(), E> {
        self.0.push(member);
        if self.0.len() < MEMBERS_IN_A_PIECE { Ok(()) } else { self.send(reading) }
    }

    fn send<E: Error>(&mut self, reading: &mut Reading<'_>) -> Result<(), E> {
        let members = mem::take(&mut self.0);
        if members.is_empty() { Ok(()) } else { reading.send(SeedChunk::Members(members)) }
    }
}

/// The members of a program, which go out as they come.
struct MemberList<'r, 't> {
    reading: &'r mut Reading<'t>,
    checks: Members<'static>,
}

impl<'de> DeserializeSeed<'de> for MemberList<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for MemberList<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of members")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mut chunk = Piece::default();
        while let Some(member) = list.next_element_seed(Member(&mut self))? {
            chunk.add(member, self.reading)?;
        }
        chunk.send(self.reading)
    }
}

/// A member, checked while it is known where it stands.
struct Member<'l, 'r, 't>(&'l mut MemberList<'r, 't>);

impl<'de> DeserializeSeed<'de> for Member<'_, '_, '_> {
    type Value = MemberSeed;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MemberSeed, D::Error> {
        let member = MemberState::deserialize(deserializer)?;
        self.0.reading.pass(self.0.checks.check(member))
    }
}
