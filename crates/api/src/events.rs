//! `/events`: the live socket. One WebSocket per client; it sends what the outbox holds, in order, from the cursor the
//! client names, so a client that was away misses nothing.

mod sight;
mod socket;

use crate::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{self, FromRequestParts, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use model::{Actor, Problem};
use rest::{Answer, Failure, Query, Source, bearer};
use serde::Deserialize;
use sight::Sight;
use std::net::IpAddr;
use store::outbox;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(connect))
}

/// The subprotocol of the socket.
const PROTOCOL: &str = "alo.events.v1";
/// The second subprotocol of a browser, which can send no header: `bearer.` and the token.
const BEARER: &str = "bearer.";

/// From where, and which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The `seq` of the last event seen; 0 for all that are kept, left out for those from now on.
    after: Option<i64>,
    /// Only this kind, such as `call.ended`, or `call.*`.
    kind: Option<String>,
    /// The bearer, for clients that can send neither the header nor a subprotocol. It is masked in our logs.
    access_token: Option<String>,
}

/// The bearer of a request that may come from a browser, and whom it stands for.
struct Listener {
    actor: Actor,
    sight: Sight,
    token: String,
    source: IpAddr,
}

impl FromRequestParts<State> for Listener {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Answer<Self> {
        let Query(wanted) = Query::<Wanted>::from_request_parts(parts, state).await?;
        let token = bearer::token(parts).or_else(|| from_protocols(&parts.headers)).or(wanted.access_token);
        let token = token.ok_or_else(bearer::missing)?;
        let Ok(Source(source)) = Source::from_request_parts(parts, state).await;
        let actor = state.gate.admit(&token, source).await?;
        let sight = Sight::of(&actor, state).await?;
        Ok(Listener { actor, sight, token, source })
    }
}

fn from_protocols(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|v| v.to_str().ok());
    lines.flat_map(|line| line.split(',')).find_map(|word| word.trim().strip_prefix(BEARER)).map(str::to_owned)
}

/// Live events over a WebSocket: each message is one event `{seq, id, type, at, call_id, data}`. Who may not see the
/// company's calls but has a person's session is told of the own state as an agent, the own calls and the messages left for
/// the own extension, and nothing else. Send the last `seq` as
/// `after` to go on where the connection broke. Close codes: 4401 the bearer counts no more, 4408 the client reads too
/// slowly or is silent, 1011 something of ours failed.
#[utoipa::path(get, path = "/events", tag = "events", params(Wanted),
    responses((status = 101, description = "The socket is open."),
        (status = 410, description = "Events after this cursor are forgotten; read the lists and begin anew.", body = rest::ProblemBody),
        (status = 426, description = "This address speaks WebSocket only.", body = rest::ProblemBody)))]
async fn connect(
    listener: Listener,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer<Response> {
    let upgrade = upgrade.map_err(|_| {
        let message = "Open this address with a WebSocket client.";
        Failure::with_status(StatusCode::UPGRADE_REQUIRED, "websocket_only", message)
    })?;
    let seq = cursor(&state, wanted.after).await?;
    let place = state.sockets.clone().try_acquire_owned().map_err(|_| {
        Problem::busy("too_many_sockets", "Too many live sockets are open; close some or try again later.")
    })?;
    let stream = {
        let Listener { actor, sight, token, source } = listener;
        socket::Stream { state, actor, sight, token, source, seq, kind: wanted.kind }
    };
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(socket::MESSAGE_LIMIT);
    Ok(upgrade.on_upgrade(async move |ws| {
        stream.run(ws).await;
        drop(place);
    }))
}

/// Where to begin.
async fn cursor(state: &State, after: Option<i64>) -> Answer<i64> {
    let last = outbox::last(&state.db).await.map_err(Problem::from)?;
    let Some(after) = after else { return Ok(last) };
    if after < 0 || after > last {
        return Err(Problem::invalid("after", format!("Use a seq from 0 to {last}, the last one told.")).into());
    }
    let oldest = outbox::oldest(&state.db).await.map_err(Problem::from)?;
    // Zero asks for whatever is kept; any other cursor must not skip what was forgotten.
    if after > 0 && oldest.is_none_or(|oldest| after + 1 < oldest) && after < last {
        let message = "Events after this cursor are forgotten; read the lists anew and connect without `after`.";
        return Err(Failure::with_status(StatusCode::GONE, "cursor_expired", message));
    }
    Ok(after)
}
