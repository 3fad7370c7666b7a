//! `webhooks`: one address for each type of event, `call` or `contact`. It is an endpoint like any other of the company,
//! so its deliveries, their log and their replay are found where all are.

use super::answer::{Outcome, Payload, Refusal};
use super::auth::Client;
use super::input::Whole;
use crate::State;
use axum::extract::State as Shared;
use model::{Actor, Dialect, PageRequest};
use rest::{Failure, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use worker::webhook::{Endpoint, EndpointPatch, NewEndpoint, endpoint, service};

/// The types, and the kinds of our events that they stand for.
const TYPES: [(&str, &str); 2] = [("call", "call.*"), ("contact", "contact.*")];

#[derive(Deserialize)]
struct Registration {
    webhook: Wanted,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    url: String,
    /// The states of living calls; all when there is none.
    #[serde(default)]
    events: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct Destroyed {
    hook_type: Option<String>,
}

pub(super) async fn list(Shared(state): Shared<State>, Client(actor): Client) -> Outcome {
    shown(&state, &actor).await
}

pub(super) async fn register(Shared(state): Shared<State>, Client(actor): Client, Whole(body): Whole) -> Outcome {
    if body.is_empty() {
        return Err(Refusal::Word("request_body_required"));
    }
    let Ok(Registration { webhook }) = serde_json::from_slice(&body) else {
        return Err(Refusal::Word("data_is_required"));
    };
    let kind = kind_of(&webhook.r#type)?;
    if webhook.url.is_empty() {
        return Err(Refusal::Word("url_is_required"));
    }
    let choices = match kind {
        "call.*" => webhook.events.unwrap_or_default(),
        _ => Vec::new(),
    };
    let known = endpoint::choices(Dialect::Omicall).unwrap_or_default();
    if choices.iter().any(|word| !known.contains(&word.as_str())) {
        return Err(Refusal::Word("events_invalid"));
    }
    match found(&state, &actor, kind).await? {
        Some(there) => {
            let patch = EndpointPatch {
                url: Some(webhook.url),
                choices: Some(choices),
                enabled: Some(true),
                ..EndpointPatch::default()
            };
            service::update(&actor, state.db(), &state.guard, there.id, patch).await?;
        }
        None => {
            let new = NewEndpoint {
                url: webhook.url,
                description: format!("OMICall {}", webhook.r#type),
                kinds: vec![kind.to_owned()],
                dialect: Dialect::Omicall,
                choices,
            };
            service::create(&actor, state.db(), &state.guard, new).await?;
        }
    }
    shown(&state, &actor).await
}

pub(super) async fn destroy(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Destroyed>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let kind = kind_of(wanted.hook_type.as_deref().unwrap_or_default())?;
    if let Some(there) = found(&state, &actor, kind).await? {
        service::delete(&actor, state.db(), there.id).await?;
    }
    shown(&state, &actor).await
}

fn kind_of(word: &str) -> Result<&'static str, Refusal> {
    match TYPES.iter().find(|(known, _)| *known == word) {
        Some((_, kind)) => Ok(kind),
        None if word.is_empty() => Err(Refusal::Word("type_is_required")),
        None => Err(Refusal::Word("type_invalid")),
    }
}

async fn shown(state: &State, actor: &Actor) -> Outcome {
    let mut items = Vec::new();
    for (word, kind) in TYPES {
        if let Some(endpoint) = found(state, actor, kind).await? {
            let status = if endpoint.enabled { "actived" } else { "deactived" };
            items.push(json!({ "url": endpoint.url, "type": word, "status": status }));
        }
    }
    Ok(Payload(Value::Array(items)))
}

/// The vendor's endpoint for these kinds; a company has few endpoints, all on one page.
async fn found(state: &State, actor: &Actor, kind: &str) -> Result<Option<Endpoint>, Refusal> {
    let all = service::list(actor, state.db(), PageRequest { limit: PageRequest::MAX, after: None }).await?;
    let fits = |endpoint: &Endpoint| endpoint.dialect == Dialect::Omicall && endpoint.kinds == [kind];
    Ok(all.items.into_iter().find(fits))
}
