//! Reading what clients send: JSON bodies with the vendor's words for what is missing, ids in its form, and what a company
//! has, read whole where it is little.

use super::answer::Refusal;
use super::words;
use crate::State;
use account::user::{self, User};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use model::{Actor, Id, PageRequest, Problem};
use pbx::extension::{self, Extension};
use pbx::flow::{self, Flow};
use pbx::hotline::{self, Hotline};
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

/// The text under a name that must be there.
pub(super) fn needed(text: Option<String>, missing: &'static str) -> Result<String, Refusal> {
    text.filter(|text| !text.trim().is_empty()).ok_or(Refusal::Word(missing))
}

/// Whether an id is meant by this text: 24 hex digits, or our own form.
pub(super) fn is<I: Id + Display>(id: I, text: &str) -> bool {
    words::object_id(id).eq_ignore_ascii_case(text) || id.to_string() == text
}

/// All of what is listed page by page. No function, because a future that borrows in a closure is not known to be `Send`.
macro_rules! all {
    ($page:ident => $list:expr) => {{
        let mut all = Vec::new();
        let mut next = Some(PageRequest { limit: PageRequest::MAX, after: None });
        while let Some($page) = next.take() {
            let found = $list.await?;
            all.extend(found.items);
            next = found.next.map(|after| PageRequest { limit: PageRequest::MAX, after: Some(after) });
        }
        Ok(all)
    }};
}

pub(super) async fn hotlines(actor: &Actor, state: &State) -> Result<Vec<Hotline>, Refusal> {
    all!(page => hotline::list(actor, state.db(), page))
}

pub(super) async fn users(actor: &Actor, state: &State) -> Result<Vec<User>, Refusal> {
    all!(page => user::list(actor, state.db(), page))
}

pub(super) async fn extensions(actor: &Actor, state: &State) -> Result<Vec<Extension>, Refusal> {
    all!(page => extension::list(actor, state.db(), None, page))
}

pub(super) async fn flows(actor: &Actor, state: &State) -> Result<Vec<Flow>, Refusal> {
    all!(page => flow::list(actor, state.db(), page))
}

pub(super) async fn groups(actor: &Actor, state: &State) -> Result<Vec<pbx::group::Group>, Refusal> {
    all!(page => pbx::group::list(actor, state.db(), page))
}

pub(super) async fn greetings(actor: &Actor, state: &State) -> Result<Vec<pbx::greeting::Greeting>, Refusal> {
    all!(page => pbx::greeting::list(actor, state.db(), page))
}

/// The hotline with this number, in whatever form it is written.
pub(super) async fn hotline(actor: &Actor, state: &State, number: &str) -> Result<Option<Hotline>, Refusal> {
    let country = account::tenant::get(actor, state.db(), actor.tenant).await?.country;
    let wanted =
        model::PhoneNumber::parse(number, &country).map_or_else(|| number.to_owned(), |number| number.to_string());
    Ok(hotlines(actor, state).await?.into_iter().find(|hotline| hotline.number == wanted))
}
