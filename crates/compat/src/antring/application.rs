//! Who asks: an application, by its id and a hash over its secret. Orders carry both in headers, queries beside their values.

use super::answer::{Outcome, Refusal};
use super::hash;
use crate::State;
use crate::token::{self, Purpose};
use axum::Json;
use axum::extract::{FromRequestParts, State as Shared};
use axum::http::request::Parts;
use model::{Actor, Dialect, Kind, Problem};
use rest::Source;
use serde_json::{Value, json};
use std::net::IpAddr;
use store::now;

/// The company whose application sent its id and hash in headers.
pub(super) struct Application(pub(super) Actor);

impl FromRequestParts<State> for Application {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Outcome<Application> {
        let Ok(Source(source)) = Source::from_request_parts(parts, state).await;
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").trim();
        let id = text("x-auth-app-id");
        let actor = admit(state, id, source, text("x-auth-app-hash"), &[&[id]]).await?;
        Ok(Application(actor))
    }
}

/// Who sent this hash: it may be over the values of any of the `candidates`.
pub(super) async fn admit(
    state: &State,
    id: &str,
    source: IpAddr,
    sent: &str,
    candidates: &[&[&str]],
) -> Outcome<Actor> {
    if id.is_empty() {
        return Err(Refusal::Word("APPID_MISSING"));
    }
    let proves = |secret: &str| candidates.iter().any(|values| hash::fits(values, secret, sent));
    Ok(state.gate.admit_application(Dialect::Antring, id, source, &proves).await?)
}

/// Now, in seconds since 1970.
pub(super) fn seconds() -> i64 {
    now().as_millis() / 1000
}

/// The token with which call events are subscribed to.
pub(super) async fn token(Shared(state): Shared<State>, Application(actor): Application) -> Outcome<Json<Value>> {
    let missing = || Problem::new(Kind::Unauthenticated, "bearer_unknown", "Send the application's id and hash.");
    let (key, now_s) = (actor.key.ok_or_else(missing)?, seconds());
    Ok(Json(json!({
        "value": token::write(&state, Purpose::AntringEvents, key, now_s),
        "expire": (now_s + token::DAY_S) * 1000,
    })))
}
