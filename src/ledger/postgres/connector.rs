//! A new session with PostgreSQL.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use rand::seq::SliceRandom;
use tokio::io::{AsyncRead, ReadBuf, join, sink};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, LoadBalanceHosts, SslMode};
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::parameters::Parameters;
use super::passwords::{self, PasswordFile, Session};

/// Makes sessions, all in the same way.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Inner>);

struct Inner {
    /// With one host each.
    hosts: Vec<Config>,
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
        let file = PasswordFile::open(parameters.passfile.as_deref());
        let mut hosts = parameters.hosts.clone();
        for host in &mut hosts {
            if let (None, Some(password)) = (host.get_password(), find_password(host, &file)) {
                host.password(password);
            }
        }
        Ok(Self(Arc::new(Inner { hosts, tls, warnings: AtomicU64::new(0) })))
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
        if order.first().is_some_and(|host| is_in_any_order(host)) {
            order.shuffle(&mut rand::rng());
        }
        let mut failure = None;
        for host in order {
            for config in addresses(host).await {
                // The server may take the connection, and then say nothing.
                let failed = match within(&config, config.connect(self.0.tls.clone())).await {
                    Some(Ok((client, connection))) => return Ok((client, Driver(connection))),
                    Some(Err(error)) => error,
                    None => timed_out().await,
                };
                tracing::debug!(host = ?config.get_hosts(), error = ?failed, "no session with this host of PostgreSQL");
                failure = failure.filter(|earlier: &Error| earlier.as_db_error().is_some()).or(Some(failed));
            }
        }
        Err(match failure {
            Some(failure) => failure,
            None => timed_out().await,
        })
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

/// `PGPASSWORD`, or what the password file has for this host.
fn find_password(config: &Config, file: &PasswordFile) -> Option<String> {
    let in_file = || {
        let (host, port, user) = (config.get_hosts().first()?, *config.get_ports().first()?, config.get_user()?);
        let host = match host {
            Host::Tcp(name) => name,
            // Sockets in their usual folder go by this name, says the documentation.
            #[cfg(unix)]
            Host::Unix(folder) => match folder.to_str()? {
                "/run/postgresql" | "/var/run/postgresql" | "/tmp" => "localhost",
                folder => folder,
            },
        };
        file.find(Session { host, port, database: config.get_dbname().unwrap_or(user), user })
    };
    passwords::from_environment().or_else(in_file)
}

fn is_in_any_order(config: &Config) -> bool {
    config.get_load_balance_hosts() == LoadBalanceHosts::Random
}

/// A name may stand for several addresses. The time limit is for each, as with libpq; tokio-postgres has one until the
/// connection is there, but none for the session.
async fn addresses(host: &Config) -> Vec<Config> {
    let ([Host::Tcp(name)], [], [port]) = (host.get_hosts(), host.get_hostaddrs(), host.get_ports()) else {
        return vec![host.clone()];
    };
    let found = within(host, tokio::net::lookup_host((name.as_str(), *port))).await;
    let with_address = |address: std::net::SocketAddr| {
        let mut config = host.clone();
        config.hostaddr(address.ip());
        config
    };
    let mut configs: Vec<_> = found.into_iter().flatten().flatten().map(with_address).collect();
    if is_in_any_order(host) {
        configs.shuffle(&mut rand::rng());
    }
    if configs.is_empty() {
        // tokio-postgres will fail to find it as well, and say so.
        configs.push(host.clone());
    }
    configs
}

/// `None` if it takes longer than `connect_timeout`.
async fn within<T>(config: &Config, work: impl Future<Output = T>) -> Option<T> {
    match config.get_connect_timeout() {
        Some(limit) => tokio::time::timeout(*limit, work).await.ok(),
        None => Some(work.await),
    }
}

/// An error of ours in the type of all others here. Only tokio-postgres can make one, so it is given a connection that
/// fails so.
async fn timed_out() -> Error {
    let connection = join(TimedOut, sink());
    match Config::new().user("nobody").ssl_mode(SslMode::Disable).connect_raw(connection, NoTls).await {
        Err(error) => error,
        Ok(_) => unreachable!("a connection that fails can't have a session"),
    }
}

struct TimedOut;

impl AsyncRead for TimedOut {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "no session within connect_timeout")))
    }
}

#[cfg(test)]
mod tests;
