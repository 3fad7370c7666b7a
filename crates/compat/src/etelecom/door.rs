//! The way in: which method an address names, whether the request has the vendor's form, and whose key it brings.

use super::answer::{Code, Outcome, Refusal};
use super::methods::{self, Who};
use crate::State;
use axum::extract::rejection::BytesRejection;
use axum::extract::{OriginalUri, State as Shared};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use model::{Actor, Dialect, Kind};
use rest::{Failure, Path, Source};
use serde::de::DeserializeOwned;
use std::net::IpAddr;

/// A request that has come in.
pub(super) struct Ask<'a> {
    pub(super) state: &'a State,
    /// Who asks; none where no key is wanted.
    client: Option<Client>,
    /// Where the face begins, from the root of our server on: `https://alo.example/etelecom`.
    pub(super) base: String,
    body: Bytes,
}

/// Whose key it is.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) actor: Actor,
    /// A company's own key below `partner`: it works for other companies.
    pub(super) partner: bool,
}

impl Ask<'_> {
    /// The body in the method's shape.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        Ok(rest::input::json(&self.body)?)
    }

    /// Who asks.
    pub(super) fn client(&self) -> Result<&Client, Refusal> {
        self.client.as_ref().ok_or_else(nobody)
    }

    /// The company that the method is for.
    pub(super) fn actor(&self) -> Result<&Actor, Refusal> {
        Ok(&self.client()?.actor)
    }
}

pub(super) async fn ask(
    Shared(state): Shared<State>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    Source(source): Source,
    place: Result<Path<(String, String)>, Failure>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let answer = async {
        let path = uri.path();
        let Ok(Path((place, name))) = place else { return Err(no_handler(path)) };
        let (role, service) = place.split_once('.').ok_or_else(|| no_handler(path))?;
        let below_partner = match role {
            "partner" => true,
            "shop" => false,
            _ => return Err(no_handler(path)),
        };
        let (who, wanted) = methods::find(service, &name).ok_or_else(|| no_handler(path))?;
        if method != Method::POST {
            let message = format!("unsupported method {:?} (only POST is allowed)", method.as_str());
            return Err(Refusal::new(Code::BadRoute, message));
        }
        content_type(&headers)?;
        let client = match who {
            Who::Anybody => None,
            Who::AnyKey | Who::Partner | Who::Shop => Some(client(&state, &headers, source, below_partner).await?),
        };
        allow(who, client.as_ref())?;
        let body = body.map_err(|rejection| Refusal::from(rest::input::body_failure(rejection)))?;
        let base = path.find("/v1/").map_or("", |end| &path[..end]);
        let ask = Ask { state: &state, client, base: format!("{}{base}", state.root), body };
        wanted.run(&ask).await
    };
    told(answer.await)
}

fn told(outcome: Outcome) -> Response {
    match outcome {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Every other address below the face.
pub(super) async fn nowhere(OriginalUri(uri): OriginalUri) -> Response {
    no_handler(uri.path()).into_response()
}

fn no_handler(path: &str) -> Refusal {
    Refusal::new(Code::BadRoute, format!("no handler for path {path:?}"))
}

/// Only JSON is taken; the message quotes what was sent, as Twirp does.
fn content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let sent = headers.get(header::CONTENT_TYPE).map_or("".into(), |value| String::from_utf8_lossy(value.as_bytes()));
    let kind = sent.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refusal::new(Code::BadRoute, format!("unexpected Content-Type: {sent:?}")))
}

/// The company behind the key: `{id}:…` is its own, `shop{id}:…` the one it granted a partner.
async fn client(state: &State, headers: &HeaderMap, source: IpAddr, partner: bool) -> Result<Client, Refusal> {
    let key = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::trim);
    let key = key.map(|text| match text.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => text,
    });
    let key = key.filter(|key| !key.is_empty()).ok_or_else(nobody)?;
    if key.starts_with("request:") {
        let message = "the shop has not logged in yet; ask for its shop_key once it was sent to your redirect_url";
        return Err(Refusal::new(Code::Unauthenticated, message));
    }
    let actor = match state.gate.admit_key(Dialect::Etelecom, key, source).await {
        Err(problem) if problem.kind == Kind::Unauthenticated => return Err(nobody()),
        other => other?,
    };
    Ok(Client { actor, partner: partner && !key.starts_with("shop") })
}

fn allow(who: Who, client: Option<&Client>) -> Result<(), Refusal> {
    let partner = client.is_some_and(|client| client.partner);
    match who {
        Who::Partner if !partner => {
            Err(Refusal::denied("partner_key_required", "only a partner may do this: send the partner's own key"))
        }
        Who::Shop if partner => {
            Err(Refusal::denied("shop_key_required", "this is done as a shop: send the shop_key of Shop/AuthorizeShop"))
        }
        Who::Anybody | Who::AnyKey | Who::Partner | Who::Shop => Ok(()),
    }
}

fn nobody() -> Refusal {
    Refusal::new(Code::Unauthenticated, "send a valid key in the header Authorization: Bearer <api_key>")
}
