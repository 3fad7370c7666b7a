//! OMICall: a token for an API key, then JSON in one envelope, whose `status_code` is 9999 or -9999.

mod agents;
mod answer;
mod auth;
mod autocall;
mod click;
pub(crate) mod contacts;
pub(crate) mod greetings;
mod groups;
mod hooks;
mod hotlines;
mod input;
pub(crate) mod menu;
mod outside;
mod phones;
mod scripts;
mod search;
mod tell;
mod tickets;
mod transactions;
mod transfer;
mod words;

pub(crate) use answer::failure;
pub(crate) use tell::Omicall;
pub(crate) use words::parse_direction;

use crate::State;
use axum::Router;
use axum::routing::{get, post, put};

pub(crate) fn routes() -> Router<State> {
    let router = Router::new()
        .route("/api/auth", get(auth::token))
        .route("/api/click2call", post(click::place))
        .route("/api/call_center/internal_phone/list", get(phones::list))
        .route("/api/call_center/internal_phone/status", put(phones::status).post(phones::status))
        .route("/api/call_center/internal_phone/update", post(phones::update))
        .route("/api/call_center/extensions/detail", get(phones::detail))
        .route("/api/webhooks/list", get(hooks::list))
        .route("/api/webhooks/register", post(hooks::register))
        .route("/api/webhooks/destroy", post(hooks::destroy))
        .route("/api/call_transaction/list", get(transactions::list))
        .route("/api/call_transaction/detail/{transaction}", get(transactions::detail))
        // A newer client changes by PATCH.
        .route("/api/call_transaction/change/{transaction}", post(transactions::change).patch(transactions::change));
    let more = agents::routes()
        .into_iter()
        .chain(autocall::routes())
        .chain(contacts::routes())
        .chain(greetings::routes())
        .chain(groups::routes())
        .chain(hotlines::routes())
        .chain(scripts::routes())
        .chain(outside::routes())
        .chain(search::routes())
        .chain(tickets::routes())
        .chain(transfer::routes());
    more.fold(router, |router, (path, handlers)| router.route(path, handlers))
}
