//! `hotline`: the numbers a company can be called at and may show, and whose they are.

use super::answer::{Outcome, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Listing, needed};
use super::words;
use crate::State;
use axum::extract::State as Shared;
use axum::routing::{MethodRouter, get, post};
use model::{Actor, ExtensionId, GroupId, Permission};
use pbx::extension::{self, Extension, ExtensionPatch};
use pbx::group::Group;
use pbx::hotline::{self, Hotline, HotlinePatch, Target};
use rest::{Failure, Query};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 5] {
    [
        ("/api/call_center/hotline/list", get(list)),
        ("/api/call_center/hotline/extension/update", post(bind)),
        ("/api/call_center/hotline/search", get(search)),
        ("/api/call_center/hotline/by-phone", get(by_phone)),
        ("/api/call_center/hotline/update", post(update).put(update)),
    ]
}

#[derive(Deserialize)]
struct Numbers {
    extension: Option<String>,
}

#[derive(Deserialize)]
struct One {
    hotline: Option<String>,
}

/// One number for one person.
#[derive(Deserialize)]
struct Binding {
    #[serde(default, deserialize_with = "crate::loose::text")]
    hotline: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    user_email: String,
    directions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default, deserialize_with = "crate::loose::text")]
    hotline: String,
    #[serde(default)]
    extensions: Option<Vec<String>>,
    #[serde(default)]
    group_ids: Option<Vec<String>>,
    #[serde(default)]
    call_script: Option<String>,
}

/// The numbers that may be shown when calling out; of an extension with a number of its own, that one alone.
async fn list(Shared(state): Shared<State>, Client(actor): Client, wanted: Result<Query<Numbers>, Failure>) -> Outcome {
    let Query(wanted) = wanted?;
    let hotlines = input::hotlines(&actor, &state).await?;
    let own = match wanted.extension.filter(|number| !number.is_empty()) {
        None => None,
        Some(number) => {
            let found = extension::find_by_number(&actor, state.db(), &number).await?;
            found.ok_or(Refusal::Word("extension_invalid"))?.hotline
        }
    };
    let fits = |hotline: &&Hotline| own.is_none_or(|own| own == hotline.id);
    let numbers: Vec<&str> = hotlines.iter().filter(fits).map(|hotline| words::number(&hotline.number)).collect();
    Ok(Payload(json!(numbers)))
}

/// Gives a person one number: to show when calling out, to be called at, or both.
async fn bind(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Binding>) -> Outcome {
    actor.require(Permission::EditConfig)?;
    let number = needed(Some(wanted.hotline), "hotline_is_required")?;
    let login = needed(Some(wanted.user_email), "user_email_is_required")?.to_lowercase();
    let directions =
        wanted.directions.filter(|words| !words.is_empty()).ok_or(Refusal::Word("directions_is_required"))?;
    if directions.iter().any(|word| !["inbound", "outbound"].contains(&word.as_str())) {
        return Err(Refusal::Word("directions_invalid"));
    }
    let found = input::hotline(&actor, &state, &number).await?.ok_or(Refusal::Word("hotline_invalid"))?;
    let users = input::users(&actor, &state).await?;
    let user = users.iter().find(|user| user.login == login || user.email.as_deref() == Some(&login));
    let user = user.ok_or(Refusal::Word("user_email_invalid"))?;
    let phone =
        extension::find_by_user(&actor, state.db(), user.id).await?.ok_or(Refusal::Word("extension_invalid"))?;
    let wants = |word: &str| directions.iter().any(|direction| direction == word);
    if wants("outbound") {
        let patch = ExtensionPatch { hotline: Some(Some(found.id)), ..ExtensionPatch::default() };
        extension::update(&actor, state.db(), phone.id, patch).await?;
    }
    if wants("inbound") {
        let patch = HotlinePatch { target: Some(Target::Extension(phone.id)), ..HotlinePatch::default() };
        hotline::update(&actor, state.db(), found.id, patch).await?;
    }
    Ok(Payload(json!(true)))
}

async fn search(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Listing>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let paging = wanted.paging(50);
    let keyword = wanted.keyword.unwrap_or_default();
    // A number may be looked for as it is dialled inside the country.
    let digits = keyword.trim_start_matches(['+', '0']);
    let mut all = input::hotlines(&actor, &state).await?;
    all.retain(|hotline| hotline.number.contains(digits) || hotline.name.contains(&keyword));
    let names = Names::of(&actor, &state).await?;
    Ok(page(paging.cut(&all).map(|one| names.item(one)).collect(), paging, all.len() as u64))
}

async fn by_phone(Shared(state): Shared<State>, Client(actor): Client, wanted: Result<Query<One>, Failure>) -> Outcome {
    let Query(wanted) = wanted?;
    let number = needed(wanted.hotline, "hotline_is_required")?;
    let found = input::hotline(&actor, &state, &number).await?.ok_or(Refusal::Word("hotline_invalid"))?;
    Ok(Payload(Names::of(&actor, &state).await?.item(&found)))
}

/// Leads a number to a script, or to a group, or to one extension; extensions that are named show it when calling out.
async fn update(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Change>) -> Outcome {
    actor.require(Permission::EditConfig)?;
    let number = needed(Some(wanted.hotline), "hotline_is_required")?;
    let found = input::hotline(&actor, &state, &number).await?.ok_or(Refusal::Word("hotline_invalid"))?;
    let target = target(&actor, &state, wanted.call_script.as_deref(), wanted.group_ids.as_deref()).await?;
    let mut phones = Vec::new();
    for number in wanted.extensions.unwrap_or_default() {
        let phone = extension::find_by_number(&actor, state.db(), &number).await?;
        phones.push(phone.ok_or(Refusal::Word("extension_invalid"))?.id);
    }
    for phone in phones {
        let patch = ExtensionPatch { hotline: Some(Some(found.id)), ..ExtensionPatch::default() };
        extension::update(&actor, state.db(), phone, patch).await?;
    }
    let saved = match target {
        Some(target) => {
            let patch = HotlinePatch { target: Some(target), ..HotlinePatch::default() };
            hotline::update(&actor, state.db(), found.id, patch).await?
        }
        None => found,
    };
    Ok(Payload(Names::of(&actor, &state).await?.item(&saved)))
}

async fn target(
    actor: &Actor,
    state: &State,
    script: Option<&str>,
    groups: Option<&[String]>,
) -> Result<Option<Target>, Refusal> {
    if let Some(script) = script.filter(|id| !id.is_empty()) {
        let flows = input::flows(actor, state).await?;
        let found = flows.iter().find(|flow| input::is(flow.id, script)).ok_or(Refusal::Word("call_script_invalid"))?;
        return Ok(Some(Target::Flow(found.id)));
    }
    match groups.unwrap_or_default() {
        [] => Ok(None),
        [one] => {
            let groups = input::groups(actor, state).await?;
            let found =
                groups.iter().find(|group| input::is(group.id, one)).ok_or(Refusal::Word("group_ids_invalid"))?;
            Ok(Some(Target::Group(found.id)))
        }
        [_, ..] => Err(Refusal::Told("group_ids_invalid", "A number leads to one group.".to_owned())),
    }
}

/// What numbers lead to, by name.
struct Names {
    extensions: Vec<Extension>,
    groups: Vec<Group>,
}

impl Names {
    async fn of(actor: &Actor, state: &State) -> Result<Names, Refusal> {
        Ok(Names { extensions: input::extensions(actor, state).await?, groups: input::groups(actor, state).await? })
    }

    fn group(&self, id: GroupId) -> Option<&str> {
        self.groups.iter().find(|group| group.id == id).map(|group| group.name.as_str())
    }

    fn phone(&self, id: ExtensionId) -> Option<&str> {
        self.extensions.iter().find(|phone| phone.id == id).map(|phone| phone.number.as_str())
    }

    fn item(&self, hotline: &Hotline) -> Value {
        let script = match hotline.target {
            Target::Flow(id) => Some(words::object_id(id)),
            _ => None,
        };
        let accesses = match hotline.target {
            Target::Group(id) => json!([{ "id": words::object_id(id), "type": "group", "name": self.group(id) }]),
            Target::Extension(id) => {
                json!([{ "id": words::object_id(id), "type": "extension", "name": self.phone(id) }])
            }
            _ => json!([]),
        };
        json!({
            "number": words::number(&hotline.number),
            "status": "active",
            "expire_date": null,
            "created_date": hotline.created_at,
            "last_updated_date": hotline.updated_at,
            "configs": {
                "allow_call_in": true,
                "allow_call_out": true,
                "default_script": script,
                "working_days": [],
                "special_days": [],
                "call_configs": null,
                "access_type": null,
                "number_type": null,
                "disable_by_time_frame": false,
                "outbound_config": null,
            },
            "accesses": accesses,
        })
    }
}
