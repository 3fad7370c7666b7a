//! AntRing of AntBuddy: applications prove themselves by a hash over their secret, in two headers or in the query; what
//! happens to calls is told over Socket.IO.

mod answer;
mod application;
mod binding;
mod bot;
mod click;
mod events;
mod hash;
mod histories;
mod listeners;
mod meaning;
mod recording;
mod socket;
mod words;

pub(crate) use answer::failure;
pub(crate) use socket::service as sockets;

use crate::State;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/oapi/v1/voice/auth_token", post(application::token))
        .route("/oapi/v1/call/click-to-call/{number}", post(click::place))
        .route("/oapi/v1/call/histories", get(histories::list))
        .route("/oapi/v1/call/play_recording", get(recording::link))
        .merge(bot::routes())
}
