//! HTTP on a port, and the routes.

use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_http::{HttpService, KeepAlive, Request};
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::admission;
use super::connection::Connection;
use super::patience::Patience;
use super::scope::watched;
use super::tls;
use super::turn::Call;
use super::wire::Wire;
use crate::soap::{self, Endpoint};
use crate::{admin, cams, pims};

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
pub fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    patience: Patience,
    endpoint: Data<Endpoint>,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let server = Server::build()
        .max_concurrent_connections(MAX_CONNECTIONS)
        .shutdown_timeout(patience.last_calls.as_secs())
        .disable_signals();
    let stop = server.graceful_shutdown_signal();
    let http = move || {
        let (stop, site) = (stop.clone(), endpoint.clone());
        let tls = tls.clone().map(|tls| (tls, stop.clone()));
        let app = App::new().app_data(endpoint.clone()).configure(routes.clone());
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
            let tls = tls.clone();
            async move {
                let wire = match tls {
                    None => Wire::Plain(stream.into()),
                    Some((tls, stop)) => tls::accept(&tls, stream, patience.head, stop.notified()).await?,
                };
                Ok((Connection::new(wire, patience), peer))
            }
        })
        .and_then(http)
    };
    Ok(server.listen("http", listener, http)?.run())
}

/// All routes. Paths are matched without regard to case, as IIS does.
pub fn routes(config: &mut ServiceConfig) {
    let control_plane = web::scope("/_emulator").wrap(from_fn(admin::protect)).wrap(from_fn(watched));
    let metrics = web::resource("/metrics").wrap(from_fn(admin::protect)).wrap(from_fn(watched));
    config
        // Part of the service's own pages, so open to whoever sees those.
        .service(web::resource(soap::SCRIPT_PATH).to(find_door))
        .service(control_plane.configure(admin::routes))
        .service(metrics.get(admin::metrics))
        .service(web::scope(pims::PATH).wrap(from_fn(watched)).configure(pims::routes))
        .default_service(web::to(find_door));
}

async fn find_door(
    call: Call,
    request: HttpRequest,
    payload: Payload,
    endpoint: Data<Endpoint>,
    cams: Data<cams::Endpoint>,
) -> HttpResponse {
    call.end(answer(request, payload, endpoint, cams).await)
}

async fn answer(
    request: HttpRequest,
    payload: Payload,
    endpoint: Data<Endpoint>,
    cams: Data<cams::Endpoint>,
) -> HttpResponse {
    if let Some(refusal) = admission::refusal(request.headers(), &endpoint) {
        return refusal;
    }
    match request.path() {
        path if soap::is_at(path) => soap::serve(request, payload, endpoint).await,
        soap::SCRIPT_PATH => soap::script(),
        cams::PATH if cams::is_asked(&request) => cams::serve(request, payload, cams).await,
        _ => soap::not_found(&endpoint),
    }
}
