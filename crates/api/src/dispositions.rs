//! `/dispositions`: what can come of a call, in the company's own words.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::disposition::{self, Disposition};
use rest::{Answer, Caller, Json, Path, id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(rename, retire))
}

/// A disposition to add, or its new name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDisposition {
    /// What agents choose, 1 to 60 characters, unique in the company.
    #[schema(example = "Sold")]
    name: String,
}

/// The company's dispositions.
#[derive(Serialize, ToSchema)]
struct Dispositions {
    items: Vec<Disposition>,
}

/// What can come of a call, oldest first. Retired ones are chosen no more, but calls may have them.
#[utoipa::path(get, path = "/dispositions", tag = "calls", responses((status = 200, body = Dispositions)))]
async fn list(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Dispositions>> {
    Ok(axum::Json(Dispositions { items: disposition::list(&actor, &state.db).await? }))
}

/// Add a disposition, or bring a retired one of this name back.
#[utoipa::path(post, path = "/dispositions", tag = "calls", request_body = NewDisposition,
    responses((status = 201, body = Disposition)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewDisposition>,
) -> Answer<(StatusCode, axum::Json<Disposition>)> {
    Ok((StatusCode::CREATED, axum::Json(disposition::create(&actor, &state.db, &new.name).await?)))
}

/// Give a disposition another name; calls that have it show the new one.
#[utoipa::path(patch, path = "/dispositions/{disposition_id}", tag = "calls",
    params(("disposition_id" = String, Path)), request_body = NewDisposition, responses((status = 200, body = Disposition)))]
async fn rename(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(disposition): Path<String>,
    Json(new): Json<NewDisposition>,
) -> Answer<axum::Json<Disposition>> {
    Ok(axum::Json(disposition::rename(&actor, &state.db, id("disposition", &disposition)?, &new.name).await?))
}

/// Let a disposition be chosen no more; calls that have it keep it.
#[utoipa::path(delete, path = "/dispositions/{disposition_id}", tag = "calls",
    params(("disposition_id" = String, Path)), responses((status = 204)))]
async fn retire(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(disposition): Path<String>,
) -> Answer<StatusCode> {
    disposition::retire(&actor, &state.db, id("disposition", &disposition)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
