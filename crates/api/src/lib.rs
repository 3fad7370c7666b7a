//! Our own HTTP: `/api/v1`, its OpenAPI document and the live socket.
//!
//! Each module is one address with its request and answer shapes. A handler extracts, calls the feature's service and
//! shows the result; no rule of the business stands here, and live calls are reached through `bus` only. Start with
//! [`router`], then any module; `docs/API.md` is for the reader outside.

mod calls;
mod companies;
mod docs;
mod events;
mod extensions;
mod flows;
mod greetings;
mod groups;
mod hotlines;
mod keys;
mod openapi;
mod session;
mod state;
mod trunks;
mod users;
mod webhooks;

pub use openapi::document;
pub use state::{Patience, State};

use axum::{Router, middleware};
use utoipa_axum::router::OpenApiRouter;

/// Where the API lives.
const PREFIX: &str = "/api/v1";

/// The whole face: `/api/v1`, `/openapi.json` and `/docs`. The server adds health and metrics beside it. The service
/// must be made with connect info, so that failed logins are counted per source.
pub fn router(state: State) -> Router {
    let (router, _) = described().split_for_parts();
    let idempotent = middleware::from_fn_with_state(state.db.clone(), rest::idempotency::replay);
    rest::layers::around(router.route_layer(idempotent).with_state(state).merge(docs::router()))
}

/// All routes with their documents.
fn described() -> OpenApiRouter<State> {
    let v1 = OpenApiRouter::new()
        .merge(session::routes())
        .merge(companies::routes())
        .merge(users::routes())
        .merge(keys::routes())
        .merge(extensions::routes())
        .merge(trunks::routes())
        .merge(hotlines::routes())
        .merge(groups::routes())
        .merge(flows::routes())
        .merge(greetings::routes())
        .merge(calls::routes())
        .merge(events::routes())
        .merge(webhooks::routes());
    OpenApiRouter::with_openapi(openapi::base()).nest(PREFIX, v1)
}
