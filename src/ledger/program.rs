//! A program as calls see it: its settings, item types and accounts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Items;
use crate::domain::{Companions, ProgramSettings};

/// A program's number in the ledger. Programs that are made later have larger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProgramId(pub i64);

/// What a program is beside its tokens, its members and their proofs of ownership: one JSON value in both stores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramDocument {
    format: DocumentFormat,
    pub settings: ProgramSettings,
    pub items: Items,
    /// Who calls its companions.
    pub companions: Companions,
}

/// The version of a document's form: what another one has written isn't read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct DocumentFormat;

/// The only form so far.
const FORMAT: u32 = 1;

impl TryFrom<u32> for DocumentFormat {
    type Error = String;

    fn try_from(format: u32) -> Result<Self, String> {
        match format {
            FORMAT => Ok(Self),
            _ => Err(format!(
                "a program has document format {format}, which this version of sync-asmx doesn't know; run the one that wrote it, or a newer one"
            )),
        }
    }
}

impl From<DocumentFormat> for u32 {
    fn from(_: DocumentFormat) -> Self {
        FORMAT
    }
}

/// One loyalty program without its members.
#[derive(Debug)]
pub struct Program {
    pub id: ProgramId,
    /// Grows with every change of what is in here; members aren't. A write carries the one that it was derived from.
    pub version: u64,
    pub name: Arc<str>,
    pub settings: ProgramSettings,
    pub items: Items,
    pub companions: Companions,
}

impl ProgramDocument {
    pub fn new(settings: ProgramSettings, items: Items, companions: Companions) -> Self {
        Self { format: DocumentFormat, settings, items, companions }
    }
}

impl Program {
    pub fn new(id: ProgramId, version: u64, name: &str, document: ProgramDocument) -> Self {
        let ProgramDocument { format: _, settings, items, companions } = document;
        Self { id, version, name: name.into(), settings, items, companions }
    }

    /// Whether all but the version is the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let Self { id, version: _, name, settings, items, companions } = self;
        (*id, name, settings, items, companions)
            == (other.id, &other.name, &other.settings, &other.items, &other.companions)
    }
}
