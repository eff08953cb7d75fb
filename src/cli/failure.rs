//! Why a command fails, and with which status.

use std::process::ExitCode;

use thiserror::Error;

/// Why a command fails.
#[derive(Debug, Error)]
pub enum Failure {
    /// The answer is no. The status is 1.
    #[error("{0}")]
    Refused(String),
    /// Something would be lost, and nobody said yes. The status is 2, as for a wrong command line.
    #[error("{0}")]
    NotConfirmed(String),
    /// There is one already. The status is 1.
    #[error("{0}")]
    AlreadyThere(String),
    /// Nobody answers, or something else that can't be understood. The status is 3; 2 is for a wrong command line.
    #[error("{0}")]
    Unreachable(String),
}

impl Failure {
    /// The status of the process.
    pub fn status(&self) -> ExitCode {
        match self {
            Self::Refused(_) | Self::AlreadyThere(_) => ExitCode::from(1),
            Self::NotConfirmed(_) => ExitCode::from(2),
            Self::Unreachable(_) => ExitCode::from(3),
        }
    }
}
