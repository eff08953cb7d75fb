//! What a connection URI may say, and what holds where it doesn't.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, TargetSessionAttrs};

use super::tls::{Roots, SslMode, TlsFiles};

/// All keys; names and meanings are libpq's (PostgreSQL's documentation, 34.1.2).
const KNOWN: [&str; 22] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "passfile",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// A connection URI, understood.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Everything but the hosts.
    pub config: Config,
    pub hosts: Vec<HostParameters>,
    /// How long one address may take until its session is there; `None` is for ever.
    pub patience: Option<Duration>,
    /// Whether hosts are tried in any order instead of the given one.
    pub in_any_order: bool,
    pub tls: TlsFiles,
    /// Where passwords are, if not in the usual place.
    pub passfile: Option<PathBuf>,
}

/// One server of several.
#[derive(Clone, PartialEq, Eq)]
pub struct HostParameters {
    /// A name, an address, or the folder of a Unix socket.
    pub host: String,
    /// Where it is, if the name isn't to be looked up.
    pub address: Option<IpAddr>,
    pub port: u16,
}

impl Parameters {
    /// Keys and values in their order, each last one of a key being the one that counts.
    ///
    /// # Errors
    /// The key, and what would be right. Values are never quoted, as one of them may be a password in the wrong place.
    pub fn read(values: &[(String, String)]) -> Result<Self, String> {
        if let Some((key, _)) = values.iter().find(|(key, _)| !KNOWN.contains(&key.as_str())) {
            return Err(format!("there is no parameter {key}; known are {}", KNOWN.join(", ")));
        }
        let values = Values(values);
        let patience = values.seconds("connect_timeout", Some(Duration::from_secs(5)))?;
        Ok(Self {
            config: config(&values, patience)?,
            hosts: hosts(&values)?,
            patience,
            in_any_order: values.word("load_balance_hosts", &[("disable", false), ("random", true)], false)?,
            tls: tls(&values)?,
            passfile: values.get("passfile").map(PathBuf::from),
        })
    }
}

/// A node works against one primary for months: a server that is gone without a word has to be noticed, by an idle
/// session as well (after 4 s, three times 2 s), and a session that can't write is of no use.
fn config(values: &Values<'_>, patience: Option<Duration>) -> Result<Config, String> {
    let mut config = Config::new();
    config
        .application_name(values.get("application_name").unwrap_or("sync-asmx"))
        .keepalives(values.number("keepalives", 1)? != 0)
        .keepalives_retries(u32::try_from(values.number("keepalives_count", 3)?).unwrap_or(u32::MAX))
        .target_session_attrs(values.word(
            "target_session_attrs",
            &[
                ("read-write", TargetSessionAttrs::ReadWrite),
                ("primary", TargetSessionAttrs::ReadWrite),
                ("any", TargetSessionAttrs::Any),
            ],
            TargetSessionAttrs::ReadWrite,
        )?)
        .channel_binding(values.word(
            "channel_binding",
            &[
                ("disable", ChannelBinding::Disable),
                ("prefer", ChannelBinding::Prefer),
                ("require", ChannelBinding::Require),
            ],
            ChannelBinding::Prefer,
        )?);
    if let Some(idle) = values.seconds("keepalives_idle", Some(Duration::from_secs(4)))? {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = values.seconds("keepalives_interval", Some(Duration::from_secs(2)))? {
        config.keepalives_interval(interval);
    }
    if let Some(timeout) = patience {
        config.connect_timeout(timeout);
    }
    // libpq's are milliseconds; tokio-postgres would take seconds.
    let unacknowledged = values.number("tcp_user_timeout", 10_000)?;
    if unacknowledged > 0 {
        config.tcp_user_timeout(Duration::from_millis(unacknowledged));
    }
    if let Some(user) = values.get("user") {
        config.user(user);
    }
    if let Some(password) = values.get("password") {
        config.password(password);
    }
    if let Some(database) = values.get("dbname") {
        config.dbname(database);
    }
    if let Some(options) = values.get("options") {
        config.options(options);
    }
    Ok(config)
}

fn hosts(values: &Values<'_>) -> Result<Vec<HostParameters>, String> {
    let addresses = values
        .list("hostaddr")
        .into_iter()
        .map(|address| address.parse().map_err(|_| "hostaddr: expected addresses such as 192.0.2.1".to_owned()))
        .collect::<Result<Vec<IpAddr>, _>>()?;
    let mut hosts = values.list("host");
    if hosts.is_empty() {
        hosts = values.list("hostaddr");
    }
    if hosts.is_empty() {
        return Err("it names no host; expected postgres://USER@HOST/DATABASE".into());
    }
    if !addresses.is_empty() && addresses.len() != hosts.len() {
        return Err("hostaddr: expected as many as there are hosts".into());
    }
    if hosts.contains(&"") {
        return Err("host: one of them has no name".into());
    }
    let ports = values
        .list("port")
        .into_iter()
        .map(|port| match port {
            "" => Ok(5432),
            port => port.parse().ok().filter(|port| *port > 0).ok_or("port: expected a number from 1 to 65535"),
        })
        .collect::<Result<Vec<u16>, _>>()?;
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err("port: expected one, or as many as there are hosts".into());
    }
    let port_of = |at: usize| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
    let host = |(at, host): (usize, &str)| HostParameters {
        host: host.to_owned(),
        address: addresses.get(at).copied(),
        port: port_of(at),
    };
    Ok(hosts.into_iter().enumerate().map(host).collect())
}

fn tls(values: &Values<'_>) -> Result<TlsFiles, String> {
    let roots = values.get("sslrootcert").map(|value| match value {
        "system" => Roots::System,
        file => Roots::File(file.into()),
    });
    // Anybody can have a certificate of the roots that everybody trusts; only the name in it says whose it is.
    let of_system = roots == Some(Roots::System);
    let default = if of_system { SslMode::VerifyFull } else { SslMode::Prefer };
    let mode = values.word("sslmode", &SslMode::WORDS, default)?;
    if of_system && mode != SslMode::VerifyFull {
        return Err("sslmode: sslrootcert=system goes with verify-full only".into());
    }
    let certificate = values.get("sslcert").map(PathBuf::from);
    Ok(TlsFiles { mode, roots, certificate, key: values.get("sslkey").map(PathBuf::from) })
}

struct Values<'a>(&'a [(String, String)]);

impl<'a> Values<'a> {
    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().rfind(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn list(&self, key: &str) -> Vec<&'a str> {
        self.get(key).map(|value| value.split(',').collect()).unwrap_or_default()
    }

    fn word<T: Copy>(&self, key: &str, words: &[(&str, T)], default: T) -> Result<T, String> {
        let Some(value) = self.get(key) else { return Ok(default) };
        words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            format!("{key}: expected {}", words.join(", "))
        })
    }

    /// A negative number counts as 0, as with libpq.
    fn number(&self, key: &str, default: u64) -> Result<u64, String> {
        let Some(value) = self.get(key) else { return Ok(default) };
        let number: i32 = value.parse().map_err(|_| format!("{key}: expected a whole number"))?;
        Ok(u64::try_from(number).unwrap_or(0))
    }

    /// 0 is no limit, or what the system has.
    fn seconds(&self, key: &str, default: Option<Duration>) -> Result<Option<Duration>, String> {
        match (self.get(key), self.number(key, 0)?) {
            (None, _) => Ok(default),
            (Some(_), 0) => Ok(None),
            (Some(_), seconds) => Ok(Some(Duration::from_secs(seconds))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn read(values: Pairs<'_>) -> Result<Parameters, String> {
        let values: Vec<_> = [("host", "db")].iter().chain(values).map(|(k, v)| ((*k).into(), (*v).into())).collect();
        Parameters::read(&values)
    }

    #[test]
    fn what_a_durable_service_wants_holds_unless_told_otherwise() {
        let parameters = read(&[]).expect("defaults");
        let config = &parameters.config;
        assert_eq!(config.get_application_name(), Some("sync-asmx"));
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(5)));
        assert_eq!(parameters.patience, Some(Duration::from_secs(5)));
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(10)));
        let (idle, interval) = (config.get_keepalives_idle(), config.get_keepalives_interval());
        assert_eq!((idle, interval), (Duration::from_secs(4), Some(Duration::from_secs(2))));
        assert_eq!(config.get_keepalives_retries(), Some(3));
        assert_eq!(parameters.tls.mode, SslMode::Prefer);

        let parameters = read(&[("connect_timeout", "0"), ("tcp_user_timeout", "1500"), ("application_name", "other")])
            .expect("other values");
        assert_eq!(parameters.patience, None);
        assert_eq!(parameters.config.get_tcp_user_timeout(), Some(&Duration::from_millis(1500)));
        assert_eq!(parameters.config.get_application_name(), Some("other"));
    }

    #[test]
    fn hosts_have_their_ports() {
        let rows: [(Pairs<'_>, &[(&str, u16)]); 5] = [
            (&[], &[("db", 5432)]),
            (&[("port", "1")], &[("db", 1)]),
            (&[("host", "a,b"), ("port", "1")], &[("a", 1), ("b", 1)]),
            (&[("host", "a,b"), ("port", "1,")], &[("a", 1), ("b", 5432)]),
            (&[("host", "/run/postgresql")], &[("/run/postgresql", 5432)]),
        ];
        for (values, expected) in rows {
            let hosts = read(values).expect("hosts").hosts;
            let hosts: Vec<_> = hosts.iter().map(|host| (host.host.as_str(), host.port)).collect();
            assert_eq!(hosts, expected);
        }
    }

    #[test]
    fn tls_is_what_libpq_would_do() {
        let file = || Some(Roots::File("ca.pem".into()));
        let rows: [(Pairs<'_>, _); 4] = [
            (&[("sslmode", "verify-ca")], Ok((SslMode::VerifyCa, None))),
            (&[("sslrootcert", "ca.pem")], Ok((SslMode::Prefer, file()))),
            (&[("sslrootcert", "system")], Ok((SslMode::VerifyFull, Some(Roots::System)))),
            (
                &[("sslrootcert", "system"), ("sslmode", "require")],
                Err("sslmode: sslrootcert=system goes with verify-full only"),
            ),
        ];
        for (values, expected) in rows {
            let tls = read(values).map(|parameters| (parameters.tls.mode, parameters.tls.roots));
            assert_eq!(tls, expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn a_wrong_value_is_refused_with_its_key() {
        let rows: [Pairs<'_>; 11] = [
            &[("sslmode", "on")],
            &[("port", "0")],
            &[("port", "1,2")],
            &[("host", "a,")],
            &[("hostaddr", "localhost")],
            &[("hostaddr", "127.0.0.1,127.0.0.2")],
            &[("connect_timeout", "5s")],
            &[("keepalives_count", "")],
            &[("target_session_attrs", "read-only")],
            &[("channel_binding", "maybe")],
            &[("load_balance_hosts", "yes")],
        ];
        for values in rows {
            let key = values[0].0;
            let refused = read(values).err().expect(key);
            assert!(refused.starts_with(&format!("{key}: ")), "{refused}");
        }
    }
}
