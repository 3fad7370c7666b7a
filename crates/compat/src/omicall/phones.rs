//! Extensions and the numbers they may show, with what a phone needs to register.

use super::answer::{Outcome, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Listing, needed};
use super::words;
use crate::State;
use account::external;
use account::user::User;
use axum::extract::State as Shared;
use model::{Actor, ExtensionId, HotlineId, UserId};
use pbx::extension::{self, Extension, ExtensionPatch};
use pbx::hotline::Hotline;
use rest::{Failure, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The query of a change of status.
#[derive(Deserialize)]
pub(super) struct Status {
    sip_user: Option<String>,
    enabled: Option<String>,
}

/// The query of one extension.
#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(rename = "type")]
    kind: Option<String>,
    keyword: Option<String>,
}

pub(super) async fn list(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Listing>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let paging = wanted.paging(50);
    let keyword = wanted.keyword.as_deref();
    let slice = extension::slice(&actor, state.db(), keyword, paging.offset(), paging.size).await?;
    let shown = Shown::load(&actor, &state).await?;
    let mut items = Vec::with_capacity(slice.items.len());
    for found in &slice.items {
        let password = extension::password(&actor, state.db(), found.id).await?;
        items.push(shown.row(found, &password));
    }
    Ok(page(items, paging, slice.total))
}

pub(super) async fn status(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Status>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let enabled = match wanted.enabled.as_deref() {
        Some("true") => true,
        Some("false") => false,
        Some(_) | None => return Err(Refusal::Word("enabled_is_required")),
    };
    let number = wanted.sip_user.filter(|number| !number.is_empty()).ok_or(Refusal::Word("sip_user_is_required"))?;
    let found = extension::find_by_number(&actor, state.db(), &number).await?;
    let found = found.ok_or(Refusal::Word("extension_invalid"))?;
    let patch = ExtensionPatch { enabled: Some(enabled), ..ExtensionPatch::default() };
    extension::update(&actor, state.db(), found.id, patch).await?;
    Ok(Payload(json!(true)))
}

/// A phone's changes.
#[derive(Deserialize)]
pub(super) struct Change {
    #[serde(default, deserialize_with = "crate::loose::text")]
    sip_user: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    password: String,
}

/// Gives a phone a new password.
pub(super) async fn update(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Change>) -> Outcome {
    let number = needed(Some(wanted.sip_user), "sip_user_is_required")?;
    let password = needed(Some(wanted.password), "password_is_required")?;
    let found = extension::find_by_number(&actor, state.db(), &number).await?;
    let found = found.ok_or(Refusal::Word("extension_invalid"))?;
    let patch = ExtensionPatch { password: Some(password), ..ExtensionPatch::default() };
    match extension::update(&actor, state.db(), found.id, patch).await {
        Err(problem) if problem.fields.iter().any(|field| field.name == "password") => {
            Err(Refusal::Told("password_invalid", problem.message))
        }
        other => {
            other?;
            Ok(Payload(row(&state, &actor, found.id).await?))
        }
    }
}

/// An extension as lists show it.
pub(super) async fn row(state: &State, actor: &Actor, id: ExtensionId) -> Result<Value, Refusal> {
    let shown = Shown::load(actor, state).await?;
    let password = extension::password(actor, state.db(), id).await?;
    Ok(shown.row(&extension::get(actor, state.db(), id).await?, &password))
}

/// What a web phone needs to register as the extension.
pub(super) async fn detail(
    Shared(state): Shared<State>,
    Client(actor): Client,
    wanted: Result<Query<Search>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let kind = wanted.kind.ok_or(Refusal::Word("type_is_required"))?;
    let keyword = wanted.keyword.filter(|word| !word.is_empty()).ok_or(Refusal::Word("keyword_is_required"))?;
    let shown = Shown::load(&actor, &state).await?;
    let found = match kind.as_str() {
        "sip_user" => extension::find_by_number(&actor, state.db(), &keyword).await?,
        "user_email" => shown.extension_of(&actor, &state, &keyword).await?,
        // Whoever has no name of another system's is known there by the login.
        "usr_uuid" => match external::find(&actor, state.db(), &keyword).await? {
            Some(user) => extension::find_by_user(&actor, state.db(), user).await?,
            None => shown.extension_of(&actor, &state, &keyword).await?,
        },
        _ => return Err(Refusal::Word("type_invalid")),
    };
    let found = found.ok_or(Refusal::Word("extension_invalid"))?;
    let password = extension::password(&actor, state.db(), found.id).await?;
    Ok(Payload(shown.detail(&found, &password)))
}

/// What rows are made of, read once for a request.
struct Shown {
    domain: String,
    server: String,
    hotlines: Vec<Hotline>,
    users: Vec<User>,
    /// What another system calls people.
    uuids: HashMap<UserId, String>,
}

impl Shown {
    async fn load(actor: &Actor, state: &State) -> Result<Shown, Refusal> {
        let domain = account::tenant::get(actor, state.db(), actor.tenant).await?.domain;
        let server = state.browser_sip();
        Ok(Shown {
            domain,
            server,
            hotlines: input::hotlines(actor, state).await?,
            users: input::users(actor, state).await?,
            uuids: external::all(actor, state.db()).await?,
        })
    }

    fn user(&self, extension: &Extension) -> Option<&User> {
        self.users.iter().find(|user| Some(user.id) == extension.user)
    }

    fn number(&self, hotline: Option<HotlineId>) -> &str {
        let own = self.hotlines.iter().find(|known| Some(known.id) == hotline);
        own.or(self.hotlines.first()).map_or("", |hotline| words::number(&hotline.number))
    }

    fn row(&self, extension: &Extension, password: &str) -> Value {
        let user = self.user(extension);
        json!({
            "domain": self.domain,
            "outbound_proxy": self.server,
            "sip_user": extension.number,
            "password": password,
            "full_name": extension.name,
            "agent_id": user.map(|user| words::object_id(user.id)),
            "email": user.map(|user| user.login.as_str()),
            "public_number": self.number(extension.hotline),
            "last_updated_date": extension.updated_at,
            "created_date": extension.created_at,
        })
    }

    fn detail(&self, extension: &Extension, password: &str) -> Value {
        let user = self.user(extension);
        json!({
            "extension": extension.number,
            "full_name": extension.name,
            "mail": user.map(|user| user.login.as_str()),
            "uuid": user.map(|user| self.uuids.get(&user.id).unwrap_or(&user.login)),
            "pbx_account": {
                "display_name": extension.number,
                "sip_user": extension.number,
                "sip_password": password,
                "sip_web_socket_server": self.server,
                "sip_realm": self.domain,
                "sip_proxy": "",
                "sip_proxy_port": "",
                "stun_servers": [],
                "transport": ["tcp", "udp", "ws", "wss"],
                "use_opus": true,
                "opus_quality": 1,
            },
        })
    }

    async fn extension_of(&self, actor: &Actor, state: &State, login: &str) -> Result<Option<Extension>, Refusal> {
        let wanted = login.to_lowercase();
        let Some(user) = self.users.iter().find(|user| user.login == wanted) else { return Ok(None) };
        Ok(extension::find_by_user(actor, state.db(), user.id).await?)
    }
}
