//! `/companies`: the operator's list of companies, and one's own.

use crate::State;
use account::tenant::{self, NewTenant, Tenant, TenantPatch};
use account::{key, user};
use axum::extract;
use axum::http::StatusCode;
use model::{Actor, Permission, Problem};
use pbx::quota::{self, Quota};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(create_user))
        .routes(routes!(create_key))
        .routes(routes!(show_quota, set_quota))
        .routes(routes!(suspend, resume))
}

/// All companies. Only the operator may.
#[utoipa::path(get, path = "/companies", tag = "companies", params(Paging), responses((status = 200, body = PageOf<Tenant>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Tenant>>> {
    Ok(PageOf::of(tenant::list(&actor, &state.db, paging.request()?).await?, |tenant| tenant))
}

/// Create a company. Only the operator may; give it a first person or key next.
#[utoipa::path(post, path = "/companies", tag = "companies", request_body = NewTenant, responses((status = 201, body = Tenant)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewTenant>,
) -> Answer<(StatusCode, axum::Json<Tenant>)> {
    Ok((StatusCode::CREATED, axum::Json(tenant::create(&actor, &state.db, new).await?)))
}

/// One company.
#[utoipa::path(get, path = "/companies/{company_id}", tag = "companies", params(("company_id" = String, Path)),
    responses((status = 200, body = Tenant)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
) -> Answer<axum::Json<Tenant>> {
    Ok(axum::Json(tenant::get(&actor, &state.db, id("company", &company)?).await?))
}

/// Change a company; what is left out stays.
#[utoipa::path(patch, path = "/companies/{company_id}", tag = "companies", params(("company_id" = String, Path)),
    request_body = TenantPatch, responses((status = 200, body = Tenant)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
    Json(patch): Json<TenantPatch>,
) -> Answer<axum::Json<Tenant>> {
    Ok(axum::Json(tenant::update(&actor, &state.db, id("company", &company)?, patch).await?))
}

/// Create a person in any company. Only the operator may.
#[utoipa::path(post, path = "/companies/{company_id}/users", tag = "companies", params(("company_id" = String, Path)),
    request_body = user::NewUser, responses((status = 201, body = user::User)))]
async fn create_user(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
    Json(new): Json<user::NewUser>,
) -> Answer<(StatusCode, axum::Json<user::User>)> {
    let actor = within(&actor, &state, &company).await?;
    Ok((StatusCode::CREATED, axum::Json(user::create(&actor, &state.db, new).await?)))
}

/// Create an API key of any company. Only the operator may; the secret is shown this once.
#[utoipa::path(post, path = "/companies/{company_id}/keys", tag = "companies", params(("company_id" = String, Path)),
    request_body = key::NewKey, responses((status = 201, body = key::Created)))]
async fn create_key(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
    Json(new): Json<key::NewKey>,
) -> Answer<(StatusCode, axum::Json<key::Created>)> {
    let actor = within(&actor, &state, &company).await?;
    Ok((StatusCode::CREATED, axum::Json(key::create(&actor, &state.db, new).await?)))
}

/// What the company may take of the installation; 0 is no bound.
#[utoipa::path(get, path = "/companies/{company_id}/quota", tag = "companies", params(("company_id" = String, Path)),
    responses((status = 200, body = Quota)))]
async fn show_quota(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
) -> Answer<axum::Json<Quota>> {
    // One's own, or any for the operator.
    let tenant = tenant::get(&actor, &state.db, id("company", &company)?).await?;
    let actor = Actor { tenant: tenant.id, ..actor };
    Ok(axum::Json(quota::get(&actor, &state.db).await?))
}

/// Set what the company may take: calls at once, new calls a second, click-to-calls a minute. Only the operator may.
#[utoipa::path(put, path = "/companies/{company_id}/quota", tag = "companies", params(("company_id" = String, Path)),
    request_body = Quota, responses((status = 200, body = Quota)))]
async fn set_quota(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
    Json(wanted): Json<Quota>,
) -> Answer<axum::Json<Quota>> {
    let actor = within(&actor, &state, &company).await?;
    Ok(axum::Json(quota::set(&actor, &state.db, wanted).await?))
}

/// Suspend a company: nobody logs in, no key counts, no phone registers and no new call comes or goes until it is resumed.
/// Only the operator may; 409 `own_company` for the own one.
#[utoipa::path(put, path = "/companies/{company_id}/suspension", tag = "companies",
    params(("company_id" = String, Path)), responses((status = 200, body = Tenant)))]
async fn suspend(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
) -> Answer<axum::Json<Tenant>> {
    let id = within(&actor, &state, &company).await?.tenant;
    Ok(axum::Json(tenant::suspend(&actor, &state.db, id).await?))
}

/// Let a suspended company work again. Only the operator may.
#[utoipa::path(delete, path = "/companies/{company_id}/suspension", tag = "companies",
    params(("company_id" = String, Path)), responses((status = 200, body = Tenant)))]
async fn resume(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(company): Path<String>,
) -> Answer<axum::Json<Tenant>> {
    let id = within(&actor, &state, &company).await?.tenant;
    Ok(axum::Json(tenant::resume(&actor, &state.db, id).await?))
}

/// The operator, acting inside the company.
async fn within(actor: &Actor, state: &State, company: &str) -> Result<Actor, Problem> {
    actor.require(Permission::OperateServer)?;
    let tenant = tenant::get(actor, &state.db, id("company", company)?).await?;
    Ok(Actor { tenant: tenant.id, ..actor.clone() })
}
