//! Where the seed of the start comes from, for the start and for every reset.

use std::fs;
use std::path::PathBuf;

use thiserror::Error;

use super::{DEFAULT, Seed, SeedError};

/// A file, or the compiled-in seed.
#[derive(Clone, Debug, Default)]
pub struct SeedSource(pub Option<PathBuf>);

/// Why there is no seed.
#[derive(Debug, Error)]
pub enum SeedSourceError {
    #[error("--seed {}: {reason}", path.display())]
    File { path: PathBuf, reason: std::io::Error },
    #[error("--seed {file}: {error}")]
    Seed { file: String, error: SeedError },
}

impl SeedSource {
    /// Whether the file is there and may be read; its content isn't looked at.
    ///
    /// # Errors
    /// [`SeedSourceError::File`].
    pub fn check(&self) -> Result<(), SeedSourceError> {
        let Some(path) = &self.0 else { return Ok(()) };
        fs::File::open(path).map(drop).map_err(|reason| SeedSourceError::File { path: path.clone(), reason })
    }

    /// Reads and checks the seed.
    ///
    /// # Errors
    /// [`SeedSourceError`].
    pub fn read(&self) -> Result<Seed, SeedSourceError> {
        let (file, json) = match &self.0 {
            None => ("(compiled in)".to_owned(), DEFAULT.to_owned()),
            Some(path) => {
                let json = fs::read_to_string(path);
                let json = json.map_err(|reason| SeedSourceError::File { path: path.clone(), reason })?;
                (path.display().to_string(), json)
            }
        };
        Seed::parse(&json).map_err(|error| SeedSourceError::Seed { file, error })
    }
}
