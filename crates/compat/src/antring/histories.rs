//! `histories`: finished calls of at most 31 days, page by page. The answer is the bare list; how many there are in all
//! stands in the header `X-Total-Count`.

use super::answer::{Outcome, Refusal};
use super::{application, words};
use crate::{State, numbers};
use account::{tenant, user};
use axum::Json;
use axum::extract::State as Shared;
use axum::http::HeaderName;
use axum::response::{IntoResponse, Response};
use call::Direction;
use jiff::Timestamp;
use model::{Actor, ExtensionId, HotlineId, Kind, Problem};
use pbx::calls::{self, Call, Filter};
use pbx::extension::{self, Extension};
use rest::{Failure, Query, Source};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The longest span.
const MOST_MS: i64 = 31 * 24 * 3600 * 1000;
const USUAL_LIMIT: u32 = 20;
const MOST_LIMIT: u32 = 100;
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// The query, all of it as text: the hash is over what was sent.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(rename = "appId", default)]
    app_id: String,
    #[serde(default)]
    created_from: String,
    #[serde(default)]
    created_to: String,
    #[serde(default)]
    limit: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    hash: String,
}

pub(super) async fn list(
    Shared(state): Shared<State>,
    Source(source): Source,
    wanted: Result<Query<Wanted>, Failure>,
) -> Outcome<Response> {
    let Query(wanted) = wanted?;
    let Wanted { app_id, created_from, created_to, limit, page, hash } = &wanted;
    // What is missing counts as nothing, or as what it stands for: the vendor's page says both.
    let sent: &[&str] = &[app_id, created_from, created_to, limit, page];
    let or = |text: &'_ String, usual: &'static str| if text.is_empty() { usual.to_owned() } else { text.clone() };
    let (usual_limit, first) = (or(limit, "20"), or(page, "1"));
    let whole: &[&str] = &[app_id, created_from, created_to, &usual_limit, &first];
    let actor = application::admit(&state, app_id, source, hash, &[sent, whole]).await?;
    let (from, to) = wanted.span()?;
    let (limit, page) = wanted.paging()?;
    let filter = Filter { from: Some(from), to: Some(to.saturating_add(1)), ..Filter::default() };
    let offset = u64::from(page - 1) * u64::from(limit);
    let slice = calls::slice(&actor, state.db(), filter, offset, limit).await?;
    let country = tenant::get(&Actor::system(actor.tenant), state.db(), actor.tenant).await?.country;
    let mut shown = Shown::new(&state, &actor, country);
    let mut items = Vec::with_capacity(slice.items.len());
    for call in &slice.items {
        items.push(shown.item(call).await?);
    }
    Ok(([(TOTAL, slice.total.to_string())], Json(items)).into_response())
}

impl Wanted {
    /// From when to when, both included, in milliseconds since 1970.
    fn span(&self) -> Outcome<(i64, i64)> {
        let from = moment("created_from", &self.created_from)?;
        let to = moment("created_to", &self.created_to)?;
        if to < from {
            return Err(Refusal::Parameter("created_to", "It lies before created_from."));
        }
        if to - from > MOST_MS {
            return Err(Refusal::Parameter("created_to", "Ask for 31 days at most."));
        }
        Ok((from, to))
    }

    fn paging(&self) -> Outcome<(u32, u32)> {
        let number = |name, text: &str, usual: u32, most: u32, mend| match text {
            "" => Ok(usual),
            text => match text.parse() {
                Ok(number) if (1..=most).contains(&number) => Ok(number),
                Ok(_) | Err(_) => Err(Refusal::Parameter(name, mend)),
            },
        };
        let limit = number("limit", &self.limit, USUAL_LIMIT, MOST_LIMIT, "Use 1 to 100.")?;
        Ok((limit, number("page", &self.page, 1, 10_000_000, "Use a number from 1 on.")?))
    }
}

fn moment(name: &'static str, text: &str) -> Outcome<i64> {
    let mend = "Send a moment of ISO 8601 with its zone: 2018-02-07T02:19:33.000Z.";
    let moment: Timestamp = text.parse().map_err(|_| Refusal::Parameter(name, mend))?;
    Ok(moment.as_millisecond())
}

/// Turns calls into items; what several of them share is read once.
struct Shown<'a> {
    state: &'a State,
    actor: &'a Actor,
    /// Reads names, which whoever may see calls may see.
    names: Actor,
    country: String,
    users: HashMap<ExtensionId, Option<(String, String)>>,
    numbers: HashMap<String, Option<ExtensionId>>,
    hotlines: HashMap<HotlineId, Option<String>>,
}

impl<'a> Shown<'a> {
    fn new(state: &'a State, actor: &'a Actor, country: String) -> Shown<'a> {
        let names = Actor::system(actor.tenant);
        Shown { state, actor, names, country, users: HashMap::new(), numbers: HashMap::new(), hotlines: HashMap::new() }
    }

    async fn item(&mut self, call: &Call) -> Outcome<Value> {
        let (caller, callee) = match call.direction {
            Direction::Inbound => {
                (self.outside(&call.caller_number), self.person(call.extension, &call.callee_number).await?)
            }
            Direction::Outbound => {
                (self.person(call.extension, &call.caller_number).await?, self.outside(&call.callee_number))
            }
            Direction::Internal => {
                let (from, to) = (self.named(&call.caller_number).await?, self.named(&call.callee_number).await?);
                (self.person(from, &call.caller_number).await?, self.person(to, &call.callee_number).await?)
            }
        };
        let did = match (call.direction, call.hotline) {
            (Direction::Inbound, Some(id)) => self.hotline(id).await?.or_else(|| Some(call.callee_number.clone())),
            (Direction::Inbound, None) => Some(call.callee_number.clone()),
            (Direction::Outbound | Direction::Internal, _) => None,
        };
        Ok(json!({
            "id": call.id.to_string(),
            "caller": caller,
            "callee": callee,
            "class": words::class(call.direction),
            "did_number": did.map(|number| numbers::local(&number, &self.country)),
            "direction": words::direction(call.direction),
            "status_detail": words::status(call),
            "duration_seconds": call.duration_ms / 1000,
            "unix_timestamp": call.started_at / 1000,
            "billing_seconds": call.talk_ms / 1000,
            "recording": call.recording.as_ref().map(|_| words::recording(call.id)).unwrap_or_default(),
        }))
    }

    /// One of ours; who cannot be told by an extension is shown by the number.
    async fn person(&mut self, id: Option<ExtensionId>, number: &str) -> Outcome<Value> {
        let Some(id) = id else { return Ok(self.outside(number)) };
        if !self.users.contains_key(&id) {
            let found = self.user(id).await?;
            self.users.insert(id, found);
        }
        Ok(match self.users.get(&id).cloned().flatten() {
            Some((number, username)) => json!({ "number": number, "type": "user", "username": username }),
            None => json!({ "number": number, "type": "user", "username": number }),
        })
    }

    /// An extension's number, and the login of the person whose it is. None when it was removed since.
    async fn user(&self, id: ExtensionId) -> Outcome<Option<(String, String)>> {
        let Some(extension) = known(extension::get(&self.names, self.state.db(), id).await)? else { return Ok(None) };
        let login = match extension.user {
            Some(user) => known(user::get(&self.names, self.state.db(), user).await)?.map(|user| user.login),
            None => None,
        };
        let username = login.unwrap_or_else(|| extension.number.clone());
        Ok(Some((extension.number, username)))
    }

    fn outside(&self, number: &str) -> Value {
        json!({ "number": numbers::local(number, &self.country), "type": "realnumber" })
    }

    async fn named(&mut self, number: &str) -> Outcome<Option<ExtensionId>> {
        if let Some(known) = self.numbers.get(number) {
            return Ok(*known);
        }
        let found: Option<Extension> = extension::find_by_number(&self.names, self.state.db(), number).await?;
        let id = found.map(|extension| extension.id);
        self.numbers.insert(number.to_owned(), id);
        Ok(id)
    }

    async fn hotline(&mut self, id: HotlineId) -> Outcome<Option<String>> {
        if let Some(known) = self.hotlines.get(&id) {
            return Ok(known.clone());
        }
        let found = known(pbx::hotline::get(self.actor, self.state.db(), id).await)?.map(|hotline| hotline.number);
        self.hotlines.insert(id, found.clone());
        Ok(found)
    }
}

/// What was removed since is no failure.
fn known<T>(found: Result<T, Problem>) -> Outcome<Option<T>> {
    match found {
        Err(problem) if problem.kind == Kind::NotFound => Ok(None),
        other => Ok(Some(other?)),
    }
}
