//! Settings, logging, build, run.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use sync_asmx::server::Server;
use sync_asmx::settings::{CommandLine, Settings};

fn main() -> ExitCode {
    let settings = CommandLine::parse().into_settings();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
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
