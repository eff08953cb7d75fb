//! Settings, logging, build, run.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use sync_asmx::server::Server;
use sync_asmx::settings::{CommandLine, Settings};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

fn main() -> ExitCode {
    let settings = CommandLine::parse().into_settings();
    start_log();
    std::panic::set_hook(Box::new(|panic| {
        // Only where it happened: what it says may quote a request.
        tracing::error!(at = panic.location().map(tracing::field::display), "a bug: this should not happen");
    }));
    match actix_web::rt::System::new().block_on(serve(&settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Logs what we have to say, and the failures of the web server itself. Of each broken request it would write a line,
/// too, with which anybody could fill the disk.
fn start_log() {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let which = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("actix_http", LevelFilter::OFF)
        .with_target("actix_server", LevelFilter::WARN);
    tracing_subscriber::registry().with(lines.with_filter(which)).init();
}

async fn serve(settings: &Settings) -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::build(settings).await?;
    let address = server.address();
    let sample = server.sample_call().await;
    server.run(|| greet(address, sample.as_deref())).await?;
    Ok(())
}

/// The first line is for programs, the rest for people. Nobody may be listening, which is no reason to stop.
fn greet(address: std::net::SocketAddr, sample: Option<&str>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "listening on http://{address}");
    if let Some(sample) = sample {
        let _ = writeln!(out, "try:\n{sample}");
    }
    let _ = out.flush();
}
