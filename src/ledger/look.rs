//! What a tester may look for.

use crate::domain::MemberId;

/// Which members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberSearch {
    /// Part of a name (without regard to case), the beginning of a member id, or the beginning of a number's digits. Empty
    /// fits all.
    pub text: String,
    /// Only those behind this one.
    pub after: Option<MemberId>,
    pub limit: u32,
}

/// How much a ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// By name.
    pub programs: Vec<ProgramCensus>,
    /// What the ledger takes on disk, or in memory, in bytes.
    pub size: u64,
}

/// How much a program holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramCensus {
    pub name: String,
    pub members: u64,
    pub phones: u64,
}
