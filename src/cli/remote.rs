//! A server that runs, and the way to its control plane.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use ureq::http::{Method, Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, RequestExt};

use super::Failure;
use crate::domain::Secret;

type Builder = ureq::config::ConfigBuilder<ureq::typestate::AgentScope>;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the server is.
#[derive(Debug, Args)]
pub struct Remote {
    /// Address of the server
    #[arg(long, env = "SYNC_ASMX_SERVER", value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub server: String,

    /// Bearer token of its control plane, if it asks for one
    #[arg(long, env = "SYNC_ASMX_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    #[arg(value_parser = crate::settings::parse_secret)]
    pub admin_token: Option<Secret>,

    /// Certificate to trust, as PEM: the CA's file of a server with --tls-self-signed
    #[arg(long, env = "SYNC_ASMX_CACERT", value_name = "FILE")]
    pub cacert: Option<PathBuf>,
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
            Some(value) => self.send_text(method, path, value.to_string()),
            None => {
                let request = self.request(method, path).body(()).map_err(|error| self.unreachable(&error))?;
                self.receive(self.agent(at_once)?.run(request))
            }
        }
    }

    /// Sends a JSON document that is text already.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_text(&self, method: Method, path: &str, json: String) -> Result<Value, Failure> {
        let request = self.request(method, path).header("content-type", "application/json").body(json);
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

    fn request(&self, method: Method, path: &str) -> ureq::http::request::Builder {
        let request = Request::builder().method(method).uri(self.url(path));
        match &self.admin_token {
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
            Some(problem) => Err(Failure::Refused(words(&problem, head.status.as_u16()))),
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
        format!("{}{path}", self.server.trim_end_matches('/'))
    }

    fn read(&self, mut body: Body) -> Result<String, Failure> {
        body.with_config().limit(u64::MAX).read_to_string().map_err(|error| self.unreachable(&error))
    }

    fn agent(&self, patience: impl FnOnce(Builder) -> Builder) -> Result<Agent, Failure> {
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

    fn unreachable(&self, why: &dyn std::fmt::Display) -> Failure {
        Failure::Unreachable(format!("{}: {why}; is the server running, and is --server right?", self.server))
    }
}

/// The whole answer comes in time.
fn at_once(config: Builder) -> Builder {
    config.timeout_global(Some(PATIENCE))
}

/// The next piece comes in time, however long all of them take.
fn piece_by_piece(config: Builder) -> Builder {
    config.timeout_connect(Some(PATIENCE)).timeout_recv_response(Some(PATIENCE)).timeout_per_read(Some(PATIENCE))
}

/// What a problem document says.
fn words(problem: &Value, status: u16) -> String {
    let detail = problem["detail"].as_str().or(problem["title"].as_str());
    match (problem["field"].as_str(), detail) {
        (Some(field), Some(detail)) => format!("{field}: {detail}"),
        (_, Some(detail)) => detail.to_owned(),
        _ => format!("HTTP {status}"),
    }
}
