//! Lists of routes: what is registered is what a test can walk over.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder, Route, guard};

/// A method of a path, and who answers it.
pub struct Entry {
    pub method: Method,
    /// Below where the list is registered, with names in braces.
    pub path: String,
    route: Route,
}

impl Entry {
    fn new<F, Arguments>(method: Method, path: impl Into<String>, route: Route, handler: F) -> Self
    where
        F: Handler<Arguments>,
        Arguments: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self { method, path: path.into(), route: route.to(handler) }
    }
}

/// A route for GET, and for HEAD: the same without the body, which actix-http leaves out.
pub fn get<F, Arguments>(path: impl Into<String>, handler: F) -> Entry
where
    F: Handler<Arguments>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Entry::new(Method::GET, path, web::route().guard(guard::Any(guard::Get()).or(guard::Head())), handler)
}

macro_rules! routes_for {
    ($($name:ident: $method:ident)*) => {$(
        /// A route for this method.
        pub fn $name<F, Arguments>(path: impl Into<String>, handler: F) -> Entry
        where
            F: Handler<Arguments>,
            Arguments: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            Entry::new(Method::$method, path, web::method(Method::$method), handler)
        }
    )*};
}

routes_for! { post: POST put: PUT patch: PATCH delete: DELETE }

/// Registers a list. Of two paths that fit, the one that comes first is taken.
pub fn register(config: &mut ServiceConfig, entries: Vec<Entry>) {
    let mut by_path: Vec<(String, Vec<Route>)> = Vec::new();
    for Entry { path, route, .. } in entries {
        match by_path.iter_mut().find(|(known, _)| *known == path) {
            Some((_, routes)) => routes.push(route),
            None => by_path.push((path, vec![route])),
        }
    }
    for (path, routes) in by_path {
        config.service(routes.into_iter().fold(web::resource(path), Resource::route));
    }
}
