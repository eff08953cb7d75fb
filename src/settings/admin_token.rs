//! The token of the control plane, which a server asks for and callers bring.

use clap::Args;

use super::secret::{Hidden, InFile};
use crate::domain::Secret;

/// As it is given to a command.
#[derive(Clone, Debug, Args)]
pub struct AdminToken {
    /// Bearer token of the control plane, /_emulator/ and /metrics; a server without one is open to callers on this machine only
    #[arg(long, env = "SYNC_ASMX_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    #[arg(value_parser = Hidden(parse_admin_token))]
    admin_token: Option<Secret>,

    /// File with the token of --admin-token, in place of it; one line end behind it is left out
    #[arg(long, env = "SYNC_ASMX_ADMIN_TOKEN_FILE", value_name = "FILE", conflicts_with = "admin_token")]
    #[arg(value_parser = InFile(parse_admin_token))]
    admin_token_file: Option<Secret>,
}

impl AdminToken {
    /// The token, if one was given, wherever it was said.
    pub fn get(&self) -> Option<&Secret> {
        self.admin_token_file.as_ref().or(self.admin_token.as_ref())
    }
}

/// Parses a token that fits into a header.
///
/// # Errors
/// What would be right.
pub fn parse_admin_token(text: &str) -> Result<Secret, String> {
    match text.len() >= 8 && text.chars().all(|character| character.is_ascii_graphic()) {
        true => Ok(Secret::new(text)),
        false => Err("expected at least 8 characters, ASCII without blanks and line ends".to_owned()),
    }
}
