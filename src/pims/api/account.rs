//! `pims.authentication.account`: what the account is.

use super::{Asked, Component};
use crate::pims::error::Failure;
use crate::pims::parameters::Parameters;

/// Reads a get.
///
/// # Errors
/// 2101, 2102, or 2344 for the strong part.
pub fn read(parameters: Parameters<'_>, component: Component) -> Result<Asked, Failure> {
    match parameters.word("actionType", &["strong", "basic"])? {
        "strong" => {
            component.check()?;
            match parameters.word("type", &["isDeviceActivated", "isAccountBlocked"])? {
                "isDeviceActivated" => Ok(Asked::IsDeviceActivated),
                _ => Ok(Asked::IsAccountBlocked),
            }
        }
        _ => parameters.word("type", &["username"]).map(|_| Asked::Username),
    }
}
