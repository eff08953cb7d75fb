//! Settings, logging, build, run.

use std::io::Write;
use std::process::ExitCode;

use sync_asmx::cli::{self, CommandLine, Task};
use sync_asmx::log;
use sync_asmx::server::Server;
use sync_asmx::settings::Settings;

fn main() -> ExitCode {
    let settings = match CommandLine::read().task() {
        Task::Serve(settings) => settings,
        Task::Do(command) => return cli::run(*command),
    };
    if let Err(error) = log::start(settings.log, settings.log_level) {
        eprintln!("error: can't start the log: {error}");
        return ExitCode::FAILURE;
    }
    let served = actix_web::rt::System::new().block_on(serve(&settings));
    if let Err(error) = &served {
        log::say(&format!("error: {error}"));
    }
    log::close();
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn serve(settings: &Settings) -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::build(settings).await?;
    let greeting = greeting(settings, &server, server.sample_call().await);
    let address = server.address();
    let ready = || {
        tracing::info!(
            %address,
            tls = settings.is_tls(),
            ledger = settings.ledger().kind(),
            journal = settings.journal,
            control_plane = if settings.admin_token().is_some() { "token" } else { "loopback" },
            "listening"
        );
        // Nobody may read it, which is no reason to stop.
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(greeting.as_bytes()).and_then(|()| out.flush());
    };
    server.run(ready).await?;
    tracing::info!("stopped");
    Ok(())
}

/// What is told on standard output: the first line for programs, the rest for people.
fn greeting(settings: &Settings, server: &Server, sample: Option<String>) -> String {
    let mut lines = vec![format!("listening on {}", server.origin())];
    if let Some(ca_file) = server.ca_file() {
        lines.push(format!("clients have to trust the CA in {}", ca_file.display()));
    }
    if settings.admin_token().is_none() && !server.address().ip().to_canonical().is_loopback() {
        lines.push(
            "the control plane answers callers on this machine only; give --admin-token to open it to others"
                .to_owned(),
        );
    }
    if let Some(sample) = sample {
        lines.push(format!("try:\n{sample}"));
    }
    lines.join("\n") + "\n"
}
