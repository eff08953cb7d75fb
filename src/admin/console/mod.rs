//! The console: the control plane for people. Every page is HTML made here and every change a plain form, so all of it works
//! without a script; htmx only refreshes what is live.

mod actions;
pub mod assets;
mod chart;
mod companions;
mod entry;
mod faults;
mod form;
mod journal;
mod link;
mod member;
mod members;
mod messages;
mod notice;
pub mod overview;
mod page;
mod page_error;
mod pretty;
mod programs;
mod settings;
mod tokens;
mod words;

use actix_web::http::Method;
use actix_web::web::{PathConfig, QueryConfig, ServiceConfig, scope};

pub use form::Form;
use page_error::PageError;

use super::route_table::{Entry, get, post, register};

/// Where the pages are, below `/_emulator`.
pub const ROOT: &str = "/console";

/// All routes of the console, below `/_emulator`.
pub fn configure(config: &mut ServiceConfig) {
    let pages = scope(ROOT)
        .app_data(PathConfig::default().error_handler(|_, _| PageError::NoSuch("page").into()))
        .configure(|config| register(config, routes()))
        .default_service(actix_web::web::to(no_such_page));
    config.app_data(queries()).service(pages);
}

/// Methods and paths below [`ROOT`], with names in braces.
pub fn paths() -> impl Iterator<Item = (Method, String)> {
    routes().into_iter().map(|entry| (entry.method, entry.path))
}

fn routes() -> Vec<Entry> {
    vec![
        get("/live", overview::live),
        post("/reset", overview::reset),
        post("/clock", overview::set_clock),
        get("/members", members::show),
        post("/members", members::add),
        get("/members/{id}", member::show),
        post("/members/{id}", member::save),
        post("/members/{id}/delete", member::delete),
        get("/journal", journal::show),
        get("/journal/live", journal::live),
        post("/journal/clear", journal::clear),
        get("/journal/{id}", entry::show),
        post("/journal/{id}/again", entry::send_again),
        get("/faults", faults::show),
        post("/faults", faults::add),
        get("/faults/live", faults::live),
        post("/faults/clear", faults::clear),
        post("/faults/{id}/remove", faults::remove),
        get("/messages", messages::show),
        post("/messages/clear", messages::clear),
        get("/tokens", tokens::show),
        post("/tokens", tokens::make),
        post("/tokens/change", tokens::change),
        get("/companions", companions::show),
        post("/companions/cams", companions::change_cams),
        post("/companions/pims", companions::change_pims),
        post("/companions/proofs/forget", companions::forget_proof),
        get("/settings", settings::show),
        post("/settings", settings::save),
        post("/settings/items", settings::add_item),
        post("/settings/items/remove", settings::remove_item),
        post("/programs", programs::make),
        post("/programs/reset", programs::reset),
        post("/programs/delete", programs::delete),
    ]
}

fn queries() -> QueryConfig {
    QueryConfig::default().error_handler(|error, _| unreadable(&error))
}

fn unreadable(error: &impl std::fmt::Display) -> actix_web::Error {
    PageError::Unreadable(error.to_string()).into()
}

async fn no_such_page() -> page::Answer {
    Err(PageError::NoSuch("page"))
}
