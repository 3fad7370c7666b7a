//! `Webhook`: a shop's addresses for changes. Each is an endpoint like any other of the company, so its deliveries, their log
//! and their replay are found where all are.

use super::answer::{Outcome, Refusal};
use super::door::Ask;
use super::value::{self, NEVER, Sent};
use model::{Dialect, Id, PageRequest};
use serde::Deserialize;
use serde_json::{Value, json};
use worker::webhook::endpoint::State;
use worker::webhook::{Endpoint, NewEndpoint, endpoint, service};

#[derive(Deserialize)]
struct New {
    #[serde(default, deserialize_with = "crate::loose::text")]
    url: String,
    #[serde(default)]
    entities: Vec<String>,
    #[serde(default, deserialize_with = "crate::loose::text")]
    metadata: String,
}

pub(super) async fn create(ask: &Ask<'_>) -> Outcome {
    let new: New = ask.read()?;
    if new.url.is_empty() {
        return Err(Refusal::invalid("url: this field is needed"));
    }
    let known = endpoint::choices(Dialect::Etelecom).unwrap_or_default();
    if let Some(strange) = new.entities.iter().find(|word| !known.contains(&word.as_str())) {
        return Err(Refusal::invalid(format!("entities: {strange} is none of {}", known.join(", "))));
    }
    let new = NewEndpoint {
        url: new.url,
        description: new.metadata,
        kinds: kinds(&new.entities),
        dialect: Dialect::Etelecom,
        choices: new.entities,
    };
    let state = ask.state;
    let made = service::create(ask.actor()?, state.db(), &state.guard, new).await.map_err(in_their_words)?;
    shown(ask, &made.0).await
}

pub(super) async fn list(ask: &Ask<'_>) -> Outcome {
    let mut rows = Vec::new();
    for endpoint in all(ask).await? {
        rows.push(shown(ask, &endpoint).await?);
    }
    Ok(json!({ "webhooks": rows }))
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    id: Sent,
}

pub(super) async fn delete(ask: &Ask<'_>) -> Outcome {
    let wanted: Which = ask.read()?;
    let number = wanted.id.needed("id")?;
    let found = all(ask).await?.into_iter().find(|endpoint| endpoint.id.number() == number);
    let found = found.ok_or_else(|| Refusal::not_found("webhook"))?;
    service::delete(ask.actor()?, ask.state.db(), found.id).await?;
    Ok(json!({ "deleted": 1 }))
}

/// The kinds of our events that entities stand for; all of them when none is named.
fn kinds(entities: &[String]) -> Vec<String> {
    let kind = |word: &String| if word == "call_log" { "call.*".to_owned() } else { format!("{word}.*") };
    entities.iter().map(kind).collect()
}

/// The vendor's endpoints; a company has few, all on one page.
async fn all(ask: &Ask<'_>) -> Result<Vec<Endpoint>, Refusal> {
    let page = PageRequest { limit: PageRequest::MAX, after: None };
    let mut all = service::list(ask.actor()?, ask.state.db(), page).await?.items;
    all.retain(|endpoint| endpoint.dialect == Dialect::Etelecom);
    Ok(all)
}

async fn shown(ask: &Ask<'_>, endpoint: &Endpoint) -> Outcome {
    Ok(json!({
        "id": value::id(endpoint.id),
        "url": endpoint.url,
        "entities": endpoint.choices,
        "fields": [],
        "metadata": endpoint.description,
        "created_at": value::time(endpoint.created_at.as_millis()),
        "states": states(ask, endpoint).await?,
    }))
}

/// What became of the last change that was told.
async fn states(ask: &Ask<'_>, endpoint: &Endpoint) -> Outcome {
    let (actor, db) = (ask.actor()?, ask.state.db());
    let page = PageRequest { limit: 1, after: None };
    let last = service::deliveries(actor, db, endpoint.id, None, page).await?.items.into_iter().next();
    let Some(last) = last else {
        return Ok(json!({ "state": "Z", "last_sent_at": NEVER, "last_error": Value::Null }));
    };
    let (_, attempts) = service::delivery(actor, db, endpoint.id, &last.event_id).await?;
    let fault = attempts.iter().rev().find(|attempt| attempt.error.is_some()).map(|attempt| {
        json!({
            "error": attempt.error,
            "resp_status": attempt.status.unwrap_or_default(),
            "resp_body": attempt.answer.as_deref().unwrap_or_default(),
            "retried": attempt.attempt - 1,
            "sent_at": value::time(attempt.at.as_millis()),
        })
    });
    let state = match last.state {
        State::Pending => "S",
        State::Delivered => "P",
        State::Dead => "N",
    };
    let sent_at = attempts.last().map(|attempt| attempt.at.as_millis());
    Ok(json!({ "state": state, "last_sent_at": value::some_time(sent_at), "last_error": fault }))
}

/// The text that goes with an endpoint has another name.
fn in_their_words(mut problem: model::Problem) -> Refusal {
    for field in problem.fields.iter_mut().filter(|field| field.name == "description") {
        field.name = "metadata".to_owned();
    }
    problem.into()
}
