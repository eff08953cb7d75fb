//! Signatures of both versions: what is signed, and whether it was signed with the key's secret.

mod authorization;
mod digest;
mod objection;
pub mod version1;
pub mod version3;

use super::request::{Manner, Request};
pub use authorization::Authorization;
pub use digest::sha256;
pub use objection::Objection;

/// What the holder of another secret is told of a request; without what can't be known of one that isn't signed as it should be.
pub fn mismatch(request: &Request<'_>) -> Objection {
    match request.manner {
        Manner::Parameters => {
            let string_to_sign = version1::string_to_sign(request.method, &request.parameters, true);
            Objection::Mismatch { string_to_sign, canonical_request: None }
        }
        Manner::Headers => match version3::check(request, "") {
            Err(objection @ Objection::Mismatch { .. }) => objection,
            _ => Objection::Mismatch { string_to_sign: String::new(), canonical_request: Some(String::new()) },
        },
    }
}
