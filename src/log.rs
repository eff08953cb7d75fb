//! The log: what happens, a line each, on standard error.

use sync_asmx::settings::{LogForm, LogLevel};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

/// Logs what we have to say, and the failures of the web server itself. Of each broken request it would write a line,
/// too, with which anybody could fill the disk.
pub fn start(form: LogForm, level: LogLevel) {
    let which = Targets::new()
        .with_default(LevelFilter::from(level))
        .with_target("actix_http", LevelFilter::OFF)
        .with_target("actix_server", LevelFilter::from(level).min(LevelFilter::WARN));
    tracing_subscriber::registry().with(lines(form).with_filter(which)).init();
    std::panic::set_hook(Box::new(|panic| {
        // Only where it happened: what it says may quote a request.
        tracing::error!(at = panic.location().map(tracing::field::display), "a bug: this should not happen");
    }));
}

/// The times are UTC in both forms.
fn lines(form: LogForm) -> Box<dyn Layer<Registry> + Send + Sync> {
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    match form {
        LogForm::Text => lines.boxed(),
        LogForm::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    }
}
