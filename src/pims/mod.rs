//! The mobile SDK of Stellantis, as a service: what its facade in an app is told, and what it tells its callbacks, goes over HTTP
//! (the mapping is ours, as the SDK has no wire format; names and messages are the documented ones).

mod api;
mod call;
mod caller;
mod cors;
mod error;
mod handler;
mod initialize;
mod instance;
mod message;
mod method;
mod parameters;
mod pims_error;
mod request;
mod run;
mod streams;
mod subscription;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};

pub use self::cors::allow_origins;

use self::api::Asked;
use self::error::ErrorCode;
use self::method::Method;
use self::streams::Streams;
use crate::calls::{Api, Calls, Operation};
use crate::operations::Platform;

/// Below it are all calls.
pub const PATH: &str = "/pims";

/// What the API works with.
pub struct Endpoint {
    platform: Platform,
    calls: Arc<Calls>,
    streams: Streams,
    /// Whose pages may call, or `*`.
    allowed_origins: Vec<String>,
}

impl Endpoint {
    /// An API to this platform, without any stream open. Pages of `allowed_origins` may call it; `*` stands for all.
    pub fn new(platform: Platform, calls: Arc<Calls>, allowed_origins: Vec<String>) -> Self {
        Self { platform, calls, streams: Streams::default(), allowed_origins }
    }

    /// Ends all streams of events: the process is about to stop, and waits for calls in flight.
    pub fn end_streams(&self) {
        self.streams.close();
    }
}

/// All operations.
pub fn operations() -> impl Iterator<Item = Operation> {
    let names = Asked::NAMES.into_iter().chain(Method::operations());
    names.map(|name| Operation { api: Api::Pims, name, aliases: &[], errors: &ErrorCode::NUMBERS })
}

/// The label of an error in the SDK's table, as published.
pub fn label(code: u16) -> Option<&'static str> {
    ErrorCode::of(code).map(ErrorCode::label)
}

/// Where calls are sent to.
pub fn paths() -> impl Iterator<Item = String> {
    Method::paths().map(|path| format!("{PATH}/{path}"))
}

/// All routes below `/pims`. The application has the [`Endpoint`] among its data.
pub fn routes(config: &mut ServiceConfig) {
    config.default_service(web::to(handler::serve));
}
