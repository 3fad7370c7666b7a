//! `/phone/calls`: the calls that one's own phone is in right now.

use super::live::{LiveCalls, view};
use crate::State;
use axum::extract;
use bus::LiveCall;
use call::Role;
use model::{ExtensionId, Permission};
use pbx::agent;
use rest::{Answer, Caller};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The calls that one's own extension rings for or talks in, oldest first: what a phone needs to bring somebody in or to let
/// the recording pause. Supervisors are shown to those who may supervise. 404 `no_phone` when one has no extension.
#[utoipa::path(get, path = "/phone/calls", tag = "phone", responses((status = 200, body = LiveCalls)))]
async fn list(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<LiveCalls>> {
    let own = agent::own(&actor, &state.db).await?;
    let watches = actor.role.may(Permission::Supervise);
    let mine = state.bus.live(actor.tenant).into_iter().filter(|call| takes_part(call, own));
    let shown = mine.map(|mut call| {
        call.others.retain(|other| watches || other.role == Role::Party);
        view(call)
    });
    Ok(axum::Json(LiveCalls { items: shown.collect() }))
}

/// Whether this extension rings, talks, or is in the call beside those who talk.
pub(crate) fn takes_part(call: &LiveCall, own: ExtensionId) -> bool {
    call.extensions.contains(&own) || call.others.iter().any(|other| other.extension == Some(own))
}
