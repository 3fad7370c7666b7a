//! `play_recording`: a link to a recording, signed and for a short time.

use super::answer::{Outcome, Refusal};
use super::{application, words};
use crate::{State, links};
use axum::Json;
use axum::extract::State as Shared;
use model::Kind;
use rest::{Failure, Query, Source};
use serde::Deserialize;
use serde_json::{Value, json};

/// How long a link counts: twelve minutes, as the vendor's example does.
const LINK_MS: i64 = 12 * 60 * 1000;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(rename = "appId", default)]
    app_id: String,
    #[serde(default)]
    media: String,
    #[serde(default)]
    hash: String,
}

pub(super) async fn link(
    Shared(state): Shared<State>,
    Source(source): Source,
    wanted: Result<Query<Wanted>, Failure>,
) -> Outcome<Json<Value>> {
    let Query(wanted) = wanted?;
    let values: &[&str] = &[&wanted.app_id, &wanted.media];
    let actor = application::admit(&state, &wanted.app_id, source, &wanted.hash, &[values]).await?;
    if wanted.media.is_empty() {
        return Err(Refusal::Parameter("media", "Send the name that a call history has in recording."));
    }
    let unknown = || Refusal::Word("MEDIA_NOT_FOUND");
    let call = words::parse_recording(&wanted.media).ok_or_else(unknown)?;
    match pbx::calls::recording(&actor, state.db(), call).await {
        Ok(_) => Ok(Json(json!({ "media": links::to_recording(&state, actor.tenant, call, LINK_MS) }))),
        Err(problem) if problem.kind == Kind::NotFound => Err(unknown()),
        Err(problem) => Err(problem.into()),
    }
}
