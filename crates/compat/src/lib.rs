//! The dialects of other vendors: their clients work against Alo when their base URL and key are changed.
//!
//! Each vendor is one folder with its own words, shapes and errors; it calls the same services as our own API. There are
//! no tables and no rules of the business here, and live calls are reached through `bus` only. What a vendor offers and
//! we do not is listed in the folder's `GAPS.md`. Start with [`router`], then any vendor.

mod antring;
mod etelecom;
pub mod import;
mod links;
mod lists;
mod loose;
mod numbers;
mod omicall;
mod state;
mod time;
mod token;
mod told;
mod voicecloud;

pub use state::State;

use axum::Router;
use std::sync::Arc;
use worker::webhook::tongue::{Tongue, Tongues};

/// Where each vendor's addresses live, below the root of our server.
#[derive(Debug, Clone)]
pub struct Prefixes {
    /// AntRing: `{prefix}/oapi/v1/call/histories`; its call events also at `/socket.io/`, where its clients look for them.
    pub antring: String,
    /// eTelecom: `{prefix}/v1/shop.Etelecom/ListCallLogs`.
    pub etelecom: String,
    /// OMICall: `{prefix}/api/click2call`.
    pub omicall: String,
    /// VoiceCloud: `{prefix}/api/CallControl/dial/…`.
    pub voicecloud: String,
}

impl Default for Prefixes {
    fn default() -> Prefixes {
        Prefixes {
            antring: "/antring".to_owned(),
            etelecom: "/etelecom".to_owned(),
            omicall: "/omicrm".to_owned(),
            voicecloud: "/voicecloud".to_owned(),
        }
    }
}

/// What webhooks are told in, beside our own words.
pub fn tongues(state: &State) -> Tongues {
    let all: [Arc<dyn Tongue>; 3] = [
        Arc::new(etelecom::Etelecom(state.clone())),
        Arc::new(omicall::Omicall(state.clone())),
        Arc::new(voicecloud::Voicecloud(state.clone())),
    ];
    Tongues::new(all)
}

/// All faces, and the recordings that their links lead to. The service must be made with connect info, because keys may
/// be bound to addresses.
pub fn router(state: State, prefixes: &Prefixes) -> Router {
    let sockets = antring::sockets(&state, &prefixes.antring);
    let antring = antring::routes().with_state(state.clone());
    let antring = rest::layers::around_in(antring, antring::failure).merge(sockets.clone());
    let etelecom = rest::layers::around_in(etelecom::routes().with_state(state.clone()), etelecom::failure);
    let omicall = rest::layers::around_in(omicall::routes().with_state(state.clone()), omicall::failure);
    let voicecloud = rest::layers::around_in(voicecloud::routes().with_state(state.clone()), voicecloud::failure);
    let links = rest::layers::around(links::routes().with_state(state));
    Router::new()
        .nest(&prefixes.antring, antring)
        .nest(&prefixes.etelecom, etelecom)
        .nest(&prefixes.omicall, omicall)
        .nest(&prefixes.voicecloud, voicecloud)
        .nest("/links", links)
        .merge(sockets)
}
