//! The console: the control plane for people. Every page is HTML made here and every change a plain form, so all of it works
//! without a script; htmx only refreshes what is live.

mod actions;
pub mod assets;
mod chart;
mod companions;
mod entry;
mod faults;
mod journal;
mod link;
mod member;
mod members;
mod messages;
mod notice;
mod overview;
mod page;
mod pretty;
mod programs;
mod settings;
mod tokens;
mod trouble;
mod words;

use actix_web::web::{FormConfig, PathConfig, QueryConfig, ServiceConfig, get, post, resource, scope};

use trouble::Trouble;

/// All routes of the console, below `/_emulator`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("", get().to(overview::redirect))
        .service(resource("/").app_data(queries()).get(overview::show))
        .route("/assets/{name}", get().to(assets::serve))
        .service(
            scope("/console")
                .app_data(queries())
                .app_data(FormConfig::default().limit(64 << 10).error_handler(|error, _| unreadable(&error)))
                .app_data(PathConfig::default().error_handler(|_, _| Trouble::NoSuch("page").into()))
                .route("/live", get().to(overview::live))
                .route("/reset", post().to(overview::reset))
                .route("/clock", post().to(overview::set_clock))
                .service(resource("/members").get(members::show).post(members::add))
                .route("/members/{id}", get().to(member::show))
                .route("/members/{id}/delete", post().to(member::delete))
                .route("/journal", get().to(journal::show))
                .route("/journal/live", get().to(journal::live))
                .route("/journal/clear", post().to(journal::clear))
                .route("/journal/{id}", get().to(entry::show))
                .route("/journal/{id}/again", post().to(entry::send_again))
                .service(resource("/faults").get(faults::show).post(faults::add))
                .route("/faults/live", get().to(faults::live))
                .route("/faults/clear", post().to(faults::clear))
                .route("/faults/{id}/remove", post().to(faults::remove))
                .route("/messages", get().to(messages::show))
                .route("/messages/clear", post().to(messages::clear))
                .service(resource("/tokens").get(tokens::show).post(tokens::make))
                .route("/tokens/change", post().to(tokens::change))
                .route("/companions", get().to(companions::show))
                .route("/companions/cams", post().to(companions::change_cams))
                .route("/companions/pims", post().to(companions::change_pims))
                .route("/companions/proofs/forget", post().to(companions::forget_proof))
                .service(resource("/settings").get(settings::show).post(settings::save))
                .route("/settings/items", post().to(settings::add_item))
                .route("/settings/items/remove", post().to(settings::remove_item))
                .route("/programs", post().to(programs::make))
                .route("/programs/reset", post().to(programs::reset))
                .route("/programs/delete", post().to(programs::delete))
                .default_service(actix_web::web::to(no_such_page)),
        );
}

fn queries() -> QueryConfig {
    QueryConfig::default().error_handler(|error, _| unreadable(&error))
}

fn unreadable(error: &impl std::fmt::Display) -> actix_web::Error {
    Trouble::Unreadable(error.to_string()).into()
}

async fn no_such_page() -> page::Answer {
    Err(Trouble::NoSuch("page"))
}
