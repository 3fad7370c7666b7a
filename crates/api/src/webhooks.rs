//! `/webhooks`: where events are sent, what became of each, and sending again.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use model::{Dialect, EventId, Page, Problem};
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use worker::webhook::sign::Secret;
use worker::webhook::{self, service};

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .routes(routes!(rotate))
        .routes(routes!(deliveries))
        .routes(routes!(delivery))
        .routes(routes!(replay))
        .routes(routes!(replay_dead))
}

/// A webhook endpoint.
#[derive(Serialize, ToSchema)]
struct Webhook {
    #[schema(example = "whk_01hv3k0000000000000000000")]
    id: String,
    /// Where events are posted.
    url: String,
    /// What it is for.
    description: String,
    /// The kinds of events sent; empty for all. `call.*` stands for all that begin so.
    kinds: Vec<String>,
    /// In whose words: `alo`, `omicall` or `voicecloud`.
    dialect: &'static str,
    /// What is chosen of the dialect's ways.
    choices: Vec<String>,
    /// Whether events are sent.
    enabled: bool,
    created_at: i64,
    updated_at: i64,
}

/// A webhook endpoint with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: Webhook,
    /// `whsec_` and base64, as Standard Webhooks libraries take it.
    secret: String,
}

/// A webhook endpoint to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// A public https or http address.
    #[schema(example = "https://crm.example.com/alo")]
    url: String,
    /// What it is for.
    #[serde(default)]
    description: String,
    /// The kinds wanted; all when left out.
    #[serde(default)]
    kinds: Vec<String>,
    /// In whose words events are told; `alo`, our own signed JSON, when left out. `voicecloud` takes the address up to
    /// `/api/callcenter`, `omicall` the address to post to. It cannot be changed later.
    #[serde(default)]
    #[schema(example = "alo")]
    dialect: Option<String>,
    /// `voicecloud`: `json` posts instead of sending all in the address, `sql_dates` writes moments as `2026-11-22 09:05:00`.
    /// `omicall`: the states wanted of `ringing`, `answered`, `hangup`; all when left out.
    #[serde(default)]
    choices: Vec<String>,
}

/// A change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookPatch {
    url: Option<String>,
    description: Option<String>,
    kinds: Option<Vec<String>>,
    choices: Option<Vec<String>>,
    enabled: Option<bool>,
}

/// One event on its way to one endpoint.
#[derive(Serialize, ToSchema)]
struct Delivery {
    /// The event, which is the `webhook-id` of every attempt.
    event_id: String,
    r#type: String,
    call_id: Option<String>,
    #[schema(example = "pending")]
    state: &'static str,
    attempts: i64,
    /// When it will be tried next, while pending.
    next_at: Option<i64>,
    last_status: Option<i64>,
    last_error: Option<String>,
    created_at: i64,
    finished_at: Option<i64>,
}

/// A delivery with the log of its attempts.
#[derive(Serialize, ToSchema)]
struct DeliveryLog {
    #[serde(flatten)]
    delivery: Delivery,
    log: Vec<Attempt>,
}

/// One attempt.
#[derive(Serialize, ToSchema)]
struct Attempt {
    attempt: i64,
    at: i64,
    duration_ms: i64,
    status: Option<i64>,
    error: Option<String>,
    /// The beginning of the receiver's answer.
    answer: Option<String>,
}

/// How many deliveries are sent again.
#[derive(Serialize, ToSchema)]
struct Replayed {
    replayed: u64,
}

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DeliveryFilter {
    /// `pending`, `delivered` or `dead`.
    state: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

fn view(endpoint: webhook::Endpoint) -> Webhook {
    Webhook {
        id: endpoint.id.to_string(),
        url: endpoint.url,
        description: endpoint.description,
        kinds: endpoint.kinds,
        dialect: endpoint.dialect.as_str(),
        choices: endpoint.choices,
        enabled: endpoint.enabled,
        created_at: endpoint.created_at.as_millis(),
        updated_at: endpoint.updated_at.as_millis(),
    }
}

fn with_secret((endpoint, secret): (webhook::Endpoint, Secret)) -> axum::Json<WebhookWithSecret> {
    axum::Json(WebhookWithSecret { webhook: view(endpoint), secret: secret.reveal() })
}

fn delivery_view(delivery: webhook::Delivery) -> Delivery {
    Delivery {
        event_id: delivery.event_id,
        r#type: delivery.kind,
        call_id: delivery.call_id,
        state: delivery.state.as_str(),
        attempts: delivery.attempts,
        next_at: delivery.next_at.map(|t| t.as_millis()),
        last_status: delivery.last_status,
        last_error: delivery.last_error,
        created_at: delivery.created_at.as_millis(),
        finished_at: delivery.finished_at.map(|t| t.as_millis()),
    }
}

fn attempt_view(attempt: webhook::Attempt) -> Attempt {
    Attempt {
        attempt: attempt.attempt,
        at: attempt.at.as_millis(),
        duration_ms: attempt.duration_ms,
        status: attempt.status,
        error: attempt.error,
        answer: attempt.answer,
    }
}

/// The endpoints of the company.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", params(Paging), responses((status = 200, body = PageOf<Webhook>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Webhook>>> {
    Ok(PageOf::of(service::list(&actor, &state.db, paging.request()?).await?, view))
}

/// Create an endpoint; its secret is shown this once.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = WebhookWithSecret)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewWebhook>,
) -> Answer<(StatusCode, axum::Json<WebhookWithSecret>)> {
    let dialect = match new.dialect.as_deref() {
        None => Dialect::Alo,
        Some(word) => Dialect::parse(word)
            .ok_or_else(|| Problem::invalid("dialect", "Use alo, omicall or voicecloud, or leave it out for alo."))?,
    };
    let NewWebhook { url, description, kinds, choices, .. } = new;
    let new = webhook::NewEndpoint { url, description, kinds, dialect, choices };
    let created = service::create(&actor, &state.db, &state.guard, new).await?;
    Ok((StatusCode::CREATED, with_secret(created)))
}

/// One endpoint.
#[utoipa::path(get, path = "/webhooks/{webhook_id}", tag = "webhooks", params(("webhook_id" = String, Path)),
    responses((status = 200, body = Webhook)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(webhook): Path<String>,
) -> Answer<axum::Json<Webhook>> {
    Ok(axum::Json(view(service::get(&actor, &state.db, id("webhook", &webhook)?).await?)))
}

/// Change an endpoint; what is left out stays.
#[utoipa::path(patch, path = "/webhooks/{webhook_id}", tag = "webhooks", params(("webhook_id" = String, Path)),
    request_body = WebhookPatch, responses((status = 200, body = Webhook)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(webhook): Path<String>,
    Json(patch): Json<WebhookPatch>,
) -> Answer<axum::Json<Webhook>> {
    let patch = webhook::EndpointPatch {
        url: patch.url,
        description: patch.description,
        kinds: patch.kinds,
        choices: patch.choices,
        enabled: patch.enabled,
    };
    let changed = service::update(&actor, &state.db, &state.guard, id("webhook", &webhook)?, patch).await?;
    Ok(axum::Json(view(changed)))
}

/// Remove an endpoint with its deliveries.
#[utoipa::path(delete, path = "/webhooks/{webhook_id}", tag = "webhooks", params(("webhook_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(webhook): Path<String>,
) -> Answer<StatusCode> {
    service::delete(&actor, &state.db, id("webhook", &webhook)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give the endpoint a new secret, shown this once; for a day the old one signs along.
#[utoipa::path(post, path = "/webhooks/{webhook_id}/rotate", tag = "webhooks", params(("webhook_id" = String, Path)),
    responses((status = 200, body = WebhookWithSecret)))]
async fn rotate(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(webhook): Path<String>,
) -> Answer<axum::Json<WebhookWithSecret>> {
    Ok(with_secret(service::rotate(&actor, &state.db, id("webhook", &webhook)?).await?))
}

/// The deliveries of an endpoint, the newest first; `state=dead` lists the dead letters.
#[utoipa::path(get, path = "/webhooks/{webhook_id}/deliveries", tag = "webhooks",
    params(("webhook_id" = String, Path), DeliveryFilter), responses((status = 200, body = PageOf<Delivery>)))]
async fn deliveries(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(webhook): Path<String>,
    Query(filter): Query<DeliveryFilter>,
) -> Answer<axum::Json<PageOf<Delivery>>> {
    let wanted = match filter.state.as_deref() {
        None => None,
        Some(word) => Some(webhook::State::parse(word).ok_or_else(wrong_state)?),
    };
    let page = page_request(filter.limit, filter.after)?;
    let page: Page<webhook::Delivery> =
        service::deliveries(&actor, &state.db, id("webhook", &webhook)?, wanted, page).await?;
    Ok(PageOf::of(page, delivery_view))
}

fn wrong_state() -> Problem {
    Problem::invalid("state", "Use pending, delivered or dead, or leave it out.")
}

/// One delivery with the log of its attempts.
#[utoipa::path(get, path = "/webhooks/{webhook_id}/deliveries/{event_id}", tag = "webhooks",
    params(("webhook_id" = String, Path), ("event_id" = String, Path)), responses((status = 200, body = DeliveryLog)))]
async fn delivery(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((webhook, event)): Path<(String, String)>,
) -> Answer<axum::Json<DeliveryLog>> {
    let event: EventId = id("delivery", &event)?;
    let (delivery, log) = service::delivery(&actor, &state.db, id("webhook", &webhook)?, &event.to_string()).await?;
    let log = log.into_iter().map(attempt_view).collect();
    Ok(axum::Json(DeliveryLog { delivery: delivery_view(delivery), log }))
}

/// Send a delivery again, whatever became of it.
#[utoipa::path(post, path = "/webhooks/{webhook_id}/deliveries/{event_id}/replay", tag = "webhooks",
    params(("webhook_id" = String, Path), ("event_id" = String, Path)), responses((status = 202, body = Delivery)))]
async fn replay(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((webhook, event)): Path<(String, String)>,
) -> Answer<(StatusCode, axum::Json<Delivery>)> {
    let event: EventId = id("delivery", &event)?;
    let delivery = service::replay(&actor, &state.db, id("webhook", &webhook)?, &event.to_string()).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(delivery_view(delivery))))
}

/// Send all dead letters of an endpoint again.
#[utoipa::path(post, path = "/webhooks/{webhook_id}/replay-dead", tag = "webhooks", params(("webhook_id" = String, Path)),
    responses((status = 202, body = Replayed)))]
async fn replay_dead(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(webhook): Path<String>,
) -> Answer<(StatusCode, axum::Json<Replayed>)> {
    let replayed = service::replay_dead(&actor, &state.db, id("webhook", &webhook)?).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Replayed { replayed })))
}
