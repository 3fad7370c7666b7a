//! `click2call`: rings the extension first, then dials the phone.

use super::answer::{Outcome, Payload, Refusal};
use super::auth::Client;
use super::input::{self, Body};
use crate::State;
use axum::extract::State as Shared;
use bus::Originate;
use model::Permission;
use serde::Deserialize;
use serde_json::json;

/// The body. Texts may come as numbers.
#[derive(Deserialize)]
pub(super) struct Order {
    #[serde(default, deserialize_with = "crate::loose::text")]
    extension: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    hotline: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    phone_number: String,
}

pub(super) async fn place(
    Shared(state): Shared<State>,
    Client(actor): Client,
    order: Result<Body<Order>, Refusal>,
) -> Outcome {
    let Body(order) = order.map_err(incomplete)?;
    if order.extension.is_empty() || order.phone_number.is_empty() {
        return Err(Refusal::Word("data_is_required"));
    }
    actor.require(Permission::MakeCalls)?;
    let Some(extension) = pbx::extension::find_by_number(&actor, state.db(), &order.extension).await? else {
        return Err(Refusal::Word("extension_invalid"));
    };
    if !extension.enabled {
        return Err(Refusal::Word("extension_invalid"));
    }
    if !order.hotline.is_empty() && input::hotline(&actor, &state, &order.hotline).await?.is_none() {
        return Err(Refusal::Word("number_call_out_invalid"));
    }
    let presence = state.bus.presence(actor.tenant).await?;
    if !presence.phones.iter().any(|phone| phone.extension == extension.id) {
        return Err(Refusal::Word("user_not_registered"));
    }
    let originate = Originate { tenant: actor.tenant, extension: order.extension, to: order.phone_number };
    let call = state.bus.originate(originate).await?;
    Ok(Payload(json!({ "call_uuid": call.to_string() })))
}

/// A body that does not fit lacks something, in the vendor's list of this address.
fn incomplete(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Failure(failure) if failure.problem().code == "invalid_field" => Refusal::Word("data_is_required"),
        other => other,
    }
}
