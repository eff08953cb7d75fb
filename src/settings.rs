//! Flags, their environment twins, and their defaults. All are checked before anything starts.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use ipnet::IpNet;

use crate::ledger::LedgerUrl;
use crate::soap::{DEFAULT_NAMESPACE, Site, is_authority};

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "sync-asmx", version, about, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the service (what happens without a command, too)
    ///
    /// Example: sync-asmx serve --listen 127.0.0.1:0 --ledger memory:
    #[command(verbatim_doc_comment)]
    Serve(Settings),
}

impl CommandLine {
    /// The settings, whichever way they were given.
    pub fn into_settings(self) -> Settings {
        match self.command {
            Some(Command::Serve(settings)) => settings,
            None => self.settings,
        }
    }
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "SYNC_ASMX_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    #[arg(value_parser = parse_listen)]
    pub listen: SocketAddr,

    /// Where the ledger lives: sqlite:PATH, or memory: for one that is gone with the process
    #[arg(long, env = "SYNC_ASMX_LEDGER", value_name = "URL", default_value = "sqlite:data/sync-asmx.db")]
    pub ledger: LedgerUrl,

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

    /// Target namespace of the service
    #[arg(long, env = "SYNC_ASMX_NAMESPACE", value_name = "URI", default_value = DEFAULT_NAMESPACE)]
    #[arg(value_parser = parse_namespace)]
    pub namespace: String,
}

impl Settings {
    /// What concerns the web site around the service, once it is known where it listens.
    pub fn site(&self, listens_at: SocketAddr) -> Site {
        Site {
            listens_at,
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
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).ok_or(expected)?;
    let host = host.strip_suffix('/').unwrap_or(host);
    if !is_authority(host) {
        return Err(expected);
    }
    Ok(text.strip_suffix('/').unwrap_or(text).to_owned())
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
