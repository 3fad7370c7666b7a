//! `/broadcasts`: messages that people are called up to hear, and what became of each call.

mod view;

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use model::{Actor, BroadcastId, Permission, Problem};
use pbx::broadcast::{self, Kind, Part};
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use store::now;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use view::{Broadcast, BroadcastNumber, NewBroadcast};

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show))
        .routes(routes!(numbers))
        .routes(routes!(cancel))
}

/// The broadcasts of the company, the newest first.
#[utoipa::path(get, path = "/broadcasts", tag = "broadcasts", params(Paging), responses((status = 200, body = PageOf<Broadcast>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Broadcast>>> {
    let page = broadcast::newest(&actor, &state.db, Kind::Message, paging.request()?).await?;
    let ids: Vec<BroadcastId> = page.items.iter().map(|one| one.id).collect();
    let tallies = broadcast::tallies(&actor, &state.db, &ids).await?;
    let now = now().as_millis();
    let items = page.items.into_iter().zip(&tallies).map(|(one, tally)| Broadcast::of(one, tally, now)).collect();
    Ok(axum::Json(PageOf { items, next: page.next }))
}

/// Call people up and tell them something: greetings, texts that are spoken, and at the end perhaps a flow. Each number is
/// called until somebody answers or no attempt is left. Where nobody speaks (`speech.driver` is off) a text is 409 `speech_off`.
#[utoipa::path(post, path = "/broadcasts", tag = "broadcasts", request_body = NewBroadcast,
    responses((status = 201, body = Broadcast)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewBroadcast>,
) -> Answer<(StatusCode, axum::Json<Broadcast>)> {
    actor.require(Permission::MakeCalls)?;
    actor.require(Permission::EditConfig)?;
    let (new, when) = new.read()?;
    let speaks = new.script.parts.iter().any(|part| matches!(part, Part::Text(_)));
    if speaks && !state.sounds.can_speak() {
        let message = "Nobody speaks on this server (speech.driver is off); use greetings instead of texts.";
        return Err(Problem::conflict("speech_off", message).into());
    }
    let made = broadcast::create_at(&actor, &state.db, new, when).await?;
    Ok((StatusCode::CREATED, shown(&actor, &state, made).await?))
}

/// One broadcast, and how far it is.
#[utoipa::path(get, path = "/broadcasts/{broadcast_id}", tag = "broadcasts", params(("broadcast_id" = String, Path)),
    responses((status = 200, body = Broadcast)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(broadcast): Path<String>,
) -> Answer<axum::Json<Broadcast>> {
    let found = found(&actor, &state, &broadcast).await?;
    shown(&actor, &state, found).await
}

/// Which numbers are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct NumberQuery {
    /// How many items at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Only those in this state: `waiting`, `calling`, `reached`, `failed` or `cancelled`.
    state: Option<String>,
}

/// The numbers of a broadcast in their order, and what became of each.
#[utoipa::path(get, path = "/broadcasts/{broadcast_id}/numbers", tag = "broadcasts",
    params(("broadcast_id" = String, Path), NumberQuery), responses((status = 200, body = PageOf<BroadcastNumber>)))]
async fn numbers(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(broadcast): Path<String>,
    Query(wanted): Query<NumberQuery>,
) -> Answer<axum::Json<PageOf<BroadcastNumber>>> {
    let found = found(&actor, &state, &broadcast).await?;
    let wanted_state = wanted.state.as_deref().map(view::parse_state).transpose()?;
    let page = page_request(wanted.limit, wanted.after)?;
    let numbers = broadcast::page_of_numbers(&actor, &state.db, found.id, wanted_state, page).await?;
    Ok(PageOf::of(numbers, BroadcastNumber::of))
}

/// Call a broadcast off: who was not called yet is not called any more; calls that are up go on.
#[utoipa::path(post, path = "/broadcasts/{broadcast_id}/cancel", tag = "broadcasts",
    params(("broadcast_id" = String, Path)), responses((status = 200, body = Broadcast)))]
async fn cancel(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(broadcast): Path<String>,
) -> Answer<axum::Json<Broadcast>> {
    actor.require(Permission::EditConfig)?;
    let found = found(&actor, &state, &broadcast).await?;
    let called_off = broadcast::cancel(&actor, &state.db, found.id).await?;
    shown(&actor, &state, called_off).await
}

/// A message; one-time codes are nothing that is looked at here.
async fn found(actor: &Actor, state: &State, text: &str) -> Result<broadcast::Broadcast, Problem> {
    let found = broadcast::get(actor, &state.db, id("broadcast", text)?).await?;
    if found.kind == Kind::Message { Ok(found) } else { Err(Problem::not_found("broadcast")) }
}

async fn shown(actor: &Actor, state: &State, one: broadcast::Broadcast) -> Answer<axum::Json<Broadcast>> {
    let tallies = broadcast::tallies(actor, &state.db, &[one.id]).await?;
    Ok(axum::Json(Broadcast::of(one, &tallies.first().copied().unwrap_or_default(), now().as_millis())))
}
