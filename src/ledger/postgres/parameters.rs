//! What a connection URI may say, and what holds where it doesn't.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::tls::TlsParameters;

/// All keys; names and meanings are libpq's (PostgreSQL's documentation, 34.1.2).
const KNOWN: &str = "application_name, channel_binding, connect_timeout, dbname, host, hostaddr, keepalives, \
                     keepalives_count, keepalives_idle, keepalives_interval, load_balance_hosts, options, passfile, \
                     password, port, sslcert, sslkey, sslmode, sslrootcert, target_session_attrs, tcp_user_timeout, user";

/// A node works against one primary for months: it has to notice a server that is gone without a word, in an idle session
/// as well (after 4 s, three times 2 s).
const DEFAULTS: [(&str, &str); 4] = [
    ("application_name", "sync-asmx"),
    ("connect_timeout", "5"),
    ("keepalives_idle", "4"),
    ("keepalives_interval", "2"),
];

/// Keys and values, decoded.
pub type Values = BTreeMap<String, String>;

/// A connection URI, understood.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameters {
    /// One for each host: a password file has a password for each, and each has its own time limit.
    pub hosts: Vec<Config>,
    pub tls: TlsParameters,
    /// Where passwords are, if not in the usual place.
    pub passfile: Option<PathBuf>,
}

impl Parameters {
    /// `hosts` is `HOST:PORT,…`, still encoded. tokio-postgres reads what is left when the keys are taken out that it
    /// doesn't know, or reads otherwise than libpq.
    ///
    /// # Errors
    /// The key, and what would be right. Values are never quoted, as one of them may be a password in the wrong place.
    pub fn read(hosts: &str, mut values: Values) -> Result<Self, String> {
        if let Some(key) = values.keys().find(|key| !KNOWN.split(", ").any(|known| known == *key)) {
            return Err(format!("there is no parameter {key}; known are {KNOWN}"));
        }
        if !hosts.is_empty() && (values.contains_key("host") || values.contains_key("port")) {
            return Err("host and port: expected them in front of the / or as parameters, not both".into());
        }
        let roots = values.remove("sslrootcert").map(PathBuf::from);
        let (mode, is_verified) = ssl_mode(values.remove("sslmode").as_deref(), roots.is_some())?;
        let mut file = |key| values.remove(key).map(PathBuf::from);
        let tls = TlsParameters { mode, is_verified, roots, certificate: file("sslcert"), key: file("sslkey") };
        let passfile = file("passfile");
        let session = session_attributes(values.remove("target_session_attrs").as_deref())?;
        // libpq's are milliseconds; tokio-postgres takes seconds.
        let unacknowledged = number(&mut values, "tcp_user_timeout", 10_000)?;
        let probes = number(&mut values, "keepalives_count", 3)?;
        for (key, value) in DEFAULTS {
            values.entry(key.into()).or_insert(value.into());
        }
        if let (true, false, Some(addresses)) = (hosts.is_empty(), values.contains_key("host"), values.get("hostaddr"))
        {
            values.insert("host".into(), addresses.clone());
        }
        let named = read_rest(hosts, &values)?;
        values.retain(|key, _| !["host", "hostaddr", "port"].contains(&key.as_str()));
        let mut base = read_rest("", &values)?;
        base.ssl_mode(mode).target_session_attrs(session);
        if unacknowledged > 0 {
            base.tcp_user_timeout(Duration::from_millis(unacknowledged.into()));
        }
        if probes > 0 {
            base.keepalives_retries(probes);
        }
        Ok(Self { hosts: one_host_each(&base, &named)?, tls, passfile })
    }
}

/// How tokio-postgres asks for TLS, and whether the server has to prove who it is.
fn ssl_mode(word: Option<&str>, has_roots: bool) -> Result<(SslMode, bool), String> {
    let (mode, is_verified) = match word {
        None if has_roots => (SslMode::Require, true),
        Some("disable") => (SslMode::Disable, false),
        None | Some("prefer") => (SslMode::Prefer, false),
        Some("require") => (SslMode::Require, false),
        Some("verify-full") => (SslMode::Require, true),
        Some("allow") => return Err("sslmode: allow isn't supported; use prefer, or disable".into()),
        Some("verify-ca") => {
            return Err(
                "sslmode: verify-ca isn't supported; use verify-full, which checks the server's name as well".into()
            );
        }
        Some(_) => return Err("sslmode: expected disable, prefer, require or verify-full".into()),
    };
    if has_roots && !is_verified {
        return Err("sslmode: only verify-full goes with sslrootcert".into());
    }
    Ok((mode, is_verified))
}

/// A session that can't write is of no use, unless somebody says otherwise.
fn session_attributes(word: Option<&str>) -> Result<TargetSessionAttrs, String> {
    match word {
        None | Some("read-write" | "primary") => Ok(TargetSessionAttrs::ReadWrite),
        Some("any") => Ok(TargetSessionAttrs::Any),
        Some(_) => Err("target_session_attrs: expected read-write, primary or any".into()),
    }
}

/// Takes a number out. A negative one counts as 0, as with libpq, and 0 is what the system has.
fn number(values: &mut Values, key: &str, default: u32) -> Result<u32, String> {
    let Some(value) = values.remove(key) else { return Ok(default) };
    let number: i32 = value.parse().map_err(|_| format!("{key}: expected a whole number"))?;
    Ok(u32::try_from(number).unwrap_or(0))
}

/// What tokio-postgres understands. Of what it doesn't, its error names the key only.
fn read_rest(hosts: &str, values: &Values) -> Result<Config, String> {
    let mut url = format!("postgres://{hosts}/?");
    for (key, value) in values {
        // In a parameter, tokio-postgres takes several hosts for the name of one.
        for value in value.split(|c| c == ',' && key == "host") {
            _ = write!(url, "{key}={}&", utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
    }
    url.parse().map_err(|error: tokio_postgres::Error| match error.source() {
        Some(reason) => reason.to_string(),
        None => error.to_string(),
    })
}

fn one_host_each(base: &Config, named: &Config) -> Result<Vec<Config>, String> {
    let (hosts, addresses, ports) = (named.get_hosts(), named.get_hostaddrs(), named.get_ports());
    let refusals = [
        (hosts.is_empty(), "it names no host; expected postgres://USER@HOST/DATABASE"),
        (hosts.contains(&Host::Tcp(String::new())), "host: one of them has no name"),
        (![0, hosts.len()].contains(&addresses.len()), "hostaddr: expected as many as there are hosts"),
        (![0, 1, hosts.len()].contains(&ports.len()), "port: expected one, or as many as there are hosts"),
        (ports.contains(&0), "port: expected a number from 1 to 65535"),
    ];
    if let Some((_, reason)) = refusals.iter().find(|(is_wrong, _)| *is_wrong) {
        return Err((*reason).into());
    }
    let one = |(at, host): (usize, &Host)| {
        let mut config = base.clone();
        match host {
            Host::Tcp(name) => config.host(name),
            // There is no TLS over a Unix socket; libpq ignores the mode there.
            #[cfg(unix)]
            Host::Unix(folder) => config.host_path(folder).ssl_mode(SslMode::Disable),
        };
        if let Some(address) = addresses.get(at) {
            config.hostaddr(*address);
        }
        config.port(ports.get(at).or(ports.first()).copied().unwrap_or(5432));
        config
    };
    Ok(hosts.iter().enumerate().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn read(values: Pairs<'_>) -> Result<Parameters, String> {
        let values = [("host", "db")].iter().chain(values);
        Parameters::read("", values.map(|(key, value)| ((*key).into(), (*value).into())).collect())
    }

    #[test]
    fn what_a_durable_service_wants_holds_unless_told_otherwise() {
        let parameters = read(&[]).expect("defaults");
        let config = &parameters.hosts[0];
        assert_eq!(config.get_application_name(), Some("sync-asmx"));
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(5)));
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(10)));
        let (idle, interval) = (config.get_keepalives_idle(), config.get_keepalives_interval());
        assert_eq!((idle, interval), (Duration::from_secs(4), Some(Duration::from_secs(2))));
        assert_eq!(config.get_keepalives_retries(), Some(3));
        assert_eq!(config.get_ssl_mode(), SslMode::Prefer);

        let values = [
            ("connect_timeout", "0"),
            ("tcp_user_timeout", "1500"),
            ("application_name", "a@b&c=d%"),
            ("target_session_attrs", "primary"),
            ("keepalives_count", "0"),
        ];
        let parameters = read(&values).expect("other values");
        let config = &parameters.hosts[0];
        assert_eq!(config.get_connect_timeout(), None);
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_millis(1500)));
        assert_eq!(config.get_application_name(), Some("a@b&c=d%"));
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        assert_eq!(config.get_keepalives_retries(), None);
    }

    #[test]
    fn hosts_have_their_ports() {
        let tcp = |name: &str| Host::Tcp(name.into());
        let rows: [(Pairs<'_>, &[(Host, u16)]); 6] = [
            (&[], &[(tcp("db"), 5432)]),
            (&[("port", "1")], &[(tcp("db"), 1)]),
            (&[("host", "a,b"), ("port", "1")], &[(tcp("a"), 1), (tcp("b"), 1)]),
            (&[("host", "a,b"), ("port", "1,")], &[(tcp("a"), 1), (tcp("b"), 5432)]),
            (&[("host", "/run/postgresql")], &[(Host::Unix("/run/postgresql".into()), 5432)]),
            (&[("host", "::1"), ("hostaddr", "127.0.0.1")], &[(tcp("::1"), 5432)]),
        ];
        for (values, expected) in rows {
            let hosts = read(values).expect("hosts").hosts;
            let hosts: Vec<_> = hosts.iter().map(|host| (host.get_hosts()[0].clone(), host.get_ports()[0])).collect();
            assert_eq!(hosts, expected);
        }
    }

    #[test]
    fn roots_are_for_verify_full() {
        let goes = "sslmode: only verify-full goes with sslrootcert";
        let rows: [(Pairs<'_>, _); 8] = [
            (&[], Ok((SslMode::Prefer, false))),
            (&[("sslmode", "disable")], Ok((SslMode::Disable, false))),
            (&[("sslmode", "require")], Ok((SslMode::Require, false))),
            (&[("sslmode", "verify-full")], Ok((SslMode::Require, true))),
            (&[("sslrootcert", "ca.pem")], Ok((SslMode::Require, true))),
            (&[("sslrootcert", "system")], Ok((SslMode::Require, true))),
            (&[("sslrootcert", "ca.pem"), ("sslmode", "prefer")], Err(goes)),
            (&[("sslrootcert", "system"), ("sslmode", "require")], Err(goes)),
        ];
        for (values, expected) in rows {
            let tls = read(values).map(|parameters| (parameters.hosts[0].get_ssl_mode(), parameters.tls.is_verified));
            assert_eq!(tls, expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn what_isnt_supported_is_refused_with_what_to_use_instead() {
        for (mode, instead) in [("allow", "use prefer"), ("verify-ca", "use verify-full")] {
            let refused = read(&[("sslmode", mode)]).err().expect(mode);
            assert!(refused.contains(mode) && refused.contains(instead), "{refused}");
        }
    }

    #[test]
    fn a_wrong_value_is_refused_with_its_key() {
        let rows: [Pairs<'_>; 12] = [
            &[("sslmode", "hush")],
            &[("port", "0")],
            &[("port", "hush")],
            &[("port", "1,2")],
            &[("host", "a,")],
            &[("hostaddr", "hush")],
            &[("hostaddr", "127.0.0.1,127.0.0.2")],
            &[("connect_timeout", "hush")],
            &[("keepalives_count", "hush")],
            &[("target_session_attrs", "read-only")],
            &[("channel_binding", "hush")],
            &[("load_balance_hosts", "hush")],
        ];
        for values in rows {
            let key = values[0].0;
            let refused = read(values).err().expect(key);
            assert!(refused.contains(key) && !refused.contains("hush"), "{refused}");
        }
    }
}
