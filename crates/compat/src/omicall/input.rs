//! Reading what clients send: JSON bodies with the vendor's words for what is missing, and ids in its form.

use super::answer::Refusal;
use super::words;
use crate::State;
pub(super) use crate::lists::{extensions, flows, greetings, groups, hotlines, users};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use model::{Actor, Id, Problem};
use pbx::hotline::Hotline;
use serde::de::DeserializeOwned;
use std::fmt::Display;

/// A JSON body: an object.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<State> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &State) -> Result<Body<T>, Refusal> {
        let bytes = Bytes::from_request(request, state).await.map_err(rest::input::body_failure)?;
        if bytes.is_empty() {
            return Err(Refusal::Word("request_body_required"));
        }
        // Serde would also take the fields from an array, in order.
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(Refusal::Word("data_is_required"));
        }
        serde_json::from_slice(&bytes).map(Body).map_err(|error| {
            let message = format!("The body does not fit: {error}.");
            Refusal::from(Problem::invalid("body", message))
        })
    }
}

/// A body as it came.
pub(super) struct Whole(pub(super) Bytes);

impl FromRequest<State> for Whole {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &State) -> Result<Whole, Refusal> {
        let bytes = Bytes::from_request(request, state).await;
        Ok(Whole(bytes.map_err(rest::input::body_failure)?))
    }
}

/// The text under a name that must be there.
pub(super) fn needed(text: Option<String>, missing: &'static str) -> Result<String, Refusal> {
    text.filter(|text| !text.trim().is_empty()).ok_or(Refusal::Word(missing))
}

/// Whether an id is meant by this text: 24 hex digits, or our own form.
pub(super) fn is<I: Id + Display>(id: I, text: &str) -> bool {
    words::object_id(id).eq_ignore_ascii_case(text) || id.to_string() == text
}

/// The hotline with this number, in whatever form it is written.
pub(super) async fn hotline(actor: &Actor, state: &State, number: &str) -> Result<Option<Hotline>, Refusal> {
    let country = account::tenant::get(actor, state.db(), actor.tenant).await?.country;
    let wanted =
        model::PhoneNumber::parse(number, &country).map_or_else(|| number.to_owned(), |number| number.to_string());
    Ok(hotlines(actor, state).await?.into_iter().find(|hotline| hotline.number == wanted))
}
