//! The hall where the doors are hung: opens the ledger, binds the port, runs until it is stopped.

mod admission;
mod connection;
mod http;
mod patience;
mod turn;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::web::Data;
use thiserror::Error;

pub use self::patience::Patience;

use crate::clock::Clock;
use crate::domain::phone_number;
use crate::ledger::seed::{self, SeedError};
use crate::ledger::{self, Ledger, LedgerError, OpenError, Seed};
use crate::operations::Platform;
use crate::settings::Settings;
use crate::soap::{self, Contract, Endpoint};

/// Why the service doesn't start.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("--seed {}: {reason}", path.display())]
    SeedFile { path: PathBuf, reason: std::io::Error },
    #[error("--seed {file}: {error}")]
    Seed { file: String, error: SeedError },
    #[error("--ledger: {0}")]
    Open(#[from] OpenError),
    #[error("--ledger: the seed can't be stored: {0}")]
    Ledger(#[from] LedgerError),
    #[error("--listen {address}: {reason}")]
    Listen { address: SocketAddr, reason: std::io::Error },
}

/// A service that is ready to run. Its port is bound, so callers are not refused any more.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    patience: Patience,
    endpoint: Data<Endpoint>,
}

impl Server {
    /// Opens the ledger, seeds it if it is empty, and binds the port.
    ///
    /// # Errors
    /// [`StartError`] names the setting that is wrong.
    pub async fn build(settings: &Settings) -> Result<Self, StartError> {
        check_seed_file(settings)?;
        let ledger = ledger::open(&settings.ledger)?;
        if ledger.directory().programs().is_empty() {
            ledger.apply_seed(read_seed(settings)?).await?;
        }
        Self::with_ledger(settings, ledger)
    }

    /// As [`build`](Self::build), with a ledger that is open already.
    ///
    /// # Errors
    /// [`StartError::Listen`].
    pub fn with_ledger(settings: &Settings, ledger: Arc<dyn Ledger>) -> Result<Self, StartError> {
        let failed = |reason| StartError::Listen { address: settings.listen, reason };
        let listener = TcpListener::bind(settings.listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let endpoint = Data::new(Endpoint {
            platform: Platform { ledger, clock: Clock::system() },
            contract: Contract::new(&settings.namespace),
            site: settings.site(address),
        });
        Ok(Self { listener, address, patience: Patience::default(), endpoint })
    }

    /// Waits for its clients as long as told, rather than as long as it usually does.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Where the service listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A call to paste into a shell, if the ledger has a token, a member and a type for one.
    pub async fn sample_call(&self) -> Option<String> {
        let directory = self.endpoint.platform.ledger.directory();
        let program = directory.programs().first()?;
        let is_usable = |(_, permissions): &(&str, &crate::domain::Permissions)| {
            permissions.check_usable(|| self.endpoint.platform.clock.now()).is_ok()
                && permissions.check_method("SaveAccountPhone").is_ok()
        };
        let (token, _) = directory.tokens_of(program).filter(is_usable).min_by_key(|(token, _)| *token)?;
        let phone_number_type = program.phone_number_types.keys().min()?;
        let member = self.endpoint.platform.ledger.any_member(program.id).await.ok()??;
        let namespace = self.endpoint.contract.target_namespace();
        let action = soap::action(namespace, "SaveAccountPhone");
        Some(format!(
            "curl http://{}{} -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: \"{action}\"' -d '\
             <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
             <SaveAccountPhone xmlns=\"{namespace}\"><preqSaveAccountPhone>\
             <SecurityToken>{token}</SecurityToken><MemberId>{member}</MemberId>\
             <PhoneNumberTypeExternalReference>{phone_number_type}</PhoneNumberTypeExternalReference>\
             <PhoneNumber>+1 (519) 555-0123</PhoneNumber><MobileCarrierExternalReference/><IsValid>1</IsValid>\
             </preqSaveAccountPhone></SaveAccountPhone></soap:Body></soap:Envelope>'",
            self.address,
            soap::PATH,
        ))
    }

    /// Serves until SIGTERM or Ctrl-C; see [`run_until`](Self::run_until).
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
        let server = http::serve(self.listener, self.patience, self.endpoint.clone())?;
        let handle = server.handle();
        phone_number::warm_up();
        let running = actix_web::rt::spawn(server);
        actix_web::rt::spawn(async move {
            stop.await;
            handle.stop(true).await;
        });
        ready();
        running.await.map_err(std::io::Error::other)??;
        self.endpoint.platform.ledger.close().await;
        Ok(())
    }
}

/// A seed that can't be read stops the start even if the ledger doesn't need it.
fn check_seed_file(settings: &Settings) -> Result<(), StartError> {
    let Some(path) = &settings.seed else { return Ok(()) };
    std::fs::File::open(path).map(drop).map_err(|reason| StartError::SeedFile { path: path.clone(), reason })
}

fn read_seed(settings: &Settings) -> Result<Seed, StartError> {
    let Some(path) = &settings.seed else {
        return Seed::parse(seed::DEFAULT).map_err(|error| StartError::Seed { file: "(compiled in)".into(), error });
    };
    let json = std::fs::read_to_string(path).map_err(|reason| StartError::SeedFile { path: path.clone(), reason })?;
    Seed::parse(&json).map_err(|error| StartError::Seed { file: path.display().to_string(), error })
}

/// Ends when the process is asked to end.
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
    })
}

/// Ends when the process is asked to end.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
