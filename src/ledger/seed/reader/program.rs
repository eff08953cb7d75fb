//! Reads one program of a seed.

use std::{fmt, mem};

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Reading;
use super::fields::Fields;
use crate::domain::cams::CamsAccount;
use crate::domain::pims::PimsAccount;
use crate::domain::{Companions, Verification, VerificationKey};
use crate::ledger::chunks::MEMBERS_IN_A_PIECE;
use crate::ledger::seed::check::{self, Members};
use crate::ledger::seed::{MemberSeed, MemberState, ProgramState};
use crate::ledger::{SeedChunk, VerificationState};

/// One program: what [`ProgramState`] is at once.
pub struct Program<'r, 't>(pub &'r mut Reading<'t>);

/// What may come behind the members; [`Fields`] refuses anything else.
#[derive(Deserialize)]
struct Rest {
    #[serde(default)]
    cams_accounts: Vec<CamsAccount>,
    #[serde(default)]
    pims_accounts: Vec<PimsAccount>,
    #[serde(default)]
    verifications: Vec<VerificationState>,
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

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut fields = Fields::new(map, reading.line.clone());
        let state = ProgramState::deserialize(MapAccessDeserializer::new(&mut fields))?;
        let checked = reading.checks.check(state);
        let (mut program, checks) = fields.pass(reading, checked)?;
        let members = mem::take(&mut program.members);
        let (companions, verifications) = (program.document.companions.clone(), program.verifications.clone());
        reading.send(SeedChunk::Program(program.into()))?;
        if fields.members_go_out {
            fields.map.next_value_seed(MemberList { reading, checks })?;
            return read_rest(fields, companions, verifications, reading);
        }
        let mut chunk = Piece::default();
        members.into_iter().try_for_each(|member| chunk.add(member, reading))?;
        chunk.send(reading)
    }
}

/// Reads what comes behind the members, if anything does. Each list comes once, so it adds nothing to one that came before.
fn read_rest<'de, A: MapAccess<'de>>(
    mut fields: Fields<A>,
    mut companions: Companions,
    mut verifications: Vec<(VerificationKey, Verification)>,
    reading: &mut Reading<'_>,
) -> Result<(), A::Error> {
    let before = fields.ended.len();
    let rest = Rest::deserialize(MapAccessDeserializer::new(&mut fields))?;
    if fields.ended.len() == before {
        return Ok(());
    }
    let late = Companions { cams_accounts: rest.cams_accounts, pims_accounts: rest.pims_accounts };
    let checked = check::companions(&late, &mut reading.checks.callers);
    fields.pass(reading, checked)?;
    verifications.extend(fields.pass(reading, check::verifications(rest.verifications))?);
    companions.cams_accounts.extend(late.cams_accounts);
    companions.pims_accounts.extend(late.pims_accounts);
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
        let MemberList { reading, checks } = self.0;
        reading.pass(reading.line.get(), checks.check(member))
    }
}
