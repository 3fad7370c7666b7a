//! OMICall: a token for an API key, then JSON in one envelope, whose `status_code` is 9999 or -9999.

mod answer;
mod auth;
mod click;
mod hooks;
mod phones;
mod tell;
mod transactions;
mod words;

pub(crate) use answer::failure;
pub(crate) use tell::Omicall;
pub(crate) use words::parse_direction;

use crate::State;
use axum::Router;
use axum::routing::{get, post, put};

pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/api/auth", get(auth::token))
        .route("/api/click2call", post(click::place))
        .route("/api/call_center/internal_phone/list", get(phones::list))
        .route("/api/call_center/internal_phone/status", put(phones::status).post(phones::status))
        .route("/api/call_center/hotline/list", get(phones::hotlines))
        .route("/api/call_center/extensions/detail", get(phones::detail))
        .route("/api/webhooks/list", get(hooks::list))
        .route("/api/webhooks/register", post(hooks::register))
        .route("/api/webhooks/destroy", post(hooks::destroy))
        .route("/api/call_transaction/list", get(transactions::list))
        .route("/api/call_transaction/detail/{transaction}", get(transactions::detail))
}
