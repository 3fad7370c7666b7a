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
mod sms;
mod tell;
mod tenants;
mod users;
mod value;

pub(crate) use answer::failure;
pub(crate) use call_log::parse_direction;
pub(crate) use tell::Etelecom;
pub(crate) use users::parse_role;
pub(crate) use value::{parse_time, time as write_time};

use crate::State;
use axum::Router;
use axum::routing::{any, get, post};

pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/login", get(login::page).post(login::enter))
        .route("/login.css", get(login::style))
        .route("/v1/{place}/{method}", any(door::ask))
        .route("/api/OmniMessage/SendMessage", post(sms::send))
        .route("/api/OmniReport/GetStatusOmni", post(sms::status))
        .route("/api/OmniTemplate/GetTemplate", post(sms::template))
        .route("/", any(door::nowhere))
        .route("/{*path}", any(door::nowhere))
}
