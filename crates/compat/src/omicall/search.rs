//! The newer searches of calls: `POST` with lists of what is looked for. One question in three forms, and the report that
//! counts what a search would find.

use super::answer::{Outcome, Paging, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Pairs};
use super::transactions::{MOST_MS, Shown};
use super::words;
use crate::State;
use axum::extract::{RawQuery, State as Shared};
use axum::routing::{MethodRouter, get, post};
use call::Direction;
use model::{Actor, CallId, Kind};
use pbx::calls::{self, Call, Filter, Party, Status};
use pbx::extension;
use rest::{Failure, Query};
use serde::Deserialize;
use serde_json::{Value, json};

const MOST_SIZE: u32 = 50;
/// The longest span of a report: a year.
const REPORT_MS: i64 = 366 * 24 * 3600 * 1000;
/// How many values a list may have.
const MOST_VALUES: usize = 200;

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 6] {
    [
        ("/api/call_transaction/search", post(first)),
        ("/api/v2/callTransaction/search", post(second)),
        ("/api/v2/callTransaction/getByTransactionId", get(one_by_query).post(one_by_body)),
        ("/api/v3/call-transaction/search", post(third)),
        ("/api/v3/call-transaction/report", get(report)),
        ("/api/call_transaction/report", get(report)),
    ]
}

/// What is looked for, in the names of all forms.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    #[serde(alias = "fromDate")]
    pub(super) from_date: Option<i64>,
    #[serde(alias = "toDate")]
    pub(super) to_date: Option<i64>,
    #[serde(alias = "directions")]
    pub(super) direction: Vec<String>,
    pub(super) disposition: Vec<String>,
    /// Hotlines.
    #[serde(alias = "sipNumbers")]
    pub(super) sip_numbers: Vec<String>,
    #[serde(alias = "sipUsers")]
    pub(super) sip_users: Vec<String>,
    #[serde(alias = "phoneNumbers", alias = "numbers")]
    pub(super) phone_numbers: Vec<String>,
    #[serde(alias = "transactionIds")]
    pub(super) transaction_ids: Vec<String>,
    #[serde(alias = "agentEmails")]
    pub(super) agent_emails: Vec<String>,
    /// Third parties' names of people; here their logins.
    #[serde(alias = "agentUuids", alias = "user_uuids")]
    pub(super) agent_uuids: Vec<String>,
    #[serde(alias = "agentIds")]
    pub(super) agent_ids: Vec<String>,
    #[serde(alias = "isAnswer")]
    pub(super) is_answer: Option<bool>,
    #[serde(alias = "tagIds")]
    pub(super) tags: Vec<String>,
}

#[derive(Deserialize)]
struct ThirdForm {
    #[serde(default)]
    filter: Wanted,
    sort: Option<Sort>,
}

#[derive(Deserialize)]
struct Sort {
    field: Option<String>,
    #[serde(alias = "is_asc")]
    #[serde(rename = "isAsc", default)]
    is_asc: bool,
}

#[derive(Deserialize)]
struct Pages {
    page: Option<u32>,
    size: Option<u32>,
}

#[derive(Deserialize)]
struct One {
    #[serde(rename = "transactionId", alias = "transaction_id")]
    transaction_id: Option<String>,
}

async fn first(
    Shared(state): Shared<State>,
    Client(actor): Client,
    pages: Result<Query<Pages>, Failure>,
    Body(wanted): Body<Wanted>,
) -> Outcome {
    let Payload(mut found) = search(&state, &actor, pages?.0, &wanted, false).await?;
    // This form's sample has the names in camel case; newer clients read the others.
    for (snake, camel) in [
        ("page_number", "pageNumber"),
        ("page_size", "pageSize"),
        ("total_items", "totalItems"),
        ("total_pages", "totalPages"),
        ("has_next", "hasNext"),
        ("next_page", "nextPage"),
        ("has_previous", "hasPrevious"),
        ("previous_page", "previousPage"),
    ] {
        found[camel] = found[snake].clone();
    }
    Ok(Payload(found))
}

async fn second(
    Shared(state): Shared<State>,
    Client(actor): Client,
    pages: Result<Query<Pages>, Failure>,
    Body(wanted): Body<Wanted>,
) -> Outcome {
    search(&state, &actor, pages?.0, &wanted, false).await
}

async fn third(
    Shared(state): Shared<State>,
    Client(actor): Client,
    pages: Result<Query<Pages>, Failure>,
    Body(wanted): Body<ThirdForm>,
) -> Outcome {
    let oldest_first = match wanted.sort {
        Some(Sort { field: Some(field), .. }) if field != "created_date" => {
            return Err(Refusal::Told("sort_invalid", "Sort by created_date.".to_owned()));
        }
        Some(sort) => sort.is_asc,
        None => false,
    };
    search(&state, &actor, pages?.0, &wanted.filter, oldest_first).await
}

async fn search(state: &State, actor: &Actor, pages: Pages, wanted: &Wanted, oldest_first: bool) -> Outcome {
    let paging = Paging::of(pages.page, Some(pages.size.unwrap_or(MOST_SIZE).min(MOST_SIZE)), MOST_SIZE);
    let Some(filter) = wanted.filter(actor, state, MOST_MS).await? else { return Ok(page(Vec::new(), paging, 0)) };
    let filter = Filter { oldest_first, ..filter };
    let slice = calls::slice(actor, state.db(), filter, paging.offset(), paging.size).await?;
    let mut shown = Shown::new(state, actor);
    let mut items = Vec::with_capacity(slice.items.len());
    for call in &slice.items {
        items.push(whole(&mut shown, call).await?);
    }
    Ok(page(items, paging, slice.total))
}

async fn one_by_query(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<One>, Failure>,
) -> Outcome {
    one(&state, &actor, wanted?.0).await
}

async fn one_by_body(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<One>) -> Outcome {
    one(&state, &actor, wanted).await
}

async fn one(state: &State, actor: &Actor, wanted: One) -> Outcome {
    let id = input::needed(wanted.transaction_id, "transaction_id_is_required")?;
    let unknown = || Refusal::Word("transaction_id_invalid");
    let id: CallId = id.parse().map_err(|_| unknown())?;
    let found = match calls::get(actor, state.db(), id).await {
        Err(problem) if problem.kind == Kind::NotFound => return Err(unknown()),
        other => other?,
    };
    Ok(Payload(whole(&mut Shown::new(state, actor), &found.call).await?))
}

/// The item of the first form, with what the newer ones add.
async fn whole(shown: &mut Shown<'_>, call: &Call) -> Result<Value, Refusal> {
    let mut item = shown.item(call).await?;
    let hotline = shown.hotline(call).await?;
    let inbound = call.direction == Direction::Inbound;
    let phone = words::number(if inbound { &call.caller_number } else { &call.callee_number });
    let seconds = |at: i64| at / 1000;
    let more = json!({
        "_id": words::object_id(call.id),
        "tenant_id": words::object_id(shown.tenant()),
        "call_uuid": call.id.to_string(),
        "sip_number": hotline,
        "hotline": hotline,
        "phone_number": phone,
        "from_number": words::number(&call.caller_number),
        "to_number": words::number(&call.callee_number),
        "answer_sec": words::answer_s(call),
        "wait_sec": words::answer_s(call),
        "ms_time_start_to_answer": call.answered_at.unwrap_or(0),
        "time_start_call": seconds(call.started_at),
        "time_ringing_start": call.ringing_at.map(seconds),
        "time_answer_start": call.answered_at.map(seconds),
        "time_end_call": seconds(call.ended_at),
        "recording_file_url": item["recording_file"],
        "recording_data": null,
        "hangup_cause": words::hangup(call.cause),
        "hangup_cause_q850": words::q850(call.cause),
        "is_missed_call": inbound && call.status != Status::Answered,
        "autocall_uuid": null,
        "autocall_id": null,
        "is_callbot": false,
        "state": "cdr",
        "invite_failure_status": null,
    });
    if let (Value::Object(item), Value::Object(more)) = (&mut item, more) {
        item.extend(more);
    }
    Ok(item)
}

/// How many calls there were. Lists come as `numbers=a&numbers=b` or with commas.
async fn report(Shared(state): Shared<State>, Client(actor): Client, RawQuery(query): RawQuery) -> Outcome {
    let pairs = Pairs::read(query.as_deref());
    let wanted = Wanted {
        from_date: pairs.moment(&["from_date", "fromDate"])?,
        to_date: pairs.moment(&["to_date", "toDate"])?,
        sip_numbers: pairs.all(&["numbers"]),
        sip_users: pairs.all(&["sip_user", "sipUsers"]),
        agent_emails: pairs.all(&["agents", "agentEmails"]),
        ..Wanted::default()
    };
    let filter = wanted.filter(&actor, &state, REPORT_MS).await?;
    let tallies = match filter {
        Some(filter) => calls::tally(&actor, state.db(), filter).await?,
        None => Vec::new(),
    };
    let directions = Direction::ALL.into_iter().filter(|way| tallies.iter().any(|tally| tally.direction == *way));
    let by_direction = directions.map(|way| {
        let of = tallies.iter().filter(|tally| tally.direction == way);
        let (calls, talk_ms) = of.fold((0, 0), |(calls, talk), tally| (calls + tally.calls, talk + tally.talk_ms));
        json!({ "_id": words::direction(way), "total_count": calls, "total_time": talk_ms / 1000 })
    });
    let count = |word: &str, way: Option<Direction>| -> u64 {
        let fits = |tally: &&calls::Tally| {
            words::disposition(tally.status) == word && way.is_none_or(|way| tally.direction == way)
        };
        tallies.iter().filter(fits).map(|tally| tally.calls).sum()
    };
    let by_disposition = ["answered", "cancelled"].into_iter().filter(|word| count(word, None) > 0).map(|word| {
        json!({
            "_id": word,
            "total_count": count(word, None),
            "total_outbound": count(word, Some(Direction::Outbound)),
            "total_inbound": count(word, Some(Direction::Inbound)),
        })
    });
    let local = Some(Direction::Internal);
    Ok(Payload(json!({
        "categorized_by_direction": by_direction.collect::<Vec<_>>(),
        "categorized_by_disposition": by_disposition.collect::<Vec<_>>(),
        "categorized_by_local_direction": {
            "total_call": count("answered", local) + count("cancelled", local),
            "total_call_answer": count("answered", local),
        },
    })))
}

impl Wanted {
    /// The filter; `None` when nothing can fit.
    pub(super) async fn filter(&self, actor: &Actor, state: &State, most_ms: i64) -> Result<Option<Filter>, Refusal> {
        let from = self.from_date.ok_or(Refusal::Word("from_date_is_required"))?;
        let to = self.to_date.ok_or(Refusal::Word("to_date_is_required"))?;
        if from < 0 || to < from {
            return Err(Refusal::Word("date_invalid"));
        }
        if to - from > most_ms {
            return Err(Refusal::Word("date_is_too_long"));
        }
        let lists = [&self.sip_numbers, &self.sip_users, &self.phone_numbers, &self.transaction_ids];
        let more = [&self.agent_emails, &self.agent_uuids, &self.agent_ids, &self.tags];
        if lists.into_iter().chain(more).any(|list| list.len() > MOST_VALUES) {
            return Err(Refusal::Told("data_is_too_long", format!("Send {MOST_VALUES} values at most.")));
        }
        // Calls have no tags.
        if !self.tags.is_empty() {
            return Ok(None);
        }
        let ways =
            self.direction.iter().map(|word| words::parse_direction(word).ok_or(Refusal::Word("direction_invalid")));
        let answered = match self.disposition.as_slice() {
            [] => self.is_answer,
            words => {
                let answered = words.iter().map(|word| match word.as_str() {
                    "answered" => Ok(true),
                    "cancelled" => Ok(false),
                    _ => Err(Refusal::Word("disposition_invalid")),
                });
                let answered = answered.collect::<Result<Vec<bool>, Refusal>>()?;
                let all = |value: bool| answered.iter().all(|known| *known == value);
                if all(true) { Some(true) } else { all(false).then_some(false) }
            }
        };
        let ids: Vec<CallId> = self.transaction_ids.iter().filter_map(|id| id.parse().ok()).collect();
        let mut parties = Vec::new();
        for people in self.people(actor, state).await? {
            parties.push(people);
        }
        if !self.phone_numbers.is_empty() {
            parties.push(self.phone_numbers.iter().cloned().map(Party::Number).collect());
        }
        let nobody = parties.iter().any(Vec::is_empty) || (ids.is_empty() && !self.transaction_ids.is_empty());
        Ok((!nobody).then_some(Filter {
            from: Some(from),
            to: Some(to.saturating_add(1)),
            directions: ways.collect::<Result<_, _>>()?,
            answered,
            ids,
            parties,
            ..Filter::default()
        }))
    }

    /// For each list of our own people or numbers, who is meant; an empty list where nobody is.
    async fn people(&self, actor: &Actor, state: &State) -> Result<Vec<Vec<Party>>, Refusal> {
        let mut all = Vec::new();
        if !self.sip_numbers.is_empty() {
            let mut known = Vec::new();
            for number in &self.sip_numbers {
                known.extend(input::hotline(actor, state, number).await?.map(|hotline| Party::Hotline(hotline.id)));
            }
            all.push(known);
        }
        if !self.sip_users.is_empty() {
            let mut known = Vec::new();
            for number in &self.sip_users {
                let found = extension::find_by_number(actor, state.db(), number).await?;
                known.extend(found.map(|phone| Party::Extension(phone.id)));
            }
            all.push(known);
        }
        let logins = [&self.agent_emails, &self.agent_uuids, &self.agent_ids];
        if logins.iter().any(|list| !list.is_empty()) {
            let users = input::users(actor, state).await?;
            let phones = input::extensions(actor, state).await?;
            let uuids = account::external::all(actor, state.db()).await?;
            for list in logins.into_iter().filter(|list| !list.is_empty()) {
                let wanted = |text: &str, user: &account::user::User| {
                    let lower = text.to_lowercase();
                    let known = user.login == lower || user.email.as_ref() == Some(&lower) || input::is(user.id, text);
                    known || uuids.get(&user.id).is_some_and(|uuid| uuid == text)
                };
                let meant = users.iter().filter(|user| list.iter().any(|text| wanted(text, user)));
                let phone = |user: &account::user::User| phones.iter().find(|phone| phone.user == Some(user.id));
                all.push(meant.filter_map(phone).map(|phone| Party::Extension(phone.id)).collect());
            }
        }
        Ok(all)
    }
}
