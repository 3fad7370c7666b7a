//! `auto_call`: the house calls numbers or extensions and tells them what a list of pieces says.

use super::answer::{Outcome, Payload, Refusal};
use super::auth::Client;
use super::greetings::voice_of;
use super::input::{self, Body};
use super::words;
use crate::State;
use axum::extract::State as Shared;
use axum::routing::{MethodRouter, post};
use model::{Actor, BroadcastId, HotlineId, Id, PageRequest, Permission};
use pbx::broadcast::{self, Broadcast, Kind, NewBroadcast, Part, Plan, Script};
use pbx::extension;
use pbx::greeting::Voice;
use serde::Deserialize;
use serde_json::json;
use store::now;

/// How many words the texts of one session may have, and those of a day.
const WORDS: (usize, usize) = (300, 3_000);

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 2] {
    [("/api/auto_call/execute_by_phone", post(by_phone)), ("/api/auto_call/execute_by_extension", post(by_extension))]
}

#[derive(Deserialize)]
struct Order {
    name: Option<String>,
    #[serde(default)]
    phone_number_list: Vec<Loose>,
    #[serde(default)]
    extensions: Vec<Loose>,
    #[serde(default)]
    template_dialplans: Vec<Piece>,
    #[serde(default)]
    variables: Vec<Loose>,
    #[serde(default, deserialize_with = "crate::loose::text")]
    cid: String,
    speed: Option<i64>,
    #[serde(default, deserialize_with = "crate::loose::text")]
    voice: String,
    num_retry: Option<i64>,
    num_per_call: Option<i64>,
    /// Seconds.
    distance_retry: Option<i64>,
}

/// A text that may come as a number.
#[derive(Deserialize)]
struct Loose(#[serde(deserialize_with = "crate::loose::text")] String);

#[derive(Deserialize)]
struct Piece {
    #[serde(default)]
    target_type: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    target: String,
}

fn texts(all: &[Loose]) -> Vec<String> {
    all.iter().map(|text| text.0.clone()).collect()
}

async fn by_phone(Shared(state): Shared<State>, Client(actor): Client, Body(order): Body<Order>) -> Outcome {
    let numbers = texts(&order.phone_number_list);
    if numbers.is_empty() || (order.template_dialplans.is_empty() && order.variables.is_empty()) {
        return Err(Refusal::Word("data_is_required"));
    }
    let made = begin(&state, &actor, &order, numbers).await?;
    Ok(Payload(json!({ "autocall_id": words::object_id(made.id), "name": made.name })))
}

async fn by_extension(Shared(state): Shared<State>, Client(actor): Client, Body(order): Body<Order>) -> Outcome {
    let numbers = texts(&order.extensions);
    let lacks = [order.template_dialplans.is_empty(), order.variables.is_empty(), numbers.is_empty()];
    if order.cid.is_empty() || lacks.contains(&true) {
        return Err(Refusal::Word("data_is_required"));
    }
    for number in &numbers {
        if extension::find_by_number(&actor, state.db(), number).await?.is_none_or(|found| !found.enabled) {
            return Err(Refusal::Word("extension_invalid"));
        }
    }
    let made = begin(&state, &actor, &order, numbers).await?;
    let called = broadcast::numbers(&actor, state.db(), made.id).await?;
    let uuids: Vec<String> = called.iter().map(|number| format!("{}-{}", made.id, number.place)).collect();
    Ok(Payload(json!({ "autocall_uuids": uuids, "autocall_id": words::object_id(made.id) })))
}

async fn begin(state: &State, actor: &Actor, order: &Order, numbers: Vec<String>) -> Result<Broadcast, Refusal> {
    actor.require(Permission::MakeCalls)?;
    let script = script(state, actor, order).await?;
    let spoken = words_of(&script);
    if spoken > WORDS.0 {
        return Err(Refusal::Word("limit_word_session"));
    }
    if spoken > 0 && !state.sounds.can_speak() {
        let mend = "Nobody speaks here: use recordings, or set speech.driver in the configuration.";
        return Err(Refusal::Told("limit_service", mend.to_owned()));
    }
    if spoken > 0 && spoken + words_today(state, actor).await? > WORDS.1 {
        return Err(Refusal::Word("limit_word"));
    }
    let hotline = hotline(state, actor, &order.cid).await?;
    if is_used_up(state, actor).await? {
        let mend = "The minutes of talk of this day are used up; the bound is outbound_minutes_per_day.";
        return Err(Refusal::Told("balance_is_not_enough", mend.to_owned()));
    }
    let plan = Plan {
        retries: order.num_retry.unwrap_or(0),
        retry_gap_ms: order.distance_retry.unwrap_or(0).saturating_mul(1000),
        at_once: order.num_per_call.unwrap_or(15),
    };
    let name = order.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Auto call".to_owned());
    let new = NewBroadcast { kind: Kind::Message, name, hotline, script, plan, numbers };
    broadcast::create(actor, state.db(), new).await.map_err(|problem| {
        let word = problem.fields.first().and_then(|field| match field.name.as_str() {
            "numbers" => Some("phone_number_invalid"),
            "name" => Some("name_invalid"),
            "retries" => Some("num_retry_invalid"),
            "retry_gap_ms" => Some("distance_retry_invalid"),
            "at_once" => Some("num_per_call_invalid"),
            "script" => Some("template_dialplans_invalid"),
            "speech.text" => Some("variables_invalid"),
            "speech.speed" => Some("speed_invalid"),
            _ => None,
        });
        match word {
            Some(word) => Refusal::Told(word, problem.message),
            None => problem.into(),
        }
    })
}

/// The pieces in the vendor's words, each with what it names. Without pieces all variables are told.
async fn script(state: &State, actor: &Actor, order: &Order) -> Result<Script, Refusal> {
    let mut variables = order.variables.iter().map(|text| Part::Text(text.0.clone()));
    let mut parts = Vec::new();
    for piece in &order.template_dialplans {
        let invalid = || Refusal::Word("template_dialplans_invalid");
        parts.push(match piece.target_type.as_str() {
            "Recording" => {
                let all = input::greetings(actor, state).await?;
                Part::Greeting(all.iter().find(|one| input::is(one.id, &piece.target)).ok_or_else(invalid)?.id)
            }
            "Text_variable" => variables.next().ok_or(Refusal::Word("variables_invalid"))?,
            "Ivr_menu" => {
                let all = input::flows(actor, state).await?;
                Part::Flow(all.iter().find(|one| input::is(one.id, &piece.target)).ok_or_else(invalid)?.id)
            }
            _ => return Err(invalid()),
        });
    }
    if order.template_dialplans.is_empty() {
        parts.extend(variables);
    }
    let voice = match order.voice.as_str() {
        "" => Voice::default(),
        word => voice_of(word).ok_or(Refusal::Word("voice_invalid"))?,
    };
    Ok(Script { parts, times: 1, voice, speed: order.speed.unwrap_or(0), code: None })
}

async fn hotline(state: &State, actor: &Actor, cid: &str) -> Result<Option<HotlineId>, Refusal> {
    if cid.is_empty() {
        return Ok(None);
    }
    let found = input::hotline(actor, state, cid).await?.ok_or(Refusal::Word("number_call_out_invalid"))?;
    Ok(Some(found.id))
}

/// Whether the company has talked to the outside in the last day for as long as it may. There is no money here: this is what it
/// can run out of.
async fn is_used_up(state: &State, actor: &Actor) -> Result<bool, Refusal> {
    let most_ms = u64::try_from(pbx::limits::get(actor, state.db(), None).await?.outbound_minutes_per_day)
        .unwrap_or(0)
        .saturating_mul(60_000);
    let talked = pbx::calls::talked_outside(state.db(), actor.tenant, now().as_millis()).await?;
    Ok(most_ms > 0 && talked.iter().map(|one| one.talk_ms).sum::<u64>() >= most_ms)
}

/// How many words a machine speaks in it.
fn words_of(script: &Script) -> usize {
    script.texts().iter().map(|speech| speech.text.split_whitespace().count()).sum()
}

/// How many words were ordered since midnight.
async fn words_today(state: &State, actor: &Actor) -> Result<usize, Refusal> {
    let zone = crate::time::zone(&account::tenant::get(actor, state.db(), actor.tenant).await?.time_zone);
    let at = jiff::Timestamp::from_millisecond(now().as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let begin = crate::time::begin_of(at.to_zoned(zone.clone()).date(), &zone).unwrap_or(0);
    let after = BroadcastId::from_parts(u64::try_from(begin).unwrap_or(0), 0).to_string();
    let mut page = Some(PageRequest { limit: PageRequest::MAX, after: Some(after) });
    let mut sum = 0;
    while let Some(wanted) = page.take() {
        let found = broadcast::list(actor, state.db(), Kind::Message, wanted).await?;
        sum += found.items.iter().map(|one| words_of(&one.script)).sum::<usize>();
        page = found.next.map(|after| PageRequest { limit: PageRequest::MAX, after: Some(after) });
    }
    Ok(sum)
}
