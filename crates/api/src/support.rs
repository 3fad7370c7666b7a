//! `/support-requests`: what a company asks of who runs the installation, and `/operator/support-requests`: what all ask.

use crate::State;
use account::support::{self, Conversation, Message, NewRequest, Request, Status};
use axum::extract;
use axum::http::StatusCode;
use model::Problem;
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(reply))
        .routes(routes!(list_all))
}

/// Something to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSupportMessage {
    /// Plain text, 1 to 10,000 characters.
    body: String,
}

/// A change of a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SupportRequestPatch {
    /// Whose turn it is.
    status: Status,
}

/// Which requests.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// How many, at most 200.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Only `open`, `answered` or `closed` ones.
    status: Option<String>,
}

/// What your company asked, the newest first.
#[utoipa::path(get, path = "/support-requests", tag = "support", params(Paging),
    responses((status = 200, body = PageOf<Request>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Request>>> {
    Ok(PageOf::of(support::list(&actor, &state.db, paging.request()?).await?, |request| request))
}

/// Ask something of who runs the installation.
#[utoipa::path(post, path = "/support-requests", tag = "support", request_body = NewRequest,
    responses((status = 201, body = Conversation)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewRequest>,
) -> Answer<(StatusCode, axum::Json<Conversation>)> {
    Ok((StatusCode::CREATED, axum::Json(support::create(&actor, &state.db, new).await?)))
}

/// A request with all that was said; any company's for the operator.
#[utoipa::path(get, path = "/support-requests/{support_request_id}", tag = "support",
    params(("support_request_id" = String, Path)), responses((status = 200, body = Conversation)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(request): Path<String>,
) -> Answer<axum::Json<Conversation>> {
    Ok(axum::Json(support::get(&actor, &state.db, id("support request", &request)?).await?))
}

/// Close a request, or open it again.
#[utoipa::path(patch, path = "/support-requests/{support_request_id}", tag = "support",
    params(("support_request_id" = String, Path)), request_body = SupportRequestPatch,
    responses((status = 200, body = Request)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(request): Path<String>,
    Json(patch): Json<SupportRequestPatch>,
) -> Answer<axum::Json<Request>> {
    let id = id("support request", &request)?;
    Ok(axum::Json(support::set_status(&actor, &state.db, id, patch.status).await?))
}

/// Say something; what the operator says answers the request, what the company says opens it.
#[utoipa::path(post, path = "/support-requests/{support_request_id}/messages", tag = "support",
    params(("support_request_id" = String, Path)), request_body = NewSupportMessage,
    responses((status = 201, body = Message)))]
async fn reply(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(request): Path<String>,
    Json(new): Json<NewSupportMessage>,
) -> Answer<(StatusCode, axum::Json<Message>)> {
    let id = id("support request", &request)?;
    Ok((StatusCode::CREATED, axum::Json(support::reply(&actor, &state.db, id, &new.body).await?)))
}

/// What all companies asked, the newest first. Only the operator may.
#[utoipa::path(get, path = "/operator/support-requests", tag = "support", params(Wanted),
    responses((status = 200, body = PageOf<Request>)))]
async fn list_all(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(Wanted { limit, after, status }): Query<Wanted>,
) -> Answer<axum::Json<PageOf<Request>>> {
    let status = match status.as_deref() {
        None | Some("") => None,
        Some(word) => {
            Some(Status::parse(word).ok_or_else(|| Problem::invalid("status", "Use open, answered or closed."))?)
        }
    };
    let page = page_request(limit, after)?;
    Ok(PageOf::of(support::list_all(&actor, &state.db, status, page).await?, |request| request))
}
