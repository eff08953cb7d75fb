//! The description of the control plane, made from its types.

mod partial_bodies;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use utoipa::openapi::content::Content;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::problem::{MEDIA_TYPE, Problem};
use super::{
    access_keys, cams_accounts, clock, faults, health, items, journal, members, messages, pims_accounts, programs,
    settings, state, tokens, verifications,
};

/// The description, as JSON.
pub async fn openapi() -> HttpResponse {
    static JSON: LazyLock<String> = LazyLock::new(|| {
        let mut description = serde_json::to_value(ControlPlaneApi::openapi()).unwrap_or_default();
        partial_bodies::describe(&mut description);
        description.to_string()
    });
    HttpResponse::Ok().content_type("application/json").body(JSON.as_str())
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Control plane of sync-asmx", description = "What a tester needs, and the original lacks."),
    paths(
        health::health,
        health::ready,
        state::reset,
        state::get_state,
        state::put_state,
        programs::list_programs,
        programs::get_program,
        programs::put_program,
        programs::delete_program,
        programs::reset_program,
        members::list_members,
        members::get_member,
        members::put_member,
        members::delete_member,
        tokens::list_tokens,
        tokens::make_token,
        tokens::get_token,
        tokens::change_token,
        tokens::delete_token,
        items::list_items,
        items::get_item,
        items::put_item,
        items::delete_item,
        settings::get_settings,
        settings::change_settings,
        cams_accounts::list_cams_accounts,
        cams_accounts::get_cams_account,
        cams_accounts::put_cams_account,
        cams_accounts::change_cams_account,
        cams_accounts::delete_cams_account,
        access_keys::change_access_key,
        pims_accounts::list_pims_accounts,
        pims_accounts::get_pims_account,
        pims_accounts::put_pims_account,
        pims_accounts::change_pims_account,
        pims_accounts::delete_pims_account,
        verifications::list_verifications,
        verifications::delete_verification,
        journal::read_journal,
        journal::count_journal,
        journal::verify_journal,
        journal::download_journal,
        journal::clear_journal,
        faults::list_faults,
        faults::add_fault,
        faults::clear_faults,
        faults::remove_fault,
        clock::read_clock,
        clock::set_clock,
        clock::advance_clock,
        messages::list_messages,
        messages::clear_messages,
    ),
    components(schemas(Problem, items::ListName)),
    modifiers(&Problems, &Bearer)
)]
struct ControlPlaneApi;

/// Problem documents: those that any call may answer, and a body for those that a call names itself.
struct Problems;

impl Modify for Problems {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for item in openapi.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
            operations.into_iter().flatten().for_each(add_problems);
        }
    }
}

fn add_problems(operation: &mut Operation) {
    let has = |place: ParameterIn| {
        operation
            .parameters
            .iter()
            .flatten()
            .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == place))
    };
    let mut problems = vec![
        ("401", "The bearer token is missing or wrong"),
        ("403", "Not from here"),
        ("500", "The seed of the start can't be read, or there is a bug"),
        ("503", "Try again"),
    ];
    if has(ParameterIn::Path) {
        problems.push(("404", "There is no such thing"));
    }
    if has(ParameterIn::Query) {
        problems.push(("400", "A parameter is wrong"));
    }
    if operation.request_body.is_some() {
        problems.push(("400", "This is not JSON"));
        problems.push(("408", "The body took too long to arrive"));
        problems.push(("413", "The body is too long"));
        problems.push(("415", "The body has another media type than JSON"));
        problems.push(("422", "A field is wrong"));
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in problems {
        let response = ResponseBuilder::new().description(description).build();
        responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            give_body(response);
        }
    }
}

fn give_body(response: &mut Response) {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    response.content.insert(MEDIA_TYPE.to_owned(), RefOr::T(content));
}

/// The bearer token, which may be needed or not.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("admin_token", scheme);
        let needed = SecurityRequirement::new("admin_token", Vec::<String>::new());
        openapi.security = Some(vec![SecurityRequirement::default(), needed]);
    }
}
