//! `/extensions`: the numbers that phones register as, one by one or many at once.

use crate::State;
use account::user;
use axum::extract;
use axum::http::StatusCode;
use model::Problem;
use pbx::extension::{self, Created, Extension, ExtensionPatch, NewExtension};
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(create_many))
        .routes(routes!(show, update, delete))
        .routes(routes!(password))
}

/// Which extensions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// The beginning of the number, or a part of the name.
    search: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// Many extensions to create: all of them or, when one is wrong, none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExtensions {
    extensions: Vec<NewExtension>,
}

/// The extensions that were created, with their passwords.
#[derive(Serialize, ToSchema)]
struct CreatedExtensions {
    items: Vec<Created>,
}

/// The password of a phone.
#[derive(Serialize, ToSchema)]
struct Password {
    password: String,
}

/// The extensions of the company, by number.
#[utoipa::path(get, path = "/extensions", tag = "extensions", params(Filter), responses((status = 200, body = PageOf<Extension>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(filter): Query<Filter>,
) -> Answer<axum::Json<PageOf<Extension>>> {
    let page = page_request(filter.limit, filter.after)?;
    let page = extension::list(&actor, &state.db, filter.search.as_deref(), page).await?;
    Ok(PageOf::of(page, |extension| extension))
}

/// Create an extension.
#[utoipa::path(post, path = "/extensions", tag = "extensions", request_body = NewExtension, responses((status = 201, body = Created)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewExtension>,
) -> Answer<(StatusCode, axum::Json<Created>)> {
    Ok((StatusCode::CREATED, axum::Json(extension::create(&actor, &state.db, new).await?)))
}

/// Create many extensions at once: all, or none when one is wrong.
#[utoipa::path(post, path = "/extensions/bulk", tag = "extensions", request_body = NewExtensions,
    responses((status = 201, body = CreatedExtensions)))]
async fn create_many(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewExtensions>,
) -> Answer<(StatusCode, axum::Json<CreatedExtensions>)> {
    let items = extension::create_many(&actor, &state.db, new.extensions).await?;
    Ok((StatusCode::CREATED, axum::Json(CreatedExtensions { items })))
}

/// One extension.
#[utoipa::path(get, path = "/extensions/{extension_id}", tag = "extensions", params(("extension_id" = String, Path)),
    responses((status = 200, body = Extension)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
) -> Answer<axum::Json<Extension>> {
    Ok(axum::Json(extension::get(&actor, &state.db, id("extension", &extension)?).await?))
}

/// Change an extension; what is left out stays.
#[utoipa::path(patch, path = "/extensions/{extension_id}", tag = "extensions", params(("extension_id" = String, Path)),
    request_body = ExtensionPatch, responses((status = 200, body = Extension)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
    Json(patch): Json<ExtensionPatch>,
) -> Answer<axum::Json<Extension>> {
    if let Some(Some(owner)) = patch.user {
        user::get(&actor, &state.db, owner).await.map_err(|_| Problem::invalid("user", "There is no such person."))?;
    }
    Ok(axum::Json(extension::update(&actor, &state.db, id("extension", &extension)?, patch).await?))
}

/// Remove an extension that nothing uses.
#[utoipa::path(delete, path = "/extensions/{extension_id}", tag = "extensions", params(("extension_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
) -> Answer<StatusCode> {
    extension::delete(&actor, &state.db, id("extension", &extension)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The SIP password, for whoever sets up the phone.
#[utoipa::path(get, path = "/extensions/{extension_id}/password", tag = "extensions",
    params(("extension_id" = String, Path)), responses((status = 200, body = Password)))]
async fn password(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
) -> Answer<axum::Json<Password>> {
    let password = extension::password(&actor, &state.db, id("extension", &extension)?).await?;
    Ok(axum::Json(Password { password }))
}
