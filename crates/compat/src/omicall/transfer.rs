//! `v3/agent/…/transfer`: what one person has is another's. The vendor does it later and calls an address back; here it is done when
//! it is answered, so that the request's id is told and nobody is called.

use super::agents::find;
use super::answer::{Outcome, Payload, Refusal};
use super::auth::Client;
use super::input::{Body, needed};
use super::words;
use crate::State;
use account::user::{self, NewUser, User, UserPatch};
use axum::extract::State as Shared;
use axum::routing::{MethodRouter, post};
use model::{Actor, EventId, Permission, Problem};
use pbx::extension::{self, ExtensionPatch};
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 2] {
    [("/api/v3/agent/transfer", post(all)), ("/api/v3/agent/ticket/transfer", post(tickets))]
}

/// From whom to whom.
#[derive(Deserialize)]
struct Handover {
    #[serde(rename = "sourceEmail", alias = "source_email")]
    source: Option<String>,
    #[serde(rename = "targetEmail", alias = "target_email")]
    target: Option<String>,
    /// Who the other is, when nobody is known under that address yet.
    #[serde(rename = "targetInfo", alias = "target_info")]
    info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(rename = "fullName", alias = "full_name")]
    full_name: Option<String>,
}

/// The tickets that are not over.
async fn tickets(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Handover>) -> Outcome {
    actor.require(Permission::ManageUsers)?;
    let (source, target) = (source(&state, &actor, wanted.source).await?, needed_target(wanted.target)?);
    let target = find(&actor, &state, &target).await?.filter(|user| user.enabled);
    let target = target.ok_or(Refusal::Word("target_email_invalid"))?;
    crm::ticket::hand_over(&actor, state.db(), source.id, target.id).await?;
    Ok(done())
}

/// All: the phone, the customers, the tickets. Whoever had them cannot log in any more.
async fn all(Shared(state): Shared<State>, Client(actor): Client, Body(wanted): Body<Handover>) -> Outcome {
    actor.require(Permission::ManageUsers)?;
    let (source, target) = (source(&state, &actor, wanted.source).await?, needed_target(wanted.target)?);
    let target = match find(&actor, &state, &target).await? {
        Some(known) if known.id == source.id || !known.enabled => return Err(Refusal::Word("target_email_invalid")),
        Some(known) => known,
        None => {
            let name = wanted.info.and_then(|info| info.full_name);
            invite(&state, &actor, target, needed(name, "target_info_is_required")?, &source).await?
        }
    };
    let db = state.db();
    if let Some(phone) = extension::find_by_user(&actor, db, source.id).await?
        && extension::find_by_user(&actor, db, target.id).await?.is_none()
    {
        let patch = ExtensionPatch { user: Some(Some(target.id)), ..ExtensionPatch::default() };
        extension::update(&actor, db, phone.id, patch).await?;
    }
    crm::ticket::hand_over(&actor, db, source.id, target.id).await?;
    crm::contact::hand_over(&actor, db, source.id, target.id).await?;
    user::update(&actor, db, source.id, UserPatch { enabled: Some(false), ..UserPatch::default() }).await?;
    Ok(done())
}

async fn source(state: &State, actor: &Actor, email: Option<String>) -> Result<User, Refusal> {
    let email = needed(email, "source_email_is_required")?.to_lowercase();
    find(actor, state, &email).await?.ok_or(Refusal::Word("source_email_invalid"))
}

fn needed_target(email: Option<String>) -> Result<String, Refusal> {
    Ok(needed(email, "target_email_is_required")?.trim().to_lowercase())
}

/// A person who comes in by an invitation, and may do what the one before may.
async fn invite(state: &State, actor: &Actor, login: String, name: String, like: &User) -> Result<User, Refusal> {
    let new = NewUser { login, name, email: None, role: like.role, password: None };
    user::create(actor, state.db(), new).await.map_err(|problem: Problem| {
        let at = |name: &str| problem.fields.iter().any(|field| field.name == name);
        if at("login") { Refusal::Told("target_email_invalid", problem.message) } else { problem.into() }
    })
}

fn done() -> Payload {
    let request: EventId = store::mint();
    Payload(json!({ "requestId": words::object_id(request) }))
}
