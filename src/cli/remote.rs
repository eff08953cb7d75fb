//! A server that runs, and the way to its control plane.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use ureq::http::request::Builder;
use ureq::http::{Method, Request, Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, RequestExt};

use super::failure::Failure;
use super::printable::printable;
use crate::settings::{AdminToken, Hidden};
use crate::soap::is_authority;

type Config = ureq::config::ConfigBuilder<ureq::typestate::AgentScope>;

/// The longest answer that is held in memory, in bytes.
const MAX_ANSWER: u64 = 16 << 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the server is.
#[derive(Debug, Args)]
pub struct Remote {
    /// Address of the server
    #[arg(long, env = "SYNC_ASMX_SERVER", value_name = "URL", default_value = "http://127.0.0.1:8080")]
    #[arg(hide_env_values = true, value_parser = Hidden(parse_server))]
    server: String,

    #[command(flatten)]
    admin_token: AdminToken,

    /// Certificate to trust, as PEM: the CA's file of a server with --tls-self-signed
    #[arg(long, env = "SYNC_ASMX_CACERT", value_name = "FILE")]
    cacert: Option<PathBuf>,
}

impl Remote {
    /// Gets a JSON document.
    ///
    /// # Errors
    /// [`Failure`], with the server's words where it has some.
    pub fn get(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::GET, path, None)
    }

    /// Sends a JSON document, or none, and gives the one that comes back; null for none.
    ///
    /// # Errors
    /// [`Failure`], with the server's words where it has some.
    pub fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        match body {
            Some(value) => self.run(self.request(method, path), value.to_string()),
            None => {
                let request = self.request(method, path).body(()).map_err(|error| self.unreachable(&error))?;
                self.receive(self.agent(at_once)?.run(request))
            }
        }
    }

    /// Puts a JSON document, in place of what is there only if that is wanted.
    ///
    /// # Errors
    /// As [`Self::send`]; [`Failure::AlreadyThere`] if something is there that isn't to be replaced.
    pub fn put(&self, path: &str, json: String, may_replace: bool) -> Result<Value, Failure> {
        let request = self.request(Method::PUT, path);
        self.run(if may_replace { request } else { request.header("if-none-match", "*") }, json)
    }

    fn run(&self, request: Builder, json: String) -> Result<Value, Failure> {
        let request = request.header("content-type", "application/json").body(json);
        self.receive(self.agent(at_once)?.run(request.map_err(|error| self.unreachable(&error))?))
    }

    /// Gets a JSON document that may be long, and hands it out as it comes, for as long as `take` wants more.
    ///
    /// # Errors
    /// As [`Self::send`]. By then, some of it may have been handed out.
    pub fn download(&self, path: &str, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), Failure> {
        let request = self.request(Method::GET, path).body(()).map_err(|error| self.unreachable(&error))?;
        let response = self.agent(piece_by_piece)?.run(request).map_err(|error| self.unreachable(&error))?;
        let is_json = response.headers().get("content-type").is_some_and(|kind| kind == "application/json");
        if !(response.status().is_success() && is_json) {
            return self.receive(Ok(response)).map(drop);
        }
        let mut body = response.into_body().into_reader();
        let mut bytes = vec![0; 64 << 10];
        loop {
            match body.read(&mut bytes).map_err(|error| self.unreachable(&error))? {
                0 => return Ok(()),
                count if take(&bytes[..count]) => {}
                _ => return Ok(()),
            }
        }
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        let request = Request::builder().method(method).uri(self.url(path));
        match self.admin_token.get() {
            Some(token) => request.header("authorization", format!("Bearer {}", token.expose())),
            None => request,
        }
    }

    fn receive(&self, response: Result<Response<Body>, ureq::Error>) -> Result<Value, Failure> {
        let (head, body) = response.map_err(|error| self.unreachable(&error))?.into_parts();
        let text = self.read(body)?;
        let value: Option<Value> = if text.is_empty() { Some(Value::Null) } else { serde_json::from_str(&text).ok() };
        match value {
            Some(value) if head.status.is_success() => Ok(value),
            Some(problem) if head.status == StatusCode::PRECONDITION_FAILED => {
                Err(Failure::AlreadyThere(format_problem(&problem, head.status.as_u16())))
            }
            Some(problem) => Err(Failure::Refused(format_problem(&problem, head.status.as_u16()))),
            None => Err(self.unreachable(&format!("HTTP {} without JSON: is it sync-asmx?", head.status))),
        }
    }

    /// Posts a SOAP message, and gives status and text of the answer.
    ///
    /// # Errors
    /// [`Failure::Unreachable`].
    pub fn post_soap(&self, path: &str, headers: &[(&str, String)], body: String) -> Result<(u16, String), Failure> {
        let request = Request::builder().method(Method::POST).uri(self.url(path));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let response = request
            .body(body)
            .map_err(|error| self.unreachable(&error))?
            .with_agent(&self.agent(at_once)?)
            .run()
            .map_err(|error| self.unreachable(&error))?;
        let (head, body) = response.into_parts();
        Ok((head.status.as_u16(), self.read(body)?))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    fn read(&self, mut body: Body) -> Result<String, Failure> {
        body.with_config().limit(MAX_ANSWER).read_to_string().map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(_) => {
                self.unreachable(&format!("the answer is longer than {MAX_ANSWER} bytes"))
            }
            error => self.unreachable(&error),
        })
    }

    fn agent(&self, patience: impl FnOnce(Config) -> Config) -> Result<Agent, Failure> {
        let roots = match &self.cacert {
            None => RootCerts::WebPki,
            Some(path) => {
                let unusable = |reason: String| Failure::Refused(format!("--cacert {}: {reason}", path.display()));
                let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
                let certificate = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
                RootCerts::new_with_certs(&[certificate])
            }
        };
        let config = patience(Agent::config_builder())
            .http_status_as_error(false)
            // The server is on this machine or in this net.
            .proxy(None)
            .max_redirects(0)
            .tls_config(TlsConfig::builder().root_certs(roots).build());
        Ok(config.build().into())
    }

    /// The failure of a server that doesn't answer, or not as it should.
    pub fn unreachable(&self, why: &dyn std::fmt::Display) -> Failure {
        Failure::Unreachable(format!("{}: {why}; is the server running, and is --server right?", self.server))
    }
}

/// Where a server is, without its last slash. A name and a password in it would go nowhere, and be shown when nobody answers.
fn parse_server(text: &str) -> Result<String, String> {
    let expected = "expected http://HOST or https://HOST, with a port if need be, and without a user";
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).ok_or(expected)?;
    match is_authority(rest.split('/').next().unwrap_or_default()) && rest.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err(expected.to_owned()),
    }
}

/// The whole answer comes in time.
fn at_once(config: Config) -> Config {
    config.timeout_global(Some(PATIENCE))
}

/// The next chunk comes in time, however long all of them take.
fn piece_by_piece(config: Config) -> Config {
    config.timeout_connect(Some(PATIENCE)).timeout_recv_response(Some(PATIENCE)).timeout_per_read(Some(PATIENCE))
}

/// What a problem document says.
fn format_problem(problem: &Value, status: u16) -> String {
    let detail = problem["detail"].as_str().or(problem["title"].as_str());
    match (problem["field"].as_str(), detail) {
        (Some(field), Some(detail)) => printable(&format!("{field}: {detail}")),
        (_, Some(detail)) => printable(detail),
        _ => format!("HTTP {status}"),
    }
}
