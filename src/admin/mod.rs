//! The control plane: what a tester needs, and the original lacks. All of it is our own.

mod access_keys;
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
mod mobile_carriers;
mod new_token;
mod phone_number_types;
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
mod precondition;
pub mod problem;
mod sign_in;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use actix_web::web::{self, ServiceConfig, resource};
use actix_web::{HttpResponse, Resource};

pub use guard::{Guard, protect};
pub use json::MAX_BODY;
pub use metrics::metrics;
use problem::Problem;
use tokio::sync::Mutex;

use crate::calls::{Calls, Door, Operation};
use crate::ledger::LedgerUrl;
use crate::ledger::seed::SeedSource;
use crate::operations::Platform;

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
    /// Held while the ledger is changed: one change after the other, so that none has to begin anew again and again.
    turn: Mutex<()>,
}

impl ControlPlane {
    /// The names of the operations that are served, by the doors at which they are.
    pub fn operations_by_door(&self) -> Vec<(Door, Vec<&'static str>)> {
        let of = |door| self.operations.iter().filter(move |operation| operation.door == door);
        let names = |door| of(door).map(|operation| operation.name).collect();
        Door::ALL
            .into_iter()
            .map(|door| (door, names(door)))
            .filter(|(_, names): &(_, Vec<_>)| !names.is_empty())
            .collect()
    }

    /// A control plane for what these share with the doors. `operations` are those that are served.
    pub fn new(
        platform: Platform,
        calls: Arc<Calls>,
        seed: SeedSource,
        operations: Vec<Operation>,
        ledger_url: LedgerUrl,
    ) -> Self {
        Self { platform, calls, seed, operations, ledger_url, started: Instant::now(), turn: Mutex::default() }
    }
}

/// All routes below `/_emulator`, to be put behind [`protect`]. The application has [`ControlPlane`] and [`Guard`] among its
/// data.
pub fn routes(config: &mut ServiceConfig) {
    config.configure(api).configure(pages).configure(console::routes).default_service(web::to(unknown));
}

fn api(config: &mut ServiceConfig) {
    config
        .service(resource("/health").get(health::health))
        .service(resource("/ready").get(health::ready))
        .service(resource("/openapi.json").get(openapi::openapi))
        .service(resource("/reset").post(state::reset))
        .service(resource("/state").get(state::get_state).put(state::put_state))
        .service(resource("/journal").get(journal::read_journal).delete(journal::clear_journal))
        .service(resource("/faults").get(faults::list_faults).post(faults::add_fault).delete(faults::clear_faults))
        .service(resource("/faults/{id}").delete(faults::remove_fault))
        .service(resource("/clock").get(clock::read_clock).put(clock::set_clock))
        .service(resource("/clock/advance").post(clock::advance_clock))
        .service(resource("/messages").get(messages::list_messages).delete(messages::clear_messages))
        .configure(programs);
}

fn programs(config: &mut ServiceConfig) {
    use mobile_carriers::{delete_mobile_carrier, get_mobile_carrier, list_mobile_carriers, put_mobile_carrier};
    use phone_number_types::{
        delete_phone_number_type, get_phone_number_type, list_phone_number_types, put_phone_number_type,
    };
    config
        .service(resource("/programs").get(programs::list_programs))
        .service(at("").get(programs::get_program).put(programs::put_program).delete(programs::delete_program))
        .service(at("/reset").post(programs::reset_program))
        .service(at("/members").get(members::list_members))
        .service(
            at("/members/{member_id}").get(members::get_member).put(members::put_member).delete(members::delete_member),
        )
        .service(at("/security-tokens").get(tokens::list_tokens).post(tokens::make_token))
        .service(
            at("/security-tokens/{token}")
                .get(tokens::get_token)
                .patch(tokens::change_token)
                .delete(tokens::delete_token),
        )
        .service(at("/phone-number-types").get(list_phone_number_types))
        .service(
            at("/phone-number-types/{reference}")
                .get(get_phone_number_type)
                .put(put_phone_number_type)
                .delete(delete_phone_number_type),
        )
        .service(at("/mobile-carriers").get(list_mobile_carriers))
        .service(
            at("/mobile-carriers/{reference}")
                .get(get_mobile_carrier)
                .put(put_mobile_carrier)
                .delete(delete_mobile_carrier),
        )
        .service(at("/settings").get(settings::get_settings).patch(settings::change_settings))
        .configure(companions_of_program);
}

fn companions_of_program(config: &mut ServiceConfig) {
    use cams_accounts::{
        change_cams_account, delete_cams_account, get_cams_account, list_cams_accounts, put_cams_account,
    };
    use pims_accounts::{
        change_pims_account, delete_pims_account, get_pims_account, list_pims_accounts, put_pims_account,
    };
    config
        .service(at("/cams-accounts").get(list_cams_accounts))
        .service(
            at("/cams-accounts/{account_id}")
                .get(get_cams_account)
                .put(put_cams_account)
                .patch(change_cams_account)
                .delete(delete_cams_account),
        )
        .service(at("/cams-accounts/{account_id}/access-keys/{access_key_id}").patch(access_keys::change_access_key))
        .service(at("/pims-accounts").get(list_pims_accounts))
        .service(
            at("/pims-accounts/{login}")
                .get(get_pims_account)
                .put(put_pims_account)
                .patch(change_pims_account)
                .delete(delete_pims_account),
        )
        .service(at("/verifications").get(verifications::list_verifications))
        .service(at("/verifications/{purpose}/{account}/{number}").delete(verifications::delete_verification));
}

/// What lies below a program.
fn at(path: &str) -> Resource {
    resource(format!("/programs/{{program}}{path}"))
}

/// For people, and how they get in.
fn pages(config: &mut ServiceConfig) {
    config
        .service(resource("/sign-in").get(sign_in::page).post(sign_in::sign_in))
        .service(resource("/sign-out").post(sign_in::sign_out));
}

async fn unknown() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("the control plane has no such path; /_emulator/openapi.json describes those that it has"))
}
