//! Flags, their environment twins, and their defaults. All are checked before anything starts.

mod admin_token;
mod secret;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Parser, ValueEnum};
use ipnet::IpNet;
use tracing::level_filters::LevelFilter;

use crate::domain::Secret;
use crate::ledger::{JournalBounds, LedgerUrl};
use crate::soap::{DEFAULT_NAMESPACE, Site, is_authority, normalise_authority, parse_scheme};
pub use admin_token::AdminToken;
#[cfg(test)]
pub use admin_token::parse_admin_token;
pub use secret::{Hidden, InFile};

/// How to serve.
#[derive(Clone, Debug, Parser)]
pub struct Settings {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "SYNC_ASMX_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    #[arg(value_parser = parse_listen)]
    pub listen: SocketAddr,

    /// Where the ledger lives: sqlite:PATH, memory: for one that is gone with the process, or postgres://USER@HOST/DATABASE for
    /// one that many nodes share
    #[arg(
        long,
        env = "SYNC_ASMX_LEDGER",
        value_name = "URL",
        default_value = "sqlite:data/sync-asmx.db",
        hide_env_values = true,
        value_parser = Hidden(parse_ledger)
    )]
    ledger: LedgerUrl,

    /// File with the URL of --ledger, in place of it: so a password in it is in no list of processes
    #[arg(long, env = "SYNC_ASMX_LEDGER_FILE", value_name = "FILE", conflicts_with = "ledger")]
    #[arg(value_parser = InFile(parse_ledger))]
    ledger_file: Option<LedgerUrl>,

    /// JSON file applied when the ledger is empty; without it a small one with TEST-TOKEN is
    #[arg(long, env = "SYNC_ASMX_SEED", value_name = "FILE")]
    pub seed: Option<PathBuf>,

    /// Scheme and host written into WSDL, disco and pages; without it those of the request
    #[arg(long, env = "SYNC_ASMX_PUBLIC_URL", value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,

    /// Proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed: addresses or networks, with commas between them
    #[arg(long, env = "SYNC_ASMX_TRUSTED_PROXY", value_name = "IP[/BITS]", value_delimiter = ',')]
    #[arg(value_parser = parse_network)]
    pub trusted_proxy: Vec<IpNet>,

    /// Whether answers carry Server, X-AspNet-Version and X-Powered-By, as IIS usually sends them
    #[arg(long, env = "SYNC_ASMX_IIS_HEADERS", value_name = "true|false", default_value_t = true)]
    #[arg(action = ArgAction::Set)]
    pub iis_headers: bool,

    #[command(flatten)]
    admin_token: AdminToken,

    /// More names by which the control plane may be called, beside localhost and the address: with commas between them
    #[arg(long, env = "SYNC_ASMX_ALLOWED_HOST", value_name = "HOST", value_delimiter = ',')]
    #[arg(value_parser = parse_host)]
    pub allowed_host: Vec<String>,

    /// Origins whose pages may call PIMS, such as the web views of an app: with commas between them; * for all
    #[arg(long, env = "SYNC_ASMX_CORS", value_name = "ORIGIN", value_delimiter = ',', value_parser = parse_origin)]
    pub cors: Vec<String>,

    /// How many calls the journal keeps; 0 switches it off
    #[arg(long, env = "SYNC_ASMX_JOURNAL", value_name = "CALLS", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub journal: u32,

    /// How long the journal keeps a call, in hours
    #[arg(long, env = "SYNC_ASMX_JOURNAL_HOURS", value_name = "HOURS", default_value_t = 24)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub journal_hours: u32,

    /// How the log is written
    #[arg(long, env = "SYNC_ASMX_LOG", value_name = "FORM", default_value = "text")]
    pub log: LogForm,

    /// How much is logged; debug has a line for every call
    #[arg(long, env = "SYNC_ASMX_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub log_level: LogLevel,

    /// Certificate chain for HTTPS, as PEM; with --tls-key
    #[arg(long, env = "SYNC_ASMX_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// Private key of the certificate, as PEM
    #[arg(long, env = "SYNC_ASMX_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// HTTPS with a certificate made for this machine; says where the CA's file is, for clients to trust
    #[arg(long, env = "SYNC_ASMX_TLS_SELF_SIGNED", conflicts_with = "tls_cert")]
    pub tls_self_signed: bool,

    /// Target namespace of the service
    #[arg(long, env = "SYNC_ASMX_NAMESPACE", value_name = "URI", default_value = DEFAULT_NAMESPACE)]
    #[arg(value_parser = parse_namespace)]
    pub namespace: String,
}

/// The form of the log's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    Text,
    Json,
}

/// Which lines the log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}

impl Settings {
    /// Where the ledger lives, wherever that was said.
    pub fn ledger(&self) -> &LedgerUrl {
        self.ledger_file.as_ref().unwrap_or(&self.ledger)
    }

    /// The bearer token of the control plane, wherever it was said.
    pub fn admin_token(&self) -> Option<&Secret> {
        self.admin_token.get()
    }

    /// Whether callers speak TLS with the service itself.
    pub fn is_tls(&self) -> bool {
        self.tls_cert.is_some() || self.tls_self_signed
    }

    /// How much of the journal is kept.
    pub fn journal_bounds(&self) -> JournalBounds {
        let age = Duration::from_secs(u64::from(self.journal_hours) * 60 * 60);
        JournalBounds { entries: self.journal, age }
    }

    /// What concerns the web site around the service, once it is known where it listens.
    pub fn site(&self, listens_at: SocketAddr) -> Site {
        Site {
            listens_at,
            is_tls: self.is_tls(),
            public_url: self.public_url.clone(),
            trusted_proxies: self.trusted_proxy.clone(),
            iis_headers: self.iis_headers,
        }
    }
}

fn parse_listen(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:0")
}

fn parse_public_url(text: &str) -> Result<String, &'static str> {
    let expected = "expected http://HOST or https://HOST, with a port if need be and without a path";
    let (scheme, host) = text.split_once("://").ok_or(expected)?;
    let scheme = parse_scheme(scheme).ok_or(expected)?;
    let host = normalise_authority(host.strip_suffix('/').unwrap_or(host), scheme).ok_or(expected)?;
    Ok(format!("{scheme}://{host}"))
}

/// Parses where a ledger is.
///
/// # Errors
/// What would be right. A file named like a URL is refused: its name would show a password that was meant for a database.
pub fn parse_ledger(text: &str) -> Result<LedgerUrl, String> {
    match text.parse()? {
        LedgerUrl::Sqlite(_) if text.contains("://") => Err("sqlite: takes the path of a file, not a URL".to_owned()),
        url => Ok(url),
    }
}

fn parse_host(text: &str) -> Result<String, &'static str> {
    match is_authority(text) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("expected a host name, such as emulator.example.com"),
    }
}

/// Parses an origin as browsers send it.
fn parse_origin(text: &str) -> Result<String, &'static str> {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    let is_origin = |(scheme, host): (&str, &str)| is_scheme(scheme) && is_authority(host);
    match ["*", "null"].contains(&text) || text.split_once("://").is_some_and(is_origin) {
        true => Ok(text.to_ascii_lowercase()),
        false => {
            Err("expected an origin such as http://localhost:3000 or capacitor://localhost, without a path; null or *")
        }
    }
}

fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let expected = "expected an IP address, or a network such as 10.0.0.0/8";
    text.parse().ok().or_else(address).ok_or(expected)
}

fn parse_namespace(text: &str) -> Result<String, &'static str> {
    let is_uri = text.contains(':') && text.chars().all(|character| character.is_ascii_graphic());
    match is_uri && !text.contains(['"', '<', '>']) {
        true => Ok(text.to_owned()),
        false => Err("expected an absolute URI without blanks, such as https://example.com/Services/Sync"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_is_bounded_in_number_and_hours() {
        let bounds = |arguments: &[&str]| {
            let settings = Settings::try_parse_from(["sync-asmx"].iter().chain(arguments));
            settings.map(|settings| settings.journal_bounds()).map_err(|error| error.to_string())
        };
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        assert_eq!(bounds(&[]), Ok(JournalBounds { entries: 1000, age: hours(24) }));
        let year = bounds(&["--journal=5", "--journal-hours=8760"]);
        assert_eq!(year, Ok(JournalBounds { entries: 5, age: hours(8760) }));
        for wrong in ["--journal-hours=0", "--journal-hours=8761", "--journal-hours=day"] {
            assert!(bounds(&[wrong]).is_err_and(|error| error.contains("--journal-hours")), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_what_browsers_send() {
        let cors = |text: &str| Settings::try_parse_from(["sync-asmx", "--cors", text]).map(|settings| settings.cors);
        let expected = ["http://localhost:3000", "capacitor://localhost", "null", "*"].map(str::to_owned);
        assert_eq!(cors("http://LOCALHOST:3000,capacitor://localhost,null,*").ok(), Some(expected.to_vec()));
        for wrong in
            ["localhost", "http://", "http://localhost/", "http://a b", "://localhost", "1:2://localhost", "", "**"]
        {
            assert!(cors(wrong).is_err_and(|error| error.to_string().contains("--cors")), "{wrong:?}");
        }
    }
}
