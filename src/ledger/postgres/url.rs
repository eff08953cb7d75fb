//! Where a PostgreSQL database is, and how to reach it.

use std::fmt;
use std::str::FromStr;

use super::connector::Connector;
use super::parameters::Parameters;

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
        let parameters = Parameters::read(&parts.values()?)?;
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

    /// Everything as keys and values, decoded. As with libpq, a later value of a key is the one that counts.
    fn values(&self) -> Result<Vec<(String, String)>, String> {
        let mut values = Vec::new();
        let mut add = |key: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                values.push((key.to_owned(), decode(value).map_err(|reason| format!("{key}: {reason}"))?));
            }
            Ok::<_, String>(())
        };
        add("user", self.user)?;
        add("password", self.password)?;
        add("dbname", self.database)?;
        if !self.hosts.is_empty() {
            let (hosts, ports) = split_hosts(self.hosts)?;
            add("host", Some(&hosts))?;
            add("port", Some(&ports).filter(|ports| ports.contains(|c| c != ',')).map(String::as_str))?;
        }
        for (key, value) in &self.query {
            add(&decode(key).map_err(|reason| format!("the name of a parameter: {reason}"))?, Some(value))?;
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

/// Hosts and ports, each with commas between them, as the parameters `host` and `port` have them.
fn split_hosts(text: &str) -> Result<(String, String), String> {
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for one in text.split(',') {
        let (host, port) = match one.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']').ok_or("host: an address in [ has no ]")?;
                let port = if after.is_empty() { Some("") } else { after.strip_prefix(':') };
                (host, port.ok_or("host: expected : and a port behind ]")?)
            }
            None => one.split_once(':').unwrap_or((one, "")),
        };
        hosts.push(host);
        ports.push(port);
    }
    Ok((hosts.join(","), ports.join(",")))
}

/// `%2F` as `/`.
fn decode(text: &str) -> Result<String, String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digits = [rest.next(), rest.next()].map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
        let [Some(high), Some(low)] = digits else {
            return Err("a % must be followed by two hexadecimal digits; % itself is %25".into());
        };
        decoded.extend(u8::try_from(high * 16 + low));
    }
    if decoded.contains(&0) {
        return Err("%00 isn't possible".into());
    }
    String::from_utf8(decoded).map_err(|_| "not UTF-8".into())
}

#[cfg(test)]
mod tests {
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
            ("postgres://ada:hush@db:hush/ledger", "port: expected"),
            ("postgres://ada:hush@[::1/ledger", "host: an address"),
            ("postgres://ada:hush@db?sslmode=hush", "sslmode: expected disable, allow"),
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
        let url = "postgres://a%40b:p%3Aw@h1:5433,h2,[::1]:5434/my%20db?port=1&application_name=x%26y";
        let values = Parts::split(url).and_then(|parts| parts.values()).expect(url);
        let values: Vec<_> = values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let expected = [
            ("user", "a@b"),
            ("password", "p:w"),
            ("dbname", "my db"),
            ("host", "h1,h2,::1"),
            ("port", "5433,,5434"),
            ("port", "1"),
            ("application_name", "x&y"),
        ];
        assert_eq!(values, expected);
    }
}
