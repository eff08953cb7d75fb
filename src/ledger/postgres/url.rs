//! Where a PostgreSQL database is, and how to reach it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::connector::Connector;
use super::parameters::{Parameters, Values};

/// A connection URI as libpq reads it (PostgreSQL's documentation, 34.1.1.2):
/// `postgres://USER:PASSWORD@HOST:PORT,…/DATABASE?KEY=VALUE&…`.
///
/// Shown with `***` for the password, and never quoted in what is wrong with it.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    shown: String,
    /// Boxed, as there is a place for a URL in many small types.
    parameters: Box<Parameters>,
}

impl PostgresUrl {
    /// Reads the files that it names, and looks for a password if it has none.
    ///
    /// # Errors
    /// What can't be read or used, and what to do about it.
    pub(crate) fn connector(&self) -> Result<Connector, String> {
        Connector::new(&self.parameters)
    }
}

impl FromStr for PostgresUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = Parts::split(text)?;
        let parameters = Parameters::read(parts.hosts, parts.values()?)?;
        Ok(Self { shown: parts.shown(), parameters: Box::new(parameters) })
    }
}

/// Without its password.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const EXPECTED: &str = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?KEY=VALUE";
/// Where one of them is meant literally, nobody can say where the password ends; what follows might be shown.
const AMBIGUOUS: &str = "write @ / ? # and & in a user, password or database as %40 %2F %3F %23 and %26";

/// A URI in chunks, still encoded.
struct Parts<'a> {
    scheme: &'a str,
    user: Option<&'a str>,
    password: Option<&'a str>,
    /// `HOST:PORT,…`
    hosts: &'a str,
    database: Option<&'a str>,
    query: Vec<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, String> {
        let (scheme, rest) =
            text.split_once("://").filter(|(scheme, _)| ["postgres", "postgresql"].contains(scheme)).ok_or(EXPECTED)?;
        let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = base.split_once('/').map_or((base, None), |(before, after)| (before, Some(after)));
        let (credentials, hosts) =
            authority.split_once('@').map_or((None, authority), |(before, after)| (Some(before), after));
        let has_credentials_elsewhere = credentials.is_none() && query.contains('@') && !base.contains('/');
        if hosts.contains('@')
            || database.is_some_and(|database| database.contains(['@', '/']))
            || has_credentials_elsewhere
        {
            return Err(AMBIGUOUS.into());
        }
        let (user, password) = match credentials.map(|credentials| credentials.split_once(':')) {
            Some(Some((user, password))) => (Some(user), Some(password)),
            Some(None) => (credentials, None),
            None => (None, None),
        };
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').ok_or_else(|| format!("a parameter has no value; {EXPECTED}")))
            .collect::<Result<_, _>>()?;
        Ok(Self { scheme, user, password, hosts, database, query })
    }

    /// Everything but the hosts, decoded. As with libpq, the last value of a key is the one that counts.
    fn values(&self) -> Result<Values, String> {
        let path = [("user", self.user), ("password", self.password), ("dbname", self.database)];
        let path = path.into_iter().filter_map(|(key, value)| Some((key, value?)));
        let mut values = Values::new();
        for (key, value) in path.chain(self.query.iter().copied()).filter(|(_, value)| !value.is_empty()) {
            let key = decode(key).map_err(|reason| format!("the name of a parameter: {reason}"))?;
            let value = decode(value).map_err(|reason| format!("{key}: {reason}"))?;
            values.insert(key, value);
        }
        Ok(values)
    }

    /// All of it but the password.
    fn shown(&self) -> String {
        let mut shown = format!("{}://", self.scheme);
        shown.push_str(self.user.unwrap_or_default());
        if self.password.is_some() {
            shown.push_str(":***");
        }
        if self.user.is_some() {
            shown.push('@');
        }
        shown.push_str(self.hosts);
        if let Some(database) = self.database {
            shown.push('/');
            shown.push_str(database);
        }
        for (at, (key, value)) in self.query.iter().enumerate() {
            let is_secret = decode(key).is_ok_and(|key| key == "password");
            shown.push(if at == 0 { '?' } else { '&' });
            shown.push_str(key);
            shown.push('=');
            shown.push_str(if is_secret { "***" } else { value });
        }
        shown
    }
}

/// `%2F` as `/`.
fn decode(text: &str) -> Result<String, &'static str> {
    let is_escape = |after: &str| after.get(..2).is_some_and(|digits| u8::from_str_radix(digits, 16).is_ok());
    if !text.split('%').skip(1).all(is_escape) {
        return Err("a % must be followed by two hexadecimal digits; % itself is %25");
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "not UTF-8")?;
    if decoded.contains('\0') { Err("%00 isn't possible") } else { Ok(Cow::into_owned(decoded)) }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::{Host, SslMode};

    use super::*;

    const SECRET: &str = "hush";

    #[test]
    fn a_url_is_shown_without_its_password() {
        let rows = [
            ("postgres://ada@db/ledger", "postgres://ada@db/ledger"),
            ("postgres://ada:hush@db/ledger", "postgres://ada:***@db/ledger"),
            (
                "postgresql://ada:hush@db:5433,[::1]:5434/ledger?sslmode=require",
                "postgresql://ada:***@db:5433,[::1]:5434/ledger?sslmode=require",
            ),
            (
                "postgres://ada@db/ledger?password=hush&sslmode=disable",
                "postgres://ada@db/ledger?password=***&sslmode=disable",
            ),
            ("postgres://ada@db/ledger?p%61ssword=hush", "postgres://ada@db/ledger?p%61ssword=***"),
            ("postgres://ada:@db", "postgres://ada:***@db"),
            ("postgres:///ledger?host=/run/postgresql", "postgres:///ledger?host=/run/postgresql"),
        ];
        for (text, shown) in rows {
            let url: PostgresUrl = text.parse().expect(text);
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), shown);
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let rows = [
            ("postgres:ada:hush@db", EXPECTED),
            ("mysql://ada:hush@db", EXPECTED),
            ("postgres://ada:hu@hush@db", AMBIGUOUS),
            ("postgres://ada:x/hush@db/ledger", AMBIGUOUS),
            ("postgres://ada:x?hush@db/ledger", AMBIGUOUS),
            ("postgres://ada:5432?hush=1@db/ledger", AMBIGUOUS),
            ("postgres://ada:hush%zz@db", "password: a % must be followed"),
            ("postgres://ada:hush%ff@db", "password: not UTF-8"),
            ("postgres://ada:hush%00@db", "password: %00"),
            ("postgres://ada:hush@/ledger", "it names no host"),
            ("postgres://ada:hush@/ledger?hostaddr=hush", "invalid value for option `hostaddr`"),
            ("postgres://ada:hush@,db/ledger", "host: one of them has no name"),
            ("postgres://ada:hush@db/ledger?host=hush", "host and port: "),
            ("postgres://ada:hush@db:hush/ledger", "invalid value for option `port`"),
            ("postgres://ada:hush@hush:%ff/ledger", "invalid utf-8 sequence"),
            ("postgres://ada:hush@[::1/ledger", "invalid value for option `host`"),
            ("postgres://ada:hush@[hush]5432/ledger", "invalid value for option `host`"),
            ("postgres://ada:hush@db?sslmode=hush", "sslmode: expected disable, prefer"),
            ("postgres://ada:hush@db?sslmode=verify-ca", "sslmode: verify-ca isn't supported; use verify-full"),
            ("postgres://ada:hush@db?connect_timeout=hush", "invalid value for option `connect_timeout`"),
            ("postgres://ada:hush@db?keepalives=hush", "invalid value for option `keepalives`"),
            ("postgres://ada:hush@db?nosuch=hush", "there is no parameter nosuch; known are application_name, "),
            ("postgres://ada:hush@db?sslmode", "a parameter has no value"),
        ];
        for (text, reason) in rows {
            let refused = text.parse::<PostgresUrl>().expect_err(text);
            assert!(refused.starts_with(reason), "{text}: {refused}");
            assert!(!refused.contains(SECRET), "{text}: {refused}");
        }
    }

    #[test]
    fn keys_and_values_are_those_of_libpq() {
        let url =
            "postgres://a%40b:p%3Aw%27%5C%20@h1:5433,h2,[::1]:5434/my%20db?options=a%40b&options=-c%20x%26y&dbname=";
        let url: PostgresUrl = url.parse().expect(url);
        let hosts = &url.parameters.hosts;
        for host in hosts {
            assert_eq!((host.get_user(), host.get_password()), (Some("a@b"), Some(r"p:w'\ ".as_bytes())));
            assert_eq!((host.get_dbname(), host.get_options()), (Some("my db"), Some("-c x&y")));
        }
        let hosts: Vec<_> = hosts.iter().map(|host| (host.get_hosts(), host.get_ports())).collect();
        let tcp = |name: &str| [Host::Tcp(name.into())];
        assert_eq!(hosts, [(&tcp("h1")[..], &[5433][..]), (&tcp("h2"), &[5432]), (&tcp("::1"), &[5434])]);
    }

    #[test]
    fn a_socket_stands_for_a_host_and_knows_no_tls() {
        for text in
            ["postgres://ada@%2Frun%2Fdb/ledger?sslmode=require", "postgres:///ledger?host=/run/db&sslmode=require"]
        {
            let url: PostgresUrl = text.parse().expect(text);
            let [host] = url.parameters.hosts.as_slice() else { unreachable!("{text} has one host") };
            assert_eq!(
                (host.get_hosts(), host.get_ssl_mode()),
                (&[Host::Unix("/run/db".into())][..], SslMode::Disable)
            );
        }
    }

    #[test]
    fn an_address_may_stand_alone() {
        let url: PostgresUrl = "postgres:///ledger?hostaddr=127.0.0.1&port=1".parse().expect("a URL");
        let host = &url.parameters.hosts[0];
        assert_eq!((host.get_hosts(), host.get_hostaddrs().len()), (&[Host::Tcp("127.0.0.1".into())][..], 1));
    }

    #[test]
    fn what_is_empty_is_as_if_it_were_not_there() {
        let url: PostgresUrl = "postgres://:@db/?sslmode=&user=&password=".parse().expect("a URL");
        let host = &url.parameters.hosts[0];
        assert_eq!((host.get_user(), host.get_password(), host.get_dbname()), (None, None, None));
    }
}
