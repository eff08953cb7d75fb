//! What every call asks for, held in memory: programs with settings, tokens and item types.

use std::collections::HashMap;

use crate::domain::{ExternalReference, Permissions, ProgramSettings, SecurityToken};

/// A program's number in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgramId(pub i64);

/// The number of a phone number type or a mobile carrier in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ItemId(pub u16);

/// One loyalty program without its members.
#[derive(Debug)]
pub struct Program {
    pub id: ProgramId,
    pub name: String,
    pub settings: ProgramSettings,
    /// Phone number types by external reference.
    pub phone_number_types: HashMap<String, ItemId>,
    /// Mobile carriers by external reference.
    pub mobile_carriers: HashMap<String, ItemId>,
}

impl Program {
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
    pub fn new(programs: Vec<Program>, tokens: Vec<(ProgramId, SecurityToken, Permissions)>) -> Self {
        let place: HashMap<ProgramId, usize> =
            programs.iter().enumerate().map(|(place, program)| (program.id, place)).collect();
        let tokens = tokens
            .into_iter()
            .filter_map(|(program, token, permissions)| {
                let program = *place.get(&program)?;
                Some((token.expose().to_owned(), Known { program, permissions }))
            })
            .collect();
        Self { programs, tokens }
    }

    /// Whose token this is, and what it permits.
    pub fn find_token(&self, token: &str) -> Option<(&Program, &Permissions)> {
        let known = self.tokens.get(token)?;
        Some((&self.programs[known.program], &known.permissions))
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
