//! Our own HTTP: `/api/v1`, its OpenAPI document and the live socket.
//!
//! Each module is one address with its request and answer shapes. A handler extracts, calls the feature's service and
//! shows the result; no rule of the business stands here, and live calls are reached through `bus` only. Start with
//! [`router`], then any module; `docs/API.md` is for the reader outside.

mod agents;
mod broadcasts;
mod caller_rules;
mod calls;
mod captures;
mod companies;
mod configuration;
mod contacts;
mod departments;
mod devices;
mod dispositions;
mod docs;
mod events;
mod extensions;
mod flows;
mod greetings;
mod groups;
mod handling;
mod hotlines;
mod installation;
mod keys;
mod limits;
mod openapi;
mod passwords;
mod phone;
mod presence;
mod queues;
mod recordings;
mod schedules;
mod scores;
mod second_factor;
mod session;
mod sessions;
mod simulation;
mod sms;
mod state;
mod statistics;
mod support;
mod tables;
mod tickets;
mod trunks;
mod users;
mod views;
mod voicemail;
mod webhooks;

pub use installation::{Doctor, Finding, NodeReport};
pub use openapi::document;
pub use state::{Patience, State};

use std::time::Duration;

use axum::extract::{Request, State as AxumState};
use axum::middleware::Next;
use axum::response::Response;
use axum::{Router, middleware};
use utoipa_axum::router::OpenApiRouter;

/// Where the API lives.
const PREFIX: &str = "/api/v1";

/// The whole face: `/api/v1`, `/openapi.json`, `/docs` and the `pages` for people. The server adds health and metrics
/// beside it. The service must be made with connect info, so that failed logins are counted per source.
pub fn router(state: State, pages: Router) -> Router {
    let (router, _) = described().split_for_parts();
    let idempotent = middleware::from_fn_with_state(state.gate.clone(), rest::idempotency::replay);
    let visible = middleware::from_fn_with_state(state.clone(), answer_when_in_force);
    rest::layers::around(
        router.route_layer(visible).route_layer(idempotent).with_state(state).merge(docs::router()).merge(pages),
    )
}

/// How long an answer waits for the engine to take a changed configuration over; usually some milliseconds.
const TAKE_OVER: Duration = Duration::from_millis(500);

/// A change is answered when calls see it: whoever changes a ring group and dials next gets the new one.
async fn answer_when_in_force(AxumState(state): AxumState<State>, request: Request, next: Next) -> Response {
    let reads = request.method().is_safe();
    let answer = next.run(request).await;
    if !reads && answer.status().is_success() {
        let version = *state.db.watch_config().borrow();
        state.bus.in_force(version, TAKE_OVER).await;
    }
    answer
}

/// All routes with their documents.
fn described() -> OpenApiRouter<State> {
    let v1 = OpenApiRouter::new()
        .merge(session::routes())
        .merge(sessions::routes())
        .merge(second_factor::routes())
        .merge(passwords::routes())
        .merge(companies::routes())
        .merge(configuration::routes())
        .merge(users::routes())
        .merge(departments::routes())
        .merge(keys::routes())
        .merge(extensions::routes())
        .merge(installation::routes())
        .merge(devices::routes())
        .merge(limits::routes())
        .merge(trunks::routes())
        .merge(hotlines::routes())
        .merge(groups::routes())
        .merge(handling::routes())
        .merge(schedules::routes())
        .merge(scores::routes())
        .merge(caller_rules::routes())
        .merge(queues::routes())
        .merge(recordings::routes())
        .merge(agents::routes())
        .merge(broadcasts::routes())
        .merge(flows::routes())
        .merge(greetings::routes())
        .merge(simulation::routes())
        .merge(sms::routes())
        .merge(support::routes())
        .merge(presence::routes())
        .merge(phone::routes())
        .merge(calls::routes())
        .merge(captures::routes())
        .merge(dispositions::routes())
        .merge(contacts::routes())
        .merge(tickets::routes())
        .merge(statistics::routes())
        .merge(events::routes())
        .merge(views::routes())
        .merge(voicemail::routes())
        .merge(webhooks::routes());
    OpenApiRouter::with_openapi(openapi::base()).nest(PREFIX, v1)
}
