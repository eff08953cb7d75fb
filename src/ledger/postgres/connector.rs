//! A new session with PostgreSQL.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rand::seq::SliceRandom;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode as Asking};
use tokio_postgres::tls::{MakeTlsConnect, NoTls, TlsConnect};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::parameters::{HostParameters, Parameters};
use super::passwords::{self, PasswordFile, Session};
use super::tls::SslMode;

/// Makes sessions, all in the same way.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Inner>);

struct Inner {
    /// With all hosts.
    config: Config,
    /// With one host each.
    hosts: Vec<Config>,
    in_any_order: bool,
    patience: Option<Duration>,
    mode: SslMode,
    tls: MakeRustlsConnect,
    warnings: AtomicU64,
}

type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// What moves a session's messages; nothing happens in it unless this runs.
#[must_use = "a session does nothing unless its driver runs"]
pub(crate) struct Driver(Connection<Socket, Stream>);

impl Driver {
    /// Runs until the session ends: its [`Client`] is dropped, or the error tells why. Shows what the server says
    /// unasked, notices and notifications.
    ///
    /// # Errors
    /// Why the session ended.
    pub(crate) async fn run(mut self, mut on_message: impl FnMut(AsyncMessage)) -> Result<(), Error> {
        while let Some(message) = poll_fn(|context| self.0.poll_message(context)).await {
            on_message(message?);
        }
        Ok(())
    }
}

impl Connector {
    /// Reads the files of TLS, and finds the passwords.
    pub(super) fn new(parameters: &Parameters) -> Result<Self, String> {
        let tls = MakeRustlsConnect::new(parameters.tls.client_config()?);
        let mut base = parameters.config.clone();
        if let Some(password) = passwords::from_environment().filter(|_| base.get_password().is_none()) {
            base.password(password);
        }
        let file = PasswordFile::open(parameters.passfile.as_deref());
        let mut config = base.clone();
        for host in &parameters.hosts {
            add_host(&mut config, host);
        }
        Ok(Self(Arc::new(Inner {
            config,
            hosts: parameters.hosts.iter().map(|host| host_config(&base, host, &file)).collect(),
            in_any_order: parameters.in_any_order,
            patience: parameters.patience,
            mode: parameters.tls.mode,
            tls,
            warnings: AtomicU64::new(0),
        })))
    }

    /// What sessions are like, without TLS.
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// How often servers have warned of something on [watched](Self::watch) sessions, such as of a commit that their standby may not
    /// have.
    pub(crate) fn warnings(&self) -> u64 {
        self.0.warnings.load(Ordering::Relaxed)
    }

    /// Runs a session's driver in the background, and counts what the server warns of. Why the session ended is told by whatever
    /// was asked of it.
    pub(crate) fn watch(&self, driver: Driver) -> JoinHandle<()> {
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move {
            let run = driver.run(|message| {
                if let AsyncMessage::Notice(notice) = message {
                    tracing::warn!(code = notice.code().code(), message = notice.message(), "the database warns");
                    inner.warnings.fetch_add(1, Ordering::Relaxed);
                }
            });
            if let Err(error) = run.await {
                tracing::debug!(?error, "a session with PostgreSQL ended");
            }
        })
    }

    /// A new session, with the first host that gives one. Its driver is to be spawned.
    ///
    /// # Errors
    /// What a server answered, if one did; else what the last one failed with.
    pub(crate) async fn connect(&self) -> Result<(Client, Driver), Error> {
        let mut order: Vec<&Config> = self.0.hosts.iter().collect();
        if self.0.in_any_order {
            order.shuffle(&mut rand::rng());
        }
        let mut failure = None;
        for host in order {
            for config in self.addresses(host).await {
                match self.connect_with_mode(&config).await {
                    Ok(session) => return Ok(session),
                    Err(error) => {
                        tracing::debug!(host = ?config.get_hosts(), ?error, "no session with this host of PostgreSQL");
                        failure = failure.filter(|earlier: &Error| earlier.as_db_error().is_some()).or(Some(error));
                    }
                }
            }
        }
        Err(match failure {
            Some(failure) => failure,
            None => failed(io::ErrorKind::NotFound, "no host of PostgreSQL is known").await,
        })
    }

    /// A name may stand for several addresses. The time limit is for each, as with libpq.
    async fn addresses(&self, host: &Config) -> Vec<Config> {
        let ([Host::Tcp(name)], [], [port]) = (host.get_hosts(), host.get_hostaddrs(), host.get_ports()) else {
            return vec![host.clone()];
        };
        let found = within(self.0.patience, tokio::net::lookup_host((name.as_str(), *port))).await;
        let mut configs: Vec<_> = found
            .into_iter()
            .flat_map(|found| found.into_iter().flatten())
            .map(|address| {
                let mut config = host.clone();
                config.hostaddr(address.ip());
                config
            })
            .collect();
        if self.0.in_any_order {
            configs.shuffle(&mut rand::rng());
        }
        if configs.is_empty() {
            // tokio-postgres will fail to find it as well, and say so.
            configs.push(host.clone());
        }
        configs
    }

    async fn connect_with_mode(&self, config: &Config) -> Result<(Client, Driver), Error> {
        // There is no TLS over a Unix socket; libpq ignores the mode there.
        let is_local = matches!(config.get_hosts(), [Host::Unix(_)]);
        match self.0.mode {
            _ if is_local => self.connect_asking(config, Asking::Disable).await.0,
            SslMode::Disable => self.connect_asking(config, Asking::Disable).await.0,
            SslMode::Allow => match self.connect_asking(config, Asking::Disable).await {
                (Err(error), _) if is_unauthorized(&error) => {
                    match self.connect_asking(config, Asking::Require).await {
                        // The server has no TLS: the first refusal is the one that counts.
                        (Err(_), Handshake::None) => Err(error),
                        (session, _) => session,
                    }
                }
                (session, _) => session,
            },
            SslMode::Prefer => match self.connect_asking(config, Asking::Prefer).await {
                (Err(error), handshake) if handshake.may_be_the_reason(&error) => {
                    tracing::warn!(?error, "no session with TLS to PostgreSQL; trying without, as sslmode=prefer says");
                    self.connect_asking(config, Asking::Disable).await.0.map_err(|_| error)
                }
                (session, _) => session,
            },
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                self.connect_asking(config, Asking::Require).await.0
            }
        }
    }

    async fn connect_asking(&self, config: &Config, asking: Asking) -> (Result<(Client, Driver), Error>, Handshake) {
        let mut config = config.clone();
        config.ssl_mode(asking);
        let tls = Watched { inner: self.0.tls.clone(), seen: Arc::default() };
        let seen = Arc::clone(&tls.seen);
        let session = match within(self.0.patience, config.connect(tls)).await {
            Some(session) => session.map(|(client, connection)| (client, Driver(connection))),
            // The server took the connection, and then said nothing.
            None => Err(failed(io::ErrorKind::TimedOut, "no session within connect_timeout").await),
        };
        (session, seen.handshake())
    }
}

/// The same for a pool.
impl deadpool_postgres::Connect for Connector {
    fn connect(
        &self,
        _config: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + '_>> {
        Box::pin(async move {
            let (client, driver) = Self::connect(self).await?;
            Ok((client, self.watch(driver)))
        })
    }
}

fn add_host(config: &mut Config, host: &HostParameters) {
    config.host(&host.host).port(host.port);
    if let Some(address) = host.address {
        config.hostaddr(address);
    }
}

/// A password file has one password for each host.
fn host_config(base: &Config, host: &HostParameters, file: &PasswordFile) -> Config {
    let mut config = base.clone();
    add_host(&mut config, host);
    if let (None, Some(user)) = (base.get_password(), base.get_user()) {
        // Sockets in their usual folder go by this name, says the documentation.
        let is_usual_socket = ["/run/postgresql", "/var/run/postgresql", "/tmp"].contains(&host.host.as_str());
        let name = if is_usual_socket { "localhost" } else { &host.host };
        let database = base.get_dbname().unwrap_or(user);
        if let Some(password) = file.find(Session { host: name, port: host.port, database, user }) {
            config.password(password);
        }
    }
    config
}

/// Whether the server refused who asks, or how: class 28, invalid authorization. Its rules for that may depend on TLS.
fn is_unauthorized(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("28"))
}

async fn within<T>(patience: Option<Duration>, work: impl Future<Output = T>) -> Option<T> {
    match patience {
        Some(patience) => tokio::time::timeout(patience, work).await.ok(),
        None => Some(work.await),
    }
}

/// How far TLS came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handshake {
    None,
    Begun,
    Failed,
}

impl Handshake {
    /// Whether a session without TLS might do better.
    fn may_be_the_reason(self, error: &Error) -> bool {
        self == Self::Failed || self == Self::Begun && is_unauthorized(error)
    }
}

/// rustls, and a note of how far it came: an [`Error`] doesn't tell a broken handshake from a broken connection.
struct Watched {
    inner: MakeRustlsConnect,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    begun: AtomicBool,
    failed: AtomicBool,
}

impl Seen {
    fn handshake(&self) -> Handshake {
        match (self.begun.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed)) {
            (_, true) => Handshake::Failed,
            (true, false) => Handshake::Begun,
            (false, false) => Handshake::None,
        }
    }
}

type Rustls = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;

impl MakeTlsConnect<Socket> for Watched {
    type Stream = Stream;
    type TlsConnect = WatchedConnect;
    type Error = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<WatchedConnect, Self::Error> {
        let inner = MakeTlsConnect::<Socket>::make_tls_connect(&mut self.inner, host)?;
        Ok(WatchedConnect { inner, seen: Arc::clone(&self.seen) })
    }
}

struct WatchedConnect {
    inner: Rustls,
    seen: Arc<Seen>,
}

impl TlsConnect<Socket> for WatchedConnect {
    type Stream = Stream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        let Self { inner, seen } = self;
        Box::pin(async move {
            seen.begun.store(true, Ordering::Relaxed);
            let stream = inner.connect(socket).await;
            seen.failed.store(stream.is_err(), Ordering::Relaxed);
            stream
        })
    }
}

/// An error of ours in the type of all others here. Only tokio-postgres can make one, so it is given a connection that
/// fails so.
async fn failed(kind: io::ErrorKind, reason: &'static str) -> Error {
    let broken = Broken(kind, reason);
    match Config::new().user("nobody").ssl_mode(Asking::Disable).connect_raw(broken, NoTls).await {
        Err(error) => error,
        Ok(_) => unreachable!("a connection that fails can't have a session"),
    }
}

/// A connection on which nothing works.
struct Broken(io::ErrorKind, &'static str);

impl Broken {
    fn fail<T>(&self) -> Poll<io::Result<T>> {
        Poll::Ready(Err(io::Error::new(self.0, self.1)))
    }
}

impl AsyncRead for Broken {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.fail()
    }
}

impl AsyncWrite for Broken {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        self.fail()
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.fail()
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.fail()
    }
}

#[cfg(test)]
mod tests;
