//! `key-interaction`: key scripts. Each is a flow of one menu; flows that are drawn freely are shown as far as the vendor has
//! words for them, and are not written over.

use super::answer::{Outcome, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Listing, needed};
use super::menu::{Script, Step};
use super::words;
use crate::State;
use axum::extract::State as Shared;
use axum::routing::{MethodRouter, delete as delete_at, get, post};
use model::{Actor, Digit, GreetingId, Kind, Permission};
use pbx::flow::{self, Flow, FlowPatch, NewFlow};
use rest::{Failure, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const USUAL_SIZE: u32 = 10;
const GROUP: &str = "Ring_group";
const MENU: &str = "Ivr_menu";
const RECORDING: &str = "Recording";

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 4] {
    [
        ("/api/call_center/key-interaction/list", get(list)),
        ("/api/call_center/key-interaction/add", post(add)),
        ("/api/call_center/key-interaction/update/{id}", post(update)),
        ("/api/call_center/key-interaction/delete/{id}", delete_at(delete)),
    ]
}

/// A script as it is sent.
#[derive(Deserialize)]
struct Sent {
    script_name: Option<String>,
    greeting_id: Option<String>,
    greeting_short_id: Option<String>,
    invalid_sound_id: Option<String>,
    max_failure: Option<u32>,
    time_out: Option<u32>,
    scripts: Option<Vec<SentKey>>,
    #[serde(default)]
    action_type: Option<String>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default, deserialize_with = "crate::loose::text")]
    ivr_direct_menu_dial: String,
}

#[derive(Deserialize)]
struct SentKey {
    #[serde(default, deserialize_with = "crate::loose::text")]
    ivr: String,
    #[serde(default)]
    action_type: Option<String>,
    #[serde(default)]
    action: Option<String>,
}

async fn list(Shared(state): Shared<State>, Client(actor): Client, wanted: Result<Query<Listing>, Failure>) -> Outcome {
    let Query(wanted) = wanted?;
    let paging = wanted.paging(USUAL_SIZE);
    let mut all = input::flows(&actor, &state).await?;
    all.reverse();
    let found: Vec<(Flow, Script)> = all
        .into_iter()
        .filter(|flow| wanted.fits(&flow.name))
        .filter_map(|flow| Script::read(&flow.graph).map(|script| (flow, script)))
        .collect();
    let company = Company::of(&actor, &state).await?;
    let shown = paging.cut(&found).map(|(flow, script)| company.item(flow, script));
    Ok(page(shown.collect(), paging, found.len() as u64))
}

async fn add(Shared(state): Shared<State>, Client(actor): Client, Body(sent): Body<Sent>) -> Outcome {
    actor.require(Permission::EditConfig)?;
    let (name, script) = sent.read(&actor, &state).await?;
    let flows = input::flows(&actor, &state).await?;
    if flows.iter().any(|flow| flow.name == name) {
        return Err(Refusal::Word("script_name_exists"));
    }
    let made = flow::create(&actor, state.db(), NewFlow { name, graph: script.graph() }).await.map_err(wrong)?;
    Ok(Payload(Company::of(&actor, &state).await?.item(&made, &script)))
}

async fn update(
    Shared(state): Shared<State>,
    Client(actor): Client,
    id: Result<Path<String>, Failure>,
    Body(sent): Body<Sent>,
) -> Outcome {
    let Path(id) = id?;
    actor.require(Permission::EditConfig)?;
    let flows = input::flows(&actor, &state).await?;
    let found = flows.iter().find(|flow| input::is(flow.id, &id)).ok_or(Refusal::Word("key_interaction_id_invalid"))?;
    let before = Script::read(&found.graph).filter(|script| script.says_all_of(&found.graph));
    if before.is_none() {
        let message = "This script says more than a key script can; change it where it was drawn.".to_owned();
        return Err(Refusal::Told("key_interaction_id_invalid", message));
    }
    let (name, script) = sent.read(&actor, &state).await?;
    if flows.iter().any(|flow| flow.name == name && flow.id != found.id) {
        return Err(Refusal::Word("script_name_exists"));
    }
    let patch = FlowPatch { name: Some(name), graph: Some(script.graph()), version: Some(found.version) };
    let saved = flow::update(&actor, state.db(), found.id, patch).await.map_err(wrong)?;
    Ok(Payload(Company::of(&actor, &state).await?.item(&saved, &script)))
}

async fn delete(Shared(state): Shared<State>, Client(actor): Client, id: Result<Path<String>, Failure>) -> Outcome {
    let Path(id) = id?;
    let flows = input::flows(&actor, &state).await?;
    let found = flows.iter().find(|flow| input::is(flow.id, &id)).ok_or(Refusal::Word("key_interaction_id_invalid"))?;
    flow::delete(&actor, state.db(), found.id).await?;
    Ok(Payload(json!(true)))
}

/// What the flow's own check says of a graph, in the vendor's words.
fn wrong(problem: model::Problem) -> Refusal {
    let at = |end: &str| problem.fields.iter().any(|field| field.name.ends_with(end));
    match problem.kind {
        Kind::Invalid if at("timeout_ms") => Refusal::Told("time_out_invalid", "Use 1 to 60 seconds.".into()),
        Kind::Invalid if at("max_failures") => Refusal::Told("max_failure_invalid", "Use 1 to 10.".into()),
        Kind::Invalid if at("name") => Refusal::Told("script_name_invalid", "Use 1 to 200 characters.".into()),
        _ => problem.into(),
    }
}

impl Sent {
    /// The name, and the script with ids of this company.
    async fn read(self, actor: &Actor, state: &State) -> Result<(String, Script), Refusal> {
        let name = needed(self.script_name, "script_name_is_required")?;
        let greeting = needed(self.greeting_id, "greeting_id_is_required")?;
        let max_failure = self.max_failure.ok_or(Refusal::Word("max_failure_is_required"))?;
        let timeout_s = self.time_out.ok_or(Refusal::Word("time_out_is_required"))?;
        let sent = self.scripts.ok_or(Refusal::Word("scripts_is_required"))?;
        if self.ivr_direct_menu_dial == "true" {
            let message = "Dialling an extension out of a menu is not offered.".to_owned();
            return Err(Refusal::Told("limit_service", message));
        }
        let known = Known::of(actor, state).await?;
        let mut keys = BTreeMap::new();
        for key in sent {
            let mut signs = key.ivr.chars();
            let (Some(digit), None) = (signs.next().and_then(Digit::new), signs.next()) else {
                return Err(Refusal::Word("ivr_invalid"));
            };
            // A key without an action is one that leads nowhere.
            if let Some(step) = known.step(key.action_type, key.action)?
                && keys.insert(digit, step).is_some()
            {
                return Err(Refusal::Word("ivr_exists"));
            }
        }
        let script = Script {
            greeting: Some(known.greeting(&greeting, "greeting_id_invalid")?),
            short: known.some_greeting(self.greeting_short_id, "greeting_short_id_invalid")?,
            invalid: known.some_greeting(self.invalid_sound_id, "invalid_sound_id_invalid")?,
            timeout_s,
            max_failure,
            keys,
            otherwise: known.step(self.action_type, self.action)?,
        };
        Ok((name.trim().to_owned(), script))
    }
}

/// What the ids of a script may mean.
struct Known {
    groups: Vec<pbx::group::Group>,
    flows: Vec<Flow>,
    greetings: Vec<pbx::greeting::Greeting>,
}

impl Known {
    async fn of(actor: &Actor, state: &State) -> Result<Known, Refusal> {
        Ok(Known {
            groups: input::groups(actor, state).await?,
            flows: input::flows(actor, state).await?,
            greetings: input::greetings(actor, state).await?,
        })
    }

    fn greeting(&self, id: &str, unknown: &'static str) -> Result<GreetingId, Refusal> {
        let found = self.greetings.iter().find(|greeting| input::is(greeting.id, id));
        found.map(|greeting| greeting.id).ok_or(Refusal::Word(unknown))
    }

    fn some_greeting(&self, id: Option<String>, unknown: &'static str) -> Result<Option<GreetingId>, Refusal> {
        id.filter(|id| !id.is_empty()).map(|id| self.greeting(&id, unknown)).transpose()
    }

    fn step(&self, kind: Option<String>, id: Option<String>) -> Result<Option<Step>, Refusal> {
        let id = id.unwrap_or_default();
        let unknown = || Refusal::Word("action_invalid");
        Ok(match kind.as_deref().unwrap_or_default() {
            "" => None,
            GROUP => {
                let found = self.groups.iter().find(|group| input::is(group.id, &id));
                Some(Step::Group(found.ok_or_else(unknown)?.id))
            }
            MENU => {
                let found = self.flows.iter().find(|flow| input::is(flow.id, &id));
                Some(Step::Script(found.ok_or_else(unknown)?.id))
            }
            RECORDING => Some(Step::Recording(self.greeting(&id, "action_invalid")?)),
            _ => return Err(Refusal::Word("action_type_invalid")),
        })
    }
}

/// Whose scripts they are; the company stands for whoever made them.
struct Company {
    tenant: String,
    name: String,
}

impl Company {
    async fn of(actor: &Actor, state: &State) -> Result<Company, Refusal> {
        let tenant = account::tenant::get(actor, state.db(), actor.tenant).await?;
        Ok(Company { tenant: words::object_id(tenant.id), name: tenant.name })
    }

    fn item(&self, flow: &Flow, script: &Script) -> Value {
        let by = json!({ "id": self.tenant, "name": self.name });
        let greeting = |id: Option<GreetingId>| id.map(words::object_id).unwrap_or_default();
        let (kind, action) = told(script.otherwise);
        let keys = script.keys.iter().map(|(key, step)| {
            let (kind, action) = told(Some(*step));
            let ivr = key.as_char().to_string();
            json!({ "key": null, "action_type": kind, "action": action, "action_name": null, "ivr": ivr })
        });
        json!({
            "_id": words::object_id(flow.id),
            "tenant_id": self.tenant,
            "script_name": flow.name,
            "script_name_unsigned": words::unsigned(&flow.name),
            "script_number": null,
            "greeting_id": greeting(script.greeting),
            "greeting_name": null,
            "greeting_short_id": greeting(script.short),
            "greeting_short_name": null,
            "note": null,
            "created_date": flow.created_at,
            "created_by": by,
            "last_updated_date": flow.updated_at,
            "last_updated_by": by,
            "is_deleted": false,
            "scripts": keys.collect::<Vec<_>>(),
            "time_out": script.timeout_s,
            "action_type": kind,
            "action": action,
            "action_name": null,
            "invalid_sound_id": greeting(script.invalid),
            "invalid_sound_name": null,
            "max_failure": script.max_failure,
            "ivr_direct_menu_dial": "false",
        })
    }
}

fn told(step: Option<Step>) -> (&'static str, String) {
    match step {
        None => ("", String::new()),
        Some(Step::Group(id)) => (GROUP, words::object_id(id)),
        Some(Step::Script(id)) => (MENU, words::object_id(id)),
        Some(Step::Recording(id)) => (RECORDING, words::object_id(id)),
    }
}
