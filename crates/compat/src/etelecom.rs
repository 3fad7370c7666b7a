//! eTelecom: `POST {base}/{role}.{Service}/{Method}` with a bearer key, JSON in and out, errors in Twirp's form. A partner's
//! key works for all companies that granted it, by the `shop_key` of each.
//!
//! Start with [`door`], which finds the method and the key; `methods` is the table of all methods.

mod account;
mod answer;
mod authorize;
mod call_log;
mod calls;
mod door;
mod extensions;
mod hooks;
mod hotlines;
mod login;
mod methods;
mod numbers;
mod paging;
mod tell;
mod tenants;
mod users;
mod value;

pub(crate) use answer::failure;
pub(crate) use tell::Etelecom;

use crate::State;
use axum::Router;
use axum::routing::{any, get};

pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/login", get(login::page).post(login::enter))
        .route("/login.css", get(login::style))
        .route("/v1/{place}/{method}", any(door::ask))
        .route("/", any(door::nowhere))
        .route("/{*path}", any(door::nowhere))
}
