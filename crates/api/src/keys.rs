//! `/keys`: the API keys of the company.

use crate::State;
use account::key::{self, Change, Created, Key, KeyPatch, NewKey, Rotation};
use axum::extract;
use axum::http::StatusCode;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update, revoke))
        .routes(routes!(rotate))
        .routes(routes!(changes))
}

/// The keys, without their secrets.
#[utoipa::path(get, path = "/keys", tag = "keys", params(Paging), responses((status = 200, body = PageOf<Key>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Key>>> {
    Ok(PageOf::of(key::list(&actor, &state.db, paging.request()?).await?, |key| key))
}

/// Create a key; its secret is shown this once.
#[utoipa::path(post, path = "/keys", tag = "keys", request_body = NewKey, responses((status = 201, body = Created)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewKey>,
) -> Answer<(StatusCode, axum::Json<Created>)> {
    Ok((StatusCode::CREATED, axum::Json(key::create(&actor, &state.db, new).await?)))
}

/// Change a key's name, end, addresses or requests a minute.
#[utoipa::path(patch, path = "/keys/{key_id}", tag = "keys", params(("key_id" = String, Path)), request_body = KeyPatch,
    responses((status = 200, body = Key)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(key): Path<String>,
    Json(patch): Json<KeyPatch>,
) -> Answer<axum::Json<Key>> {
    Ok(axum::Json(key::update(&actor, &state.db, id("API key", &key)?, patch).await?))
}

/// Give a key a new secret, shown this once; the old one counts for `overlap_s` more seconds.
#[utoipa::path(post, path = "/keys/{key_id}/rotate", tag = "keys", params(("key_id" = String, Path)),
    request_body = Rotation, responses((status = 200, body = Created)))]
async fn rotate(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(key): Path<String>,
    Json(rotation): Json<Rotation>,
) -> Answer<axum::Json<Created>> {
    Ok(axum::Json(key::rotate(&actor, &state.db, id("API key", &key)?, rotation).await?))
}

/// What was done to a key and who did it, the newest first.
#[utoipa::path(get, path = "/keys/{key_id}/changes", tag = "keys", params(("key_id" = String, Path), Paging),
    responses((status = 200, body = PageOf<Change>)))]
async fn changes(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(key): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Change>>> {
    let key = id("API key", &key)?;
    Ok(PageOf::of(key::changes(&actor, &state.db, key, paging.request()?).await?, |change| change))
}

/// Revoke a key; it counts no more from the next request on.
#[utoipa::path(delete, path = "/keys/{key_id}", tag = "keys", params(("key_id" = String, Path)), responses((status = 204)))]
async fn revoke(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(key): Path<String>,
) -> Answer<StatusCode> {
    key::revoke(&actor, &state.db, id("API key", &key)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
