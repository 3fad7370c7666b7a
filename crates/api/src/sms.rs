//! `/sms`: templates of messages to customers' telephones, and what became of those that were sent.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query};
use sms::message::{self, Message};
use sms::template::{self, NewTemplate, Template};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(templates, create)).routes(routes!(delete)).routes(routes!(messages))
}

/// The templates by code.
#[utoipa::path(get, path = "/sms/templates", tag = "sms", params(Paging), responses((status = 200, body = PageOf<Template>)))]
async fn templates(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Template>>> {
    Ok(PageOf::of(template::list(&actor, &state.db, paging.request()?).await?, |template| template))
}

/// Create a template; `{name}` in its text is filled in by each message.
#[utoipa::path(post, path = "/sms/templates", tag = "sms", request_body = NewTemplate, responses((status = 201, body = Template)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewTemplate>,
) -> Answer<(StatusCode, axum::Json<Template>)> {
    Ok((StatusCode::CREATED, axum::Json(template::create(&actor, &state.db, new).await?)))
}

/// Delete a template; messages that were made of it stay.
#[utoipa::path(delete, path = "/sms/templates/{template_code}", tag = "sms", params(("template_code" = String, Path)), responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(code): Path<String>,
) -> Answer<StatusCode> {
    template::delete(&actor, &state.db, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The messages that were sent, the newest first.
#[utoipa::path(get, path = "/sms/messages", tag = "sms", params(Paging), responses((status = 200, body = PageOf<Message>)))]
async fn messages(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Message>>> {
    Ok(PageOf::of(message::list(&actor, &state.db, paging.request()?).await?, |message| message))
}
