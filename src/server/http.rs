//! HTTP on a port, and the routes.

use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_http::{HttpService, KeepAlive, Request};
use actix_service::{ServiceFactoryExt, apply_fn_factory, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::guard::{Guard, fn_guard};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::admission;
use super::connection::Connection;
use super::in_flight;
use super::timeouts::Timeouts;
use super::tls;
use super::transport::Transport;
use crate::soap::{self, Endpoint, ServicePath};
use crate::{admin, cams, pims};

/// How long a client that is refused before it has sent everything may go on sending, so that it can read why.
const LINGER: Duration = Duration::from_secs(1);
/// Connections that are served at once, by all threads together; more wait to be accepted.
const MAX_CONNECTIONS: usize = 10_000;
const METRICS_PATH: &str = "/metrics";

/// Serves a port until it is stopped by the handle.
///
/// This is what `actix_web::HttpServer` does, with a [`Connection`] in place of the bare `TcpStream`. `stopping` is set before
/// the handle is told to stop.
///
/// # Errors
/// What the operating system says of the port.
pub fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    timeouts: Timeouts,
    stopping: Arc<AtomicBool>,
    endpoint: Data<Endpoint>,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let threads = available_parallelism().map_or(1, usize::from);
    let server = Server::build()
        .workers(threads)
        .max_concurrent_connections(MAX_CONNECTIONS.div_ceil(threads))
        .shutdown_timeout(timeouts.last_calls.as_secs())
        .disable_signals();
    let stop = server.graceful_shutdown_signal();
    let http = move || {
        let (stop, site, stopping) = (stop.clone(), endpoint.clone(), stopping.clone());
        let endpoint = endpoint.clone();
        let tls = tls.clone().map(|tls| (tls, stop.clone()));
        let app = App::new().app_data(endpoint.clone()).configure(routes.clone());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stop = stop.clone();
                async move { stop.notified().await }
            })
            // The connection has an eye on all times but that for the first head, after which actix-http answers 408.
            .client_request_timeout(timeouts.head)
            .keep_alive(KeepAlive::Os)
            .client_disconnect_timeout(LINGER)
            .on_connect_ext(|connection: &Connection, extensions| {
                extensions.insert(connection.state().clone());
            })
            .expect(fn_service(move |request: Request| {
                ready(match admission::refusal(&request.head().headers, &site) {
                    Some(refusal) => Err(refusal),
                    None => Ok(request),
                })
            }))
            .h1(apply_fn_factory(map_config(app, |()| AppConfig::default()), move |request: Request, app: &_| {
                in_flight::answer(request, app, &endpoint)
            }));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            let (tls, stopping) = (tls.clone(), stopping.clone());
            async move {
                let transport = match tls {
                    None => Transport::Plain(stream.into()),
                    Some((tls, stop)) => tls::accept(&tls, stream, timeouts.head, stop.notified()).await?,
                };
                Ok((Connection::new(transport, timeouts, stopping), peer))
            }
        })
        .and_then(http)
    };
    Ok(server.listen("http", listener, http)?.run())
}

/// All routes. The service's paths are matched as IIS does, without regard to case; all others as they were sent.
pub fn routes(config: &mut ServiceConfig) {
    let control_plane = web::scope(admin::PATH).guard(sent_as(admin::PATH)).wrap(from_fn(admin::protect));
    let metrics = web::resource(METRICS_PATH).guard(sent_as(METRICS_PATH)).wrap(from_fn(admin::protect));
    let pims = web::scope(pims::PATH).guard(sent_as(pims::PATH)).wrap(from_fn(pims::allow_origins));
    config
        // Part of the service's own pages, so open to whoever sees those.
        .service(web::resource(soap::SCRIPT_PATH).to(find_api))
        .service(control_plane.configure(admin::configure))
        .service(metrics.get(admin::metrics).head(admin::metrics))
        .service(pims.configure(pims::routes))
        .default_service(web::to(find_api));
}

/// Methods and paths of all that is served, with names in braces: those of the control plane are the list that is
/// registered.
pub fn paths() -> impl Iterator<Item = (Method, String)> {
    let control_plane = admin::paths().map(|(method, path)| (method, format!("{}{path}", admin::PATH)));
    let post = |path: String| (Method::POST, path);
    let get = |path: &str| (Method::GET, path.to_owned());
    control_plane
        .chain([METRICS_PATH, soap::SCRIPT_PATH, soap::PATH, cams::PATH].map(get))
        .chain([soap::PATH, cams::PATH].map(str::to_owned).into_iter().chain(pims::paths()).map(post))
}

/// Passes a path that begins so as it was sent. actix-web compares it decoded, so that `/%5Femulator/` would do as well; a
/// proxy that keeps `/_emulator/` from callers has never seen it in that.
fn sent_as(beginning: &'static str) -> impl Guard {
    fn_guard(move |context| context.head().uri.path().starts_with(beginning))
}

async fn find_api(
    request: HttpRequest,
    payload: Payload,
    endpoint: Data<Endpoint>,
    cams: Data<cams::Endpoint>,
) -> HttpResponse {
    if let Some(path) = ServicePath::parse(request.path()) {
        return soap::serve(path, &request, payload, endpoint).await;
    }
    match request.path() {
        soap::SCRIPT_PATH => soap::script(),
        cams::PATH if cams::is_asked(&request) => cams::serve(request, payload, cams).await,
        _ => soap::not_found(&endpoint),
    }
}
