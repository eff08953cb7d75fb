//! What every call asks for, held in memory: programs with settings, tokens and item types.

use std::collections::HashMap;
use std::sync::Arc;

use super::{ItemKind, ItemState};
use crate::domain::{ExternalReference, Permissions, ProgramSettings, SecurityToken};

/// A program's number in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgramId(pub i64);

/// The number of a phone number type or a mobile carrier in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// What items are called, for people.
    pub item_names: HashMap<(ItemKind, ItemId), String>,
}

impl Program {
    /// The items of a kind, in the order in which they were made.
    pub fn items(&self, kind: ItemKind) -> Vec<ItemState> {
        let items = match kind {
            ItemKind::PhoneNumberType => &self.phone_number_types,
            ItemKind::MobileCarrier => &self.mobile_carriers,
        };
        let mut items: Vec<_> = items.iter().collect();
        items.sort_by_key(|(_, id)| id.0);
        let name = |id| self.item_names.get(&(kind, id)).cloned().unwrap_or_default();
        let item =
            |(reference, id): (&String, &ItemId)| ItemState { external_reference: reference.clone(), name: name(*id) };
        items.into_iter().map(item).collect()
    }

    pub fn phone_number_type(&self, reference: ExternalReference<'_>) -> Option<ItemId> {
        self.phone_number_types.get(reference.as_str()).copied()
    }

    pub fn mobile_carrier(&self, reference: ExternalReference<'_>) -> Option<ItemId> {
        self.mobile_carriers.get(reference.as_str()).copied()
    }
}

/// All programs, and the tokens that lead to them.
#[derive(Debug, Default)]
pub struct Directory {
    version: u64,
    programs: Vec<Program>,
    tokens: HashMap<String, Known>,
}

/// A token that the ledger knows.
#[derive(Debug)]
struct Known {
    program: usize,
    permissions: Permissions,
}

impl Directory {
    /// Grows with every change of what is in here; members aren't. It begins anew with the process.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn new(version: u64, programs: Vec<Program>, tokens: Vec<(ProgramId, SecurityToken, Permissions)>) -> Self {
        let place: HashMap<ProgramId, usize> =
            programs.iter().enumerate().map(|(place, program)| (program.id, place)).collect();
        let tokens = tokens
            .into_iter()
            .filter_map(|(program, token, permissions)| {
                let program = *place.get(&program)?;
                Some((token.expose().to_owned(), Known { program, permissions }))
            })
            .collect();
        Self { version, programs, tokens }
    }

    /// Whose token this is, and what it permits.
    pub fn find_token(&self, token: &str) -> Option<(&Program, &Permissions)> {
        let known = self.tokens.get(token)?;
        Some((&self.programs[known.program], &known.permissions))
    }

    /// The program of that name.
    pub fn program(&self, name: &str) -> Option<&Program> {
        self.programs.iter().find(|program| &*program.name == name)
    }

    /// All programs, in the order in which they were made.
    pub fn programs(&self) -> &[Program] {
        &self.programs
    }

    /// All tokens of a program, with what they permit.
    pub fn tokens_of(&self, program: &Program) -> impl Iterator<Item = (&str, &Permissions)> {
        let id = program.id;
        self.tokens
            .iter()
            .filter(move |(_, known)| self.programs[known.program].id == id)
            .map(|(token, known)| (token.as_str(), &known.permissions))
    }
}
