//! The control plane: what a tester needs, and the original lacks. All of it is our own.

mod access_keys;
mod accounts;
mod cams_accounts;
mod clock;
mod console;
mod faults;
mod health;
mod items;
mod journal;
mod members;
mod messages;
mod metrics;
mod new_token;
mod pims_accounts;
mod programs;
mod settings;
mod state;
mod tokens;
mod verifications;

mod change;
mod companions;
mod export;
pub mod guard;
mod json;
mod openapi;
mod parameters;
mod partial;
mod precondition;
pub mod problem;
mod route_table;
mod sign_in;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

pub use guard::{Guard, is_this_machine, protect};
pub use json::MAX_BODY;
pub use metrics::metrics;
use route_table::{Entry, delete, get, patch, post, put, register};
use tokio::sync::Mutex;

use crate::calls::{Api, Calls, Operation};
use crate::ledger::LedgerUrl;
use crate::ledger::seed::SeedSource;
use crate::operations::Platform;

/// Where the control plane is.
pub const PATH: &str = "/_emulator";

/// What the control plane works with.
pub struct ControlPlane {
    pub platform: Platform,
    pub calls: Arc<Calls>,
    /// What a reset goes back to.
    pub seed: SeedSource,
    /// The operations that are served, by whose names rules may name them.
    pub operations: Vec<Operation>,
    /// Where the ledger lives, for people to read.
    pub ledger_url: LedgerUrl,
    /// When the process began to serve.
    pub started: Instant,
    readiness: health::Readiness,
    /// Held while the ledger is changed: one change after the other, so that none has to begin anew again and again.
    turn: Mutex<()>,
}

impl ControlPlane {
    /// The names of the operations that are served, by the APIs that have them.
    pub fn operations_by_api(&self) -> Vec<(Api, Vec<&'static str>)> {
        let of = |api| self.operations.iter().filter(move |operation| operation.api == api);
        let names = |api| of(api).map(|operation| operation.name).collect();
        Api::ALL.into_iter().map(|api| (api, names(api))).filter(|(_, names): &(_, Vec<_>)| !names.is_empty()).collect()
    }

    /// A control plane for what these share with the APIs. `operations` are those that are served.
    pub fn new(
        platform: Platform,
        calls: Arc<Calls>,
        seed: SeedSource,
        operations: Vec<Operation>,
        ledger_url: LedgerUrl,
    ) -> Self {
        let (started, readiness, turn) = (Instant::now(), health::Readiness::default(), Mutex::default());
        Self { platform, calls, seed, operations, ledger_url, started, readiness, turn }
    }
}

/// All routes below `/_emulator`, to be put behind [`protect`]. The application has [`ControlPlane`] and [`Guard`] among its
/// data.
pub fn configure(config: &mut ServiceConfig) {
    register(config, routes());
    config.configure(console::configure).default_service(web::to(unknown));
}

/// Methods and paths below `/_emulator`, with names in braces.
pub fn paths() -> impl Iterator<Item = (Method, String)> {
    let below_console = |(method, path): (Method, String)| (method, format!("{}{path}", console::ROOT));
    let own = routes().into_iter().map(|entry| (entry.method, entry.path.replace(&items::pattern(), "{items}")));
    own.chain(console::paths().map(below_console))
}

fn routes() -> Vec<Entry> {
    let mut all = vec![
        get("/health", health::health),
        get("/ready", health::ready),
        get("/openapi.json", openapi::openapi),
        post("/reset", state::reset),
        get("/state", state::get_state),
        put("/state", state::put_state),
        get("/journal", journal::read_journal),
        get("/journal/count", journal::count_journal),
        get("/journal/verify", journal::verify_journal),
        get("/journal/download", journal::download_journal),
        delete("/journal", journal::clear_journal),
        get("/faults", faults::list_faults),
        post("/faults", faults::add_fault),
        delete("/faults", faults::clear_faults),
        delete("/faults/{id}", faults::remove_fault),
        get("/clock", clock::read_clock),
        put("/clock", clock::set_clock),
        post("/clock/advance", clock::advance_clock),
        get("/messages", messages::list_messages),
        delete("/messages", messages::clear_messages),
        // For people, and how they get in.
        get("/sign-in", sign_in::page),
        post("/sign-in", sign_in::sign_in),
        post("/sign-out", sign_in::sign_out),
        get("", console::overview::redirect),
        get("/", console::overview::show),
        get("/assets/{name}", console::assets::serve),
    ];
    all.extend(program_routes());
    all.extend(item_routes());
    all.extend(companion_routes());
    all
}

fn program_routes() -> Vec<Entry> {
    vec![
        get("/programs", programs::list_programs),
        get(at(""), programs::get_program),
        put(at(""), programs::put_program),
        delete(at(""), programs::delete_program),
        post(at("/reset"), programs::reset_program),
        get(at("/members"), members::list_members),
        get(at("/members/{member_id}"), members::get_member),
        put(at("/members/{member_id}"), members::put_member),
        delete(at("/members/{member_id}"), members::delete_member),
        get(at("/security-tokens"), tokens::list_tokens),
        post(at("/security-tokens"), tokens::make_token),
        get(at("/security-tokens/{token}"), tokens::get_token),
        patch(at("/security-tokens/{token}"), tokens::change_token),
        delete(at("/security-tokens/{token}"), tokens::delete_token),
        get(at("/settings"), settings::get_settings),
        patch(at("/settings"), settings::change_settings),
    ]
}

fn item_routes() -> Vec<Entry> {
    let (list, one) = (at(&format!("/{}", items::pattern())), at(&format!("/{}/{{reference}}", items::pattern())));
    vec![
        get(&*list, items::list_items),
        get(&*one, items::get_item),
        put(&*one, items::put_item),
        delete(&*one, items::delete_item),
    ]
}

fn companion_routes() -> Vec<Entry> {
    vec![
        get(at("/cams-accounts"), cams_accounts::list_cams_accounts),
        get(at("/cams-accounts/{account_id}"), cams_accounts::get_cams_account),
        put(at("/cams-accounts/{account_id}"), cams_accounts::put_cams_account),
        patch(at("/cams-accounts/{account_id}"), cams_accounts::change_cams_account),
        delete(at("/cams-accounts/{account_id}"), cams_accounts::delete_cams_account),
        patch(at("/cams-accounts/{account_id}/access-keys/{access_key_id}"), access_keys::change_access_key),
        get(at("/pims-accounts"), pims_accounts::list_pims_accounts),
        get(at("/pims-accounts/{login}"), pims_accounts::get_pims_account),
        put(at("/pims-accounts/{login}"), pims_accounts::put_pims_account),
        patch(at("/pims-accounts/{login}"), pims_accounts::change_pims_account),
        delete(at("/pims-accounts/{login}"), pims_accounts::delete_pims_account),
        get(at("/verifications"), verifications::list_verifications),
        delete(at("/verifications/{purpose}/{account}/{number}"), verifications::delete_verification),
    ]
}

/// What lies below a program.
fn at(path: &str) -> String {
    format!("/programs/{{program}}{path}")
}

/// [`protect`] says it in words, to programs or to people.
async fn unknown() -> HttpResponse {
    HttpResponse::NotFound().finish()
}
