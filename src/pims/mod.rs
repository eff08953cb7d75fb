//! The mobile SDK of Stellantis, as a service: messages of its facade go over HTTP.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};

use crate::calls::{Calls, Door, Operation};
use crate::operations::Platform;

/// Below it are all calls.
pub const PATH: &str = "/pims";

/// What the door works with.
pub struct Endpoint {
    pub platform: Platform,
    pub calls: Arc<Calls>,
}

/// All operations.
pub fn operations() -> impl Iterator<Item = Operation> {
    ["modifyPhoneNumber"].into_iter().map(|name| Operation { door: Door::Pims, name })
}

/// All routes below `/pims`. The application has the [`Endpoint`] among its data.
pub fn routes(config: &mut ServiceConfig) {
    config.default_service(web::to(HttpResponse::NotFound));
}
