//! A ledger on its way in or out, in chunks, because all of it may not fit into memory.

use tokio::sync::mpsc::Receiver;

use crate::domain::{Companions, Verification, VerificationKey};

use super::seed::{MemberSeed, MemberState, ProgramSeed, ProgramState, Seed, State};

/// So many members make a chunk: enough that handing it over costs little, and few enough to forget about their memory.
pub const MEMBERS_IN_A_PIECE: usize = 500;

/// So many chunks may be under way between two that work side by side.
pub const CHUNKS_IN_FLIGHT: usize = 8;

/// A part of what a ledger holds, in the order in which a seed says it.
#[derive(Clone, Debug, PartialEq)]
pub enum StateChunk {
    /// A program begins; it has no members here.
    Program(Box<ProgramState>),
    /// Some members of the program that began last, by member id.
    Members(Vec<MemberState>),
}

/// A part of a seed that was checked, but for what only the whole can show: that no member, number or token is there twice. The
/// ledger refuses those.
#[derive(Clone, Debug, PartialEq)]
pub enum SeedChunk {
    /// A program begins; it has no members here.
    Program(Box<ProgramSeed>),
    /// Some members of the program that began last.
    Members(Vec<MemberSeed>),
    /// All accounts and proofs of the program that began last, where some come behind its members.
    Companions(Companions, Vec<(VerificationKey, Verification)>),
    /// That was all. Without it, the seed is cut short.
    End,
}

impl State {
    /// All chunks that come.
    pub async fn collect(mut arriving: Receiver<StateChunk>) -> Self {
        let mut state = Self::default();
        while let Some(chunk) = arriving.recv().await {
            state.push(chunk);
        }
        state
    }

    /// Adds the next chunk, for one who has the memory for all of them.
    pub fn push(&mut self, chunk: StateChunk) {
        match (chunk, self.programs.last_mut()) {
            (StateChunk::Program(program), _) => self.programs.push(*program),
            (StateChunk::Members(mut members), Some(program)) => program.members.append(&mut members),
            // A ledger begins with a program.
            (StateChunk::Members(_), None) => {}
        }
    }
}

impl Seed {
    /// Adds the next chunk, as above.
    pub fn push(&mut self, chunk: SeedChunk) {
        match (chunk, self.programs.last_mut()) {
            (SeedChunk::Program(program), _) => self.programs.push(*program),
            (SeedChunk::Members(mut members), Some(program)) => program.members.append(&mut members),
            (SeedChunk::Companions(companions, verifications), Some(program)) => {
                (program.document.companions, program.verifications) = (companions, verifications);
            }
            (_, None) | (SeedChunk::End, _) => {}
        }
    }
}
