//! The server: opens the ledger, mounts the APIs, binds the port, and runs until it is stopped.

mod admission;
mod connection;
mod connection_state;
mod fill;
mod http;
mod identity;
mod in_flight;
mod sample_call;
mod self_signed;
mod timeouts;
mod tls;
mod transport;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::web::{Data, ServiceConfig};
use jiff::Timestamp;
use thiserror::Error;

pub use self::http::paths;
pub use self::identity::TlsError;
pub use self::timeouts::Timeouts;

use self::tls::Tls;
use crate::admin::{self, ControlPlane, Guard};
use crate::calls::{Calls, Operation};
use crate::domain::phone_number;
use crate::ledger::seed::{SeedSource, SeedSourceError};
use crate::ledger::{self, Ledger, LedgerError, OpenError};
use crate::operations::{Platform, sweep_proofs};
use crate::settings::Settings;
use crate::soap::{self, Contract, Endpoint};
use crate::{cams, pims};

/// Why the service doesn't start.
#[derive(Debug, Error)]
pub enum StartError {
    #[error(transparent)]
    Seed(#[from] SeedSourceError),
    #[error("--ledger: {0}")]
    Open(#[from] OpenError),
    #[error("--ledger: the seed can't be stored: {0}")]
    Ledger(#[from] LedgerError),
    #[error("--listen {address}: {reason}")]
    Listen { address: SocketAddr, reason: std::io::Error },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("{0}: needs --admin-token too, because through a proxy everybody seems to call from this machine")]
    NoAdminToken(&'static str),
}

/// A service that is ready to run. Its port is bound, so callers are not refused any more.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    timeouts: Timeouts,
    endpoint: Data<Endpoint>,
    companions: (Data<cams::Endpoint>, Data<pims::Endpoint>),
    tls: Option<Tls>,
    control_plane: (Data<ControlPlane>, Data<Guard>),
}

impl Server {
    /// Opens the ledger, seeds it if it is empty, and binds the port.
    ///
    /// # Errors
    /// [`StartError`] names the setting that is wrong.
    pub async fn build(settings: &Settings) -> Result<Self, StartError> {
        check_admin_token(settings)?;
        // A seed that can't be read stops the start even if the ledger doesn't need it.
        let seed = SeedSource(settings.seed.clone());
        seed.check()?;
        let ledger = ledger::open(settings.ledger())?;
        fill::fill(&*ledger, &seed).await?;
        Self::with_ledger(settings, ledger)
    }

    /// As [`build`](Self::build), with a ledger that is open already.
    ///
    /// # Errors
    /// [`StartError::Listen`], [`StartError::Tls`].
    pub fn with_ledger(settings: &Settings, ledger: Arc<dyn Ledger>) -> Result<Self, StartError> {
        let tls = Tls::open(settings)?;
        let failed = |reason| StartError::Listen { address: settings.listen, reason };
        let listener = TcpListener::bind(settings.listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let endpoint = Data::new(Endpoint {
            calls: Arc::new(Calls::new(Arc::clone(&ledger), ledger.shared_state(), settings.journal_bounds())),
            platform: Platform::new(ledger),
            contract: Contract::new(&settings.namespace),
            site: settings.site(address),
        });
        let (platform, calls) = (endpoint.platform.clone(), Arc::clone(&endpoint.calls));
        let cams = Data::new(cams::Endpoint { platform: platform.clone(), calls: calls.clone() });
        let pims = Data::new(pims::Endpoint::new(platform, calls, settings.cors.clone()));
        let control_plane = Data::new(ControlPlane::new(
            endpoint.platform.clone(),
            Arc::clone(&endpoint.calls),
            SeedSource(settings.seed.clone()),
            operations(),
            settings.ledger().clone(),
        ));
        let guard = Guard::new(settings.admin_token().cloned(), address, settings.allowed_host.clone());
        let guard = Data::new(guard.behind(settings.trusted_proxy.clone()));
        Ok(Self {
            listener,
            address,
            timeouts: Timeouts::default(),
            endpoint,
            companions: (cams, pims),
            tls,
            control_plane: (control_plane, guard),
        })
    }

    /// Waits for its clients as long as told, rather than as long as it usually does.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Where the service listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme and address, such as `https://127.0.0.1:8080`.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.endpoint.site.scheme(), self.address)
    }

    /// The certificate to trust, if the service has made its own.
    pub fn ca_file(&self) -> Option<&Path> {
        self.tls.as_ref()?.ca_file.as_deref()
    }

    /// What the operations work on.
    pub fn platform(&self) -> &Platform {
        &self.endpoint.platform
    }

    /// Journal, fault rules and counters.
    pub fn calls(&self) -> &Arc<Calls> {
        &self.endpoint.calls
    }

    /// The routes, and what the control plane works with.
    fn routes(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static + use<> {
        let (control_plane, guard) = self.control_plane.clone();
        let (cams, pims) = self.companions.clone();
        move |config| {
            config
                .app_data(control_plane.clone())
                .app_data(guard.clone())
                .app_data(cams.clone())
                .app_data(pims.clone())
                .configure(http::routes);
        }
    }

    /// Serves until SIGTERM or Ctrl-C; see [`run_until`](Self::run_until). One more Ctrl-C ends the process at once: what was
    /// answered is on disk.
    ///
    /// # Errors
    /// What the operating system says of the port, or of signals.
    pub async fn run(self, ready: impl FnOnce()) -> std::io::Result<()> {
        // Set up before anybody is told that the service is there, and may want it to stop.
        let stop = stop_signal()?;
        self.run_until(stop, ready).await
    }

    /// Serves until `stop` ends: then no connection is accepted any more, calls in flight are answered, and the ledger is
    /// closed. `ready` is called once requests are answered.
    ///
    /// # Errors
    /// What the operating system says of the port.
    pub async fn run_until(
        self,
        stop: impl Future<Output = ()> + 'static,
        ready: impl FnOnce(),
    ) -> std::io::Result<()> {
        let routes = self.routes();
        let stopping = Arc::new(AtomicBool::new(false));
        let (tls, endpoint) = (self.tls.map(|tls| tls.acceptor), self.endpoint.clone());
        let server = http::serve(self.listener, tls, self.timeouts, stopping.clone(), endpoint, routes)?;
        let (handle, last_calls) = (server.handle(), self.timeouts.last_calls);
        let ((_, pims), calls) = (self.companions, self.endpoint.calls.clone());
        phone_number::warm_up();
        let sweeping = actix_web::rt::spawn(sweep(self.endpoint.platform.clone()));
        let running = actix_web::rt::spawn(server);
        actix_web::rt::spawn(async move {
            stop.await;
            stopping.store(true, Ordering::Relaxed);
            calls.stop_delays();
            pims.end_streams();
            handle.stop(!last_calls.is_zero()).await;
        });
        ready();
        running.await.map_err(std::io::Error::other)??;
        sweeping.abort();
        self.endpoint.platform.ledger.close().await;
        Ok(())
    }
}

/// Who is reached through a proxy can't tell callers on this machine from others, so it needs a token.
fn check_admin_token(settings: &Settings) -> Result<(), StartError> {
    if settings.admin_token().is_some() {
        return Ok(());
    }
    if !settings.trusted_proxy.is_empty() {
        return Err(StartError::NoAdminToken("--trusted-proxy"));
    }
    let authority = settings.public_url.as_deref().and_then(|url| Some(url.split_once("://")?.1));
    match authority.is_some_and(|authority| !admin::is_this_machine(authority)) {
        true => Err(StartError::NoAdminToken("--public-url")),
        false => Ok(()),
    }
}

/// How often expired proofs of ownership are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// Removes expired proofs of ownership, now and then. What can't be removed stays until the next time.
async fn sweep(platform: Platform) {
    loop {
        actix_web::rt::time::sleep(SWEEP).await;
        match sweep_proofs(&platform, Timestamp::now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "expired proofs of ownership are removed"),
            Err(reason) => tracing::debug!(%reason, "expired proofs of ownership stay for now"),
        }
    }
}

/// All operations, through whichever API.
pub fn operations() -> Vec<Operation> {
    soap::operations().chain(cams::operations()).chain(pims::operations()).collect()
}

/// Ends when the process is asked to end. From then on, Ctrl-C ends the process.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        actix_web::rt::spawn(async move {
            interrupt.recv().await;
            std::process::exit(INTERRUPTED);
        });
    })
}

/// Ends when the process is asked to end. From then on, Ctrl-C ends the process.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        drop(tokio::signal::ctrl_c().await);
        actix_web::rt::spawn(async {
            drop(tokio::signal::ctrl_c().await);
            std::process::exit(INTERRUPTED);
        });
    })
}

/// The status of a process that Ctrl-C has ended, as shells have it.
const INTERRUPTED: i32 = 130;
