//! `/presence`: which phones and trunks can be reached right now.

use crate::State;
use axum::extract;
use model::Permission;
use rest::{Answer, Caller};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show))
}

/// A phone that is registered.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredPhone)]
struct Phone {
    /// The extension it registered as.
    extension: String,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    transport: String,
    /// Where it registered from.
    address: String,
    /// What it calls itself; may be empty.
    user_agent: String,
    /// How long its registration still holds.
    expires_in_ms: u64,
}

/// How a trunk is.
#[derive(Serialize, ToSchema)]
struct TrunkState {
    /// The trunk.
    trunk: String,
    /// Calls that are up over it.
    calls: usize,
    /// Whether the carrier took our registration; null when it asks for none or has not answered yet.
    registered: Option<bool>,
    /// The SIP status with which the carrier refused us.
    refused: Option<u16>,
}

/// What can be reached.
#[derive(Serialize, ToSchema)]
struct Presence {
    phones: Vec<Phone>,
    trunks: Vec<TrunkState>,
}

/// The phones that are registered now, and how each trunk is.
#[utoipa::path(get, path = "/presence", tag = "presence", responses((status = 200, body = Presence)))]
async fn show(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Presence>> {
    actor.require(Permission::ViewConfig)?;
    let presence = state.bus.presence(actor.tenant).await?;
    let phones = presence.phones.into_iter().map(|phone| Phone {
        extension: phone.extension.to_string(),
        transport: phone.transport,
        address: phone.address,
        user_agent: phone.user_agent,
        expires_in_ms: phone.expires_in_ms,
    });
    let trunks = presence.trunks.into_iter().map(|state| TrunkState {
        trunk: state.trunk.to_string(),
        calls: state.calls,
        registered: state.registered,
        refused: state.refused,
    });
    Ok(axum::Json(Presence { phones: phones.collect(), trunks: trunks.collect() }))
}
