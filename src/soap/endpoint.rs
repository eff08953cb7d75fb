//! The endpoint of the service.

use std::sync::Arc;

use super::site::Site;
use crate::calls::Calls;
use crate::contract::Contract;
use crate::operations::Platform;

/// What the endpoint works with.
pub struct Endpoint {
    pub platform: Platform,
    pub calls: Arc<Calls>,
    pub contract: Contract,
    pub site: Site,
}
