//! `histories`: finished calls of at most 31 days, page by page. The answer is the bare list; a page that is not full is the
//! last.

use super::answer::{Outcome, Refusal};
use super::{application, words};
use crate::{State, numbers};
use account::user;
use axum::Json;
use axum::extract::State as Shared;
use call::Direction;
use jiff::Timestamp;
use model::{Actor, ExtensionId, Problem, UserId};
use pbx::calls::{self, Call, Filter, Names};
use rest::{Failure, Query, Source};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The longest span.
const MOST_MS: i64 = 31 * 24 * 3600 * 1000;
const USUAL_LIMIT: u32 = 20;
const MOST_LIMIT: u32 = 100;

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
) -> Outcome<Json<Vec<Value>>> {
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
    let found = calls::piece(&actor, state.db(), filter, offset, limit).await?;
    let shown = Shown::of(&state, &actor, &found).await?;
    Ok(Json(found.iter().map(|call| shown.item(call)).collect()))
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

/// Turns calls into items, with the names that were read for all of them at once.
struct Shown {
    names: Names,
    /// The logins of those whose extensions took part.
    logins: HashMap<UserId, String>,
}

impl Shown {
    async fn of(state: &State, actor: &Actor, calls: &[Call]) -> Result<Shown, Problem> {
        let names = calls::names(actor, state.db(), calls).await?;
        let mut users: Vec<UserId> = names.extensions.values().filter_map(|(_, user)| *user).collect();
        users.sort_unstable();
        users.dedup();
        let logins = match users.as_slice() {
            [] => HashMap::new(),
            // Whoever may see calls may see whose they were.
            users => {
                let found = user::some(&Actor::system(actor.tenant), state.db(), users).await?;
                found.into_iter().map(|user| (user.id, user.login)).collect()
            }
        };
        Ok(Shown { names, logins })
    }

    fn item(&self, call: &Call) -> Value {
        let (caller, callee) = match call.direction {
            Direction::Inbound => (self.outside(&call.caller_number), self.person(call.extension, &call.callee_number)),
            Direction::Outbound => {
                (self.person(call.extension, &call.caller_number), self.outside(&call.callee_number))
            }
            Direction::Internal => {
                let inside = |number: &str| self.person(self.names.inside.get(number).copied(), number);
                (inside(&call.caller_number), inside(&call.callee_number))
            }
        };
        let did = match call.direction {
            Direction::Inbound => {
                let hotline = call.hotline.and_then(|id| self.names.hotlines.get(&id));
                Some(hotline.unwrap_or(&call.callee_number))
            }
            Direction::Outbound | Direction::Internal => None,
        };
        json!({
            "id": call.id.to_string(),
            "caller": caller,
            "callee": callee,
            "class": words::class(call.direction),
            "did_number": did.map(|number| numbers::local(number, &self.names.country)),
            "direction": words::direction(call.direction),
            "status_detail": words::status(call),
            "duration_seconds": call.duration_ms / 1000,
            "unix_timestamp": call.started_at / 1000,
            "billing_seconds": call.talk_ms / 1000,
            "recording": call.recording.as_ref().map(|_| words::recording(call.id)).unwrap_or_default(),
        })
    }

    /// One of ours, by number and login; who cannot be told by an extension is shown by the number.
    fn person(&self, id: Option<ExtensionId>, number: &str) -> Value {
        let Some(id) = id else { return self.outside(number) };
        let (number, user) =
            self.names.extensions.get(&id).map_or((number, None), |(number, user)| (number.as_str(), *user));
        let username = user.and_then(|user| self.logins.get(&user)).map_or(number, String::as_str);
        json!({ "number": number, "type": "user", "username": username })
    }

    fn outside(&self, number: &str) -> Value {
        json!({ "number": numbers::local(number, &self.names.country), "type": "realnumber" })
    }
}
