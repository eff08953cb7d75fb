//! A ledger on its way in or out, in pieces, because all of it may not fit into memory.

use super::seed::{MemberSeed, MemberState, ProgramSeed, ProgramState};

/// A part of what a ledger holds, in the order in which a seed says it.
#[derive(Clone, Debug, PartialEq)]
pub enum StatePiece {
    /// A program begins; it has no members here.
    Program(ProgramState),
    /// Some members of the program that began last, by member id.
    Members(Vec<MemberState>),
}

/// A part of a seed that was checked, but for what only the whole can show: that no member, number or token is there twice. The
/// ledger refuses those.
#[derive(Clone, Debug, PartialEq)]
pub enum SeedPiece {
    /// A program begins; it has no members here.
    Program(ProgramSeed),
    /// Some members of the program that began last.
    Members(Vec<MemberSeed>),
    /// That was all. Without it, the seed is cut short.
    End,
}
