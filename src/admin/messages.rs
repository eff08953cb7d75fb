//! The text messages that would have been sent.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::domain::TextMessage;

/// Messages, newest last.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageList {
    messages: Vec<TextMessage>,
}

/// The text messages that would have been sent
///
/// `to` is a number in E.164, with or without its plus.
#[utoipa::path(get, path = "/_emulator/messages", tag = "messages", params(("to" = Option<String>, Query)),
    responses((status = 200, description = "Newest last", body = MessageList)))]
pub async fn list_messages(plane: Data<ControlPlane>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &["to"])?;
    // A plus that wasn't encoded has become a blank.
    let to = parameters.text("to").map(str::trim);
    Ok(HttpResponse::Ok().json(MessageList { messages: plane.platform.shared_state.find_messages(to).await? }))
}

/// Forget all messages
#[utoipa::path(delete, path = "/_emulator/messages", tag = "messages", responses((status = 204, description = "Gone")))]
pub async fn clear_messages(plane: Data<ControlPlane>) -> Result<HttpResponse, Problem> {
    plane.platform.shared_state.clear_messages().await?;
    Ok(HttpResponse::NoContent().finish())
}
