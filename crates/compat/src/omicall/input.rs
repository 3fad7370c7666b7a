//! Reading what clients send: JSON bodies with the vendor's words for what is missing, and ids in its form.

use super::answer::{Paging, Refusal};
use super::words;
use crate::State;
pub(super) use crate::lists::{extensions, flows, greetings, groups, hotlines, users};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use model::{Actor, Id, Problem};
use pbx::hotline::Hotline;
use serde::Deserialize;
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

/// The query of a list: what is looked for, and the page.
#[derive(Deserialize)]
pub(super) struct Listing {
    pub(super) keyword: Option<String>,
    page: Option<u32>,
    size: Option<u32>,
}

impl Listing {
    /// The page, of the usual size where none is named.
    pub(super) fn paging(&self, usual: u32) -> Paging {
        Paging::of(self.page, self.size, usual)
    }

    /// Whether a name has the keyword in it, without regard to accents and case.
    pub(super) fn fits(&self, name: &str) -> bool {
        let plain = |text: &str| words::unsigned(text).to_lowercase();
        plain(name).contains(&plain(self.keyword.as_deref().unwrap_or_default()))
    }
}

/// A query whose names may stand several times: `agents=a&agents=b`, `agents[]=a`, `agents[0]=a`, or one with commas.
pub(super) struct Pairs(Vec<(String, String)>);

impl Pairs {
    pub(super) fn read(query: Option<&str>) -> Pairs {
        Pairs(url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// All values under any of these names.
    pub(super) fn all(&self, names: &[&str]) -> Vec<String> {
        let fits = |key: &str| names.contains(&key.split_once('[').map_or(key, |(name, _)| name));
        let values = self.0.iter().filter(|(key, _)| fits(key)).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// The first of them.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        self.all(names).into_iter().next()
    }

    /// A number of a page, or how many items it holds; what is no number is not said.
    pub(super) fn count(&self, name: &str) -> Option<u32> {
        self.first(&[name]).and_then(|text| text.parse().ok())
    }

    /// A moment in milliseconds since 1970.
    pub(super) fn moment(&self, names: &[&str]) -> Result<Option<i64>, Refusal> {
        self.first(names).map(|text| text.parse().map_err(|_| Refusal::Word("date_invalid"))).transpose()
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
