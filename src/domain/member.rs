//! Members of a loyalty program.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The internal id of a member: 32 bits, given by the platform's database, unique in a program (documented).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberId(pub i32);

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
