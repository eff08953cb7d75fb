//! HTTP on a port, and the routes.

use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_http::{HttpService, KeepAlive, Request};
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse};
use tokio::net::TcpStream;

use super::admission;
use super::connection::Connection;
use super::patience::Patience;
use super::turn::Call;
use crate::soap::{self, Endpoint};

/// How long calls in flight may take to end, once the service is asked to stop.
const LAST_CALLS: Duration = Duration::from_secs(30);
/// How long a client that is refused before it has sent everything may go on sending, so that it can read why.
const LINGER: Duration = Duration::from_secs(1);
/// Connections that each thread serves at once; more wait to be accepted.
const MAX_CONNECTIONS: usize = 10_000;

/// Serves a port until it is stopped by the handle.
///
/// This is what `actix_web::HttpServer` does, with a [`Connection`] in place of the bare `TcpStream`.
///
/// # Errors
/// What the operating system says of the port.
pub fn serve(listener: TcpListener, patience: Patience, endpoint: Data<Endpoint>) -> io::Result<Server> {
    let server = Server::build()
        .max_concurrent_connections(MAX_CONNECTIONS)
        .shutdown_timeout(LAST_CALLS.as_secs())
        .disable_signals();
    let stop = server.graceful_shutdown_signal();
    let http = move || {
        let (stop, site) = (stop.clone(), endpoint.clone());
        let app = App::new().app_data(endpoint.clone()).configure(routes);
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stop = stop.clone();
                async move { stop.notified().await }
            })
            // The connection has an eye on all times but that for the first head, after which actix-http answers 408.
            .client_request_timeout(patience.head)
            .keep_alive(KeepAlive::Os)
            .client_disconnect_timeout(LINGER)
            .on_connect_ext(|connection: &Connection, extensions| {
                extensions.insert(connection.turn().clone());
            })
            .expect(fn_service(move |request: Request| {
                ready(match admission::refusal(&request.head().headers, &site) {
                    Some(refusal) => Err(refusal),
                    None => Ok(request),
                })
            }))
            .h1(map_config(app, |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            ready(Ok((Connection::new(stream, patience), peer)))
        })
        .and_then(http)
    };
    Ok(server.listen("http", listener, http)?.run())
}

/// All routes. Paths are matched without regard to case, as IIS does.
fn routes(config: &mut ServiceConfig) {
    config.default_service(web::to(find_door));
}

async fn find_door(_call: Call, request: HttpRequest, payload: Payload, endpoint: Data<Endpoint>) -> HttpResponse {
    if let Some(refusal) = admission::refusal(request.headers(), &endpoint) {
        return refusal;
    }
    match request.path() {
        path if soap::is_at(path) => soap::serve(request, payload, endpoint).await,
        soap::SCRIPT_PATH => soap::script(),
        _ => soap::not_found(&endpoint),
    }
}
